"""One case in front of one implementation: what it answers, the truth, what it may be off by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from bncheck.model import Case, Convention, Gradients, Implementation, Layer, State
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array, Format, format_of
from bncheck.trial import activation
from bncheck.trial.activation import ACTIVATIONS
from bncheck.trial.asking import Answers as Answers
from bncheck.trial.asking import Guard as Guard
from bncheck.trial.asking import Inapplicable as Inapplicable
from bncheck.trial.asking import blaming, guarded
from bncheck.trial.asking import present as present
from bncheck.trial.truths import Backward as Backward
from bncheck.trial.truths import (
    Bounds,
    InferenceTruth,
    Truth,
    Values,
    inference_truth,
    training_truth,
)
from bncheck.trial.truths import TrainingTruth as TrainingTruth
from bncheck.trial.truths import wide as wide
from bncheck.truth.rounding import Algorithms, Ball


def _no_training(x: Array) -> Array:
    """Stand in for the training step of a target that has none: the law does not apply."""
    raise Inapplicable("training")


def _width(format: Format) -> int:
    return format.precision


class Trial:
    """Everything a law may look at: the case, the target's answers, the truth, fresh layers.

    The plain run (one training step, one inference step, their gradients) is made once and
    shared by all laws that only read it; laws that need other calls make them through `train`,
    `infer` and `make`, which are never cached.
    """

    def __init__(
        self,
        case: Case,
        implementation: Implementation,
        convention: Convention,
        *,
        guard: Guard | None = None,
        exact: bool = False,
    ) -> None:
        """Set up; nothing is called yet. ``exact`` judges by the exact oracle."""
        self.implementation = implementation
        self.convention = convention
        self.exact = exact
        self.activation = ACTIVATIONS.get(convention.activation or "")
        self._guard = guard or Guard()
        self._formats: dict[tuple[np.dtype[Any], np.dtype[Any]], Algorithms] = {}
        self._truths: dict[int, tuple[Case, TrainingTruth]] = {}
        self.case = self.asked(case)

    # -- asking the target ------------------------------------------------------------------

    @property
    def has_training(self) -> bool:
        """Whether the target has a training mode."""
        return self.implementation.domain.training

    def can(self, *abilities: str) -> bool:
        """Whether the target has all of these abilities."""
        return self.implementation.abilities.issuperset(abilities)

    def require(self, *abilities: str) -> None:
        """Leave the law unless the target has these abilities."""
        if not self.can(*abilities):
            raise Inapplicable("ability")

    def trains(self, case: Case) -> None:
        """Leave the law where the target does not train, or not on one value per channel."""
        if not self.has_training:
            raise Inapplicable("training")
        if case.m == 1 and self.convention.one_value == "raises":
            raise Inapplicable

    def make(self, case: Case) -> Layer:
        """Build a fresh layer whose every call is guarded and whose answers are checked."""
        layer = cast(Layer, self._guard.call("construction", self.implementation.make, case))
        living = guarded(layer, self._guard)
        return living if self.has_training else replace(living, train=_no_training)

    def train(self, case: Case, *, gradients: bool = True, state: bool = False) -> Answers:
        """One training step on a fresh layer, with its gradients where the target has them.

        state: with the running statistics; without, nothing need have updated them. Raises
        Inapplicable where the target refuses one value per channel by convention.
        """
        self.trains(case)
        with blaming(case):
            layer = self.make(case)
            # nobody can read the running statistics of a layer that is made and left here
            step = layer.train if state else layer.normalize or layer.train
            y = step(case.x)
            backward = layer.backward if gradients and self.can("backward") else None
            return Answers(
                y,
                backward(self.asked(case).dy) if backward is not None else None,
                layer.state() if state and layer.state and self.can("running") else None,
            )

    def infer(self, case: Case, *, gradients: bool = True) -> Answers:
        """One inference step on a fresh layer, with its gradients where the target has them."""
        self.require("eval")
        with blaming(case):
            layer = self.make(case)
            y = present(layer.eval)(case.x)
            backward = layer.backward if gradients and self.can("eval_backward") else None
            dy = case.dy if backward is None else self.asked(case, training=False).dy
            return Answers(y, backward(dy) if backward is not None else None, None)

    def output(self, case: Case) -> Ball:
        """Enclose the true y of a case around what the target answers in training mode."""
        truth = self.truth(case)
        return truth.measured("y", self.train(case, gradients=False).y)

    def answered(self, case: Case) -> Array:
        """Return the target's y in training mode as it is: flat, and widened exactly."""
        return wide(self.train(case, gradients=False).y, np.longdouble)

    def finite(self) -> None:
        """Leave the law unless the case's x is finite."""
        if not np.isfinite(as_wide(self.case.x, np.float64)).all():
            raise Inapplicable

    def inferred(self, case: Case) -> Ball:
        """Enclose the true y of a case around what the target answers in inference mode."""
        truth = self.inference_truth(case)
        return truth.measured("y", self.infer(case, gradients=False).y)

    def backward(self, case: Case) -> Backward:
        """Enclose the true gradients of a case around the target's."""
        truth = self.truth(case)
        given = present(self.train(case).gradients)
        return Backward(
            truth,
            truth.measured("dx", given.dx),
            None if given.dgamma is None else truth.measured("dgamma", given.dgamma),
            None if given.dbeta is None else truth.measured("dbeta", given.dbeta),
        )

    # -- the truth --------------------------------------------------------------------------

    def truth(self, case: Case) -> TrainingTruth:
        """Exact training answers of a case, with both bounds."""
        known = self._truths.get(id(case))
        if known is None:
            known = self._truths[id(case)] = (case, self._activated(case, self.normalized))
        return known[1]

    def inference_truth(self, case: Case) -> InferenceTruth:
        """Exact inference answers of a case, with both bounds."""
        return self._activated(case, self._inference_truth)

    def normalized(self, case: Case) -> TrainingTruth:
        """The truth of the normalization itself, without what is fused behind it."""
        return training_truth(case, self.algorithms(case), exact=self.exact)

    def _inference_truth(self, case: Case) -> InferenceTruth:
        return inference_truth(case, self.algorithms(case), exact=self.exact)

    def _activated(
        self, case: Case, plain: Callable[[Case], Truth[Values, Bounds]]
    ) -> Truth[Values, Bounds]:
        truth = plain(case)
        if self.activation is None:
            return truth
        z = truth.values.y
        given = activation.asked(case, self.activation, z, truth.bound("y"))
        truth = plain(activation.reaching(given, self.activation, z))
        return replace(truth, values=replace(truth.values, y=self.activation.apply(z)))

    def asked(self, case: Case, *, training: bool = True) -> Case:
        """Return the case with the cotangent that a target is given, see `trial.activation`."""
        if self.activation is None:
            return case
        truth = self.normalized(case) if training else self._inference_truth(case)
        return activation.asked(case, self.activation, truth.values.y, truth.bound("y"))

    def algorithms(self, case: Case) -> Algorithms:
        """Return the class of algorithms that the target may use on this case."""
        key = case.x.dtype, case.gamma.dtype
        if key not in self._formats:
            own = Algorithms.of(case.dtype, self.convention)
            self._formats[key] = replace(own, parameters=format_of(case.gamma.dtype))
        return self._formats[key]

    def keeping(self, case: Case, state: State) -> Algorithms:
        """The same, where running statistics are kept as they came back, if that is narrower."""
        formats = self.algorithms(case)
        kept = [format_of(array.dtype) for array in (state.mean, state.var)]
        return replace(formats, parameters=min((formats.parameters, *kept), key=_width))

    # -- the plain run, shared --------------------------------------------------------------

    @cached_property
    def answers(self) -> Answers:
        """The plain training step."""
        return self.train(self.case, state=True)

    @cached_property
    def inference(self) -> Answers:
        """The plain inference step."""
        return self.infer(self.case)

    @cached_property
    def exact_training(self) -> TrainingTruth:
        """Truth of the plain training step."""
        return self.truth(self.case)

    @cached_property
    def exact_inference(self) -> InferenceTruth:
        """Truth of the plain inference step."""
        return self.inference_truth(self.case)

    @property
    def gradients(self) -> Gradients:
        """Gradients of the plain training step."""
        return present(self.answers.gradients)

    @cached_property
    def y(self) -> Ball:
        """The true y, enclosed around the target's."""
        return self.exact_training.measured("y", self.answers.y)

    @cached_property
    def dx(self) -> Ball:
        """The true dx, enclosed around the target's."""
        return self.exact_training.measured("dx", self.gradients.dx)

    @cached_property
    def dgamma(self) -> Ball:
        """The true dgamma, enclosed around the target's."""
        return self.exact_training.measured("dgamma", present(self.gradients.dgamma))

    @cached_property
    def dbeta(self) -> Ball:
        """The true dbeta, enclosed around the target's."""
        return self.exact_training.measured("dbeta", present(self.gradients.dbeta))

    # -- variants of the case ---------------------------------------------------------------

    def variant(self, case: Case | None = None, /, **changes: Any) -> Case:
        """Change a case, or leave the law where the target cannot be given the change."""
        domain = self.implementation.domain
        base = case or self.case
        eps = changes.get("eps", base.eps)
        if domain.eps(eps) != eps:
            raise Inapplicable("ability")
        momentum = changes.get("momentum", base.momentum)
        if domain.momentum(momentum) != momentum:
            raise Inapplicable("ability")
        if not domain.affine and {"gamma", "beta"} & changes.keys():
            raise Inapplicable("ability")
        if not base.norm.shifted and np.any(as_wide(changes.get("beta", base.beta), np.float64)):
            raise Inapplicable("ability")
        if not domain.takes_gamma(changes.get("gamma", base.gamma), base.gamma.dtype):
            raise Inapplicable("ability")
        x = changes.get("x", base.x)
        if not domain.admits(x.shape):
            raise Inapplicable("ability")
        return base.changed(recipe=None, **changes)

    @property
    def promises(self) -> Mapping[str, Any]:
        """What the target itself promised (not what was recognised)."""
        return self.implementation.convention.promised()
