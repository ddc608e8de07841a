"""The residual form of a relative: a function that normalizes the sum of x and a residual.

``forward_residual(x, residual, gamma, eps)`` returns y and the sum, which is the residual of the
next layer; kernels of language models have it beside, or in place of, the plain form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, told
from bncheck.model import Ability, Case, Layer, NormName
from bncheck.model.formats import Array
from bncheck.targets.common.living import latest
from bncheck.targets.common.roles import plain
from bncheck.targets.plain.asked import Asked, is_function
from bncheck.targets.plain.course import BACKWARD, Group, group
from bncheck.targets.plain.steps import Steps
from bncheck.targets.plain.vocabulary import VOCABULARIES

NAME = "forward_residual"
# the norms of law N11
TRIED: tuple[NormName, ...] = ("layer", "rms")


@dataclass(frozen=True)
class Found:
    """The group of the residual form, where there is one, and what is not tried of it."""

    group: Group | None
    untried: tuple[str, ...] = ()


def residual_form(home: Mapping[str, Any], norm: NormName) -> Found:
    """Find the first public function that takes x, a residual and gamma; say what is left out."""
    words = VOCABULARIES[norm]
    x, *others = words.contract["forward"]
    contract = {**words.contract, NAME: (x, "residual", *others)}
    words = replace(words, roles=(*words.roles, "residual"), contract=contract)
    public = {n: f for n, f in home.items() if not n.startswith("_") and is_function(f)}
    found: list[Group] = []
    untried: list[str] = []
    by_hand: list[str] = []
    for name, function in public.items():
        if BACKWARD.search(plain(name)):
            if "residual" in plain(name) and norm in TRIED:
                by_hand.append(f"{name}: written by hand, for a residual form: not called")
            continue
        made = group(name, function, public, words)
        if made.forward is None and "residual" in plain(name):
            why = made.unread[0] if made.unread else f"{name} takes no gamma"
            untried.append(f"{why}: not called")
        elif made.forward is not None and made.forward.takes("x", "residual", "gamma"):
            found.append(made)
    names = [made.forward.name for made in found if made.forward is not None]
    if names and norm not in TRIED:
        return Found(
            None, (*untried, f"{names[0]}: residuals are tried with {' and '.join(TRIED)}")
        )
    untried += [f"{name}: {names[0]} is tried in its place" for name in names[1:]]
    return Found(found[0] if found else None, (*untried, *by_hand))


def answered(
    make: Callable[[Case], Layer], case: Case, name: str
) -> tuple[frozenset[Ability], tuple[str, ...]]:
    """Return what can be asked of the residual form, and what cannot, and why."""
    there: frozenset[Ability] = frozenset({"residual"})
    untried = f"gradients by the residual of {name}"
    try:
        layer = make(case)
        if layer.residual is None or layer.residual_backward is None:
            return there, (untried,)
        layer.residual(case.x, case.dy)
        layer.residual_backward(case.dy, case.x)
    except RAISED as error:  # as where a kernel is called, of which nothing is recorded
        return there, (f"{untried}: {type(error).__name__}: {told(error)[:120]}",)
    return there | {"residual_backward"}, ()


class Form:
    """The residual form of a layer of plain functions, and its latest call."""

    def __init__(self, steps: Steps, form: Asked) -> None:
        """Hold what has the parts of the case, and the function."""
        self._steps, self._form = steps, form
        self._latest: tuple[Array, Array, bool] | None = None

    def into(self, layer: Layer) -> Layer:
        """Return the layer with this form of it."""
        pulls = self._steps.sheet.kind.pull is not None
        return replace(
            layer,
            residual=self.forward,
            residual_backward=self.backward if pulls else None,
        )

    def forward(self, x: Array, residual: Array) -> tuple[Array, Array | None]:
        """Return y and the sum, which a function that returns y alone does not hand back.

        Raises TargetRaised where something else is returned.
        """
        steps = self._steps
        with steps.sheet.kind.around():
            both = _both(self._form(self._given(x, residual)))
        y, *rest = (steps.outward(self._form.name, each, x) for each in both)
        self._latest = x, residual, bool(rest)
        return y, rest[0] if rest else None

    def backward(self, dy: Array, by_sum: Array) -> tuple[Array, Array]:
        """Return the gradients by x and the residual: those of y, and those of the sum, added."""
        x, residual, handed = latest(self._latest)
        of_y = self._pulled(x, residual, 0, dy)
        if not handed:
            return of_y
        of_sum = self._pulled(x, residual, 1, by_sum)
        dx, dresidual = (np.asarray(a + b) for a, b in zip(of_y, of_sum, strict=True))
        return dx, dresidual

    def _given(self, x: Array, residual: Array) -> dict[str, Any]:
        steps = self._steps
        return steps.given(training=True) | steps.batch(x) | {"residual": steps.inward(residual)}

    def _pulled(self, x: Array, residual: Array, which: int, dy: Array) -> tuple[Array, Array]:
        steps, given = self._steps, self._given(x, residual)
        if steps.sheet.kind.pull is None:
            raise NotImplementedError("there is no automatic differentiation")

        def output(*points: Any) -> Any:
            now = given | dict(zip(("x", "residual"), points, strict=True))
            both = _both(self._form(now))
            connected = getattr(both[which], "requires_grad", True)  # as torch's tensors say it
            # a sum that was cut off has the gradient 0, where y has one
            return both[which] if connected else both[which] + 0 * both[0]

        points = [steps.turned(x), steps.turned(residual)]
        with steps.sheet.kind.around():
            found = steps.sheet.kind.pull(output, points, steps.turned(dy))
        names = ("dx", "dresidual")
        dx, dresidual = (
            steps.outward(f"backward of {self._form.name}: {name}", steps.sheet.kind.into(part), x)
            for name, part in zip(names, found, strict=True)
        )
        return dx, dresidual


def _both(got: Any) -> tuple[Any, ...]:
    return tuple(got[:2]) if isinstance(got, tuple | list) and got else (got,)
