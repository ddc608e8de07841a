"""Asking by columns: a table of probes, one channel each, in as few calls as the target takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.model import Case, Convention, Implementation
from bncheck.model.arrays import as_wide, flatten, unflatten
from bncheck.model.formats import Array, Format, format_of
from bncheck.trial.trial import Guard, TrainingTruth, Trial
from bncheck.truth.rounding import Algorithms

WIDE = np.longdouble

# A value that nobody has as a default, and that every format holds: 3 / 256.
EPS = 3 / 256


@dataclass(frozen=True)
class Seen:
    """Answers to a table of probes, widened exactly; ``None`` where the target has no such.

    x, y, dx: ``(m, K)``; mean, var: the running statistics after the step, ``(K,)``, and before
    """

    x: Array
    y: Array
    dx: Array | None = None
    mean: Array | None = None
    var: Array | None = None
    mean_before: Array | None = None
    var_before: Array | None = None


@dataclass(frozen=True)
class Bench:
    """One implementation in one dtype; ``calls`` holds how often it was asked."""

    implementation: Implementation
    convention: Convention
    guard: Guard
    dtype: str
    calls: list[int]

    @property
    def storage(self) -> Format:
        """The format of x."""
        return format_of(self.dtype)

    @property
    def algorithms(self) -> Algorithms:
        """The formats that the target may be expected to use."""
        return Algorithms.of(self.dtype, self.convention)

    @property
    def eps(self) -> float:
        """The eps that probes are made with."""
        return self.implementation.domain.eps(EPS)

    def weighing_one(self) -> float:
        """Return the momentum with which the new batch counts for everything, if it can be set."""
        wanted = 0.0 if self.convention.momentum_weighs == "old" else 1.0
        taken = self.implementation.domain.momentum(wanted)
        return wanted if taken is None else taken

    def train(self, x: Array, dy: Array | None = None, **changes: Any) -> Seen:
        """One training step on ``(m, K)``; with its gradients where a cotangent is given."""
        return _joined([self._train(c, dy is not None) for c in self.cases(x, dy, **changes)], x)

    def infer(self, x: Array, **changes: Any) -> Seen:
        """One inference step on ``(m, K)``, from the running statistics in ``changes``."""
        return _joined([self._infer(case) for case in self.cases(x, None, **changes)], x)

    def cases(self, x: Array, dy: Array | None, **changes: Any) -> Iterator[Case]:
        """Make cases of all columns, with as many channels each as the target takes."""
        width = self.implementation.domain.width(x.shape[1])
        for start in range(0, x.shape[1], width):
            # the last call is filled up with its last column
            at = np.minimum(np.arange(start, start + width), x.shape[1] - 1)
            parts = {k: v[at] if isinstance(v, np.ndarray) else v for k, v in changes.items()}
            yield self.case(x[:, at], None if dy is None else dy[:, at], **parts)

    def case(self, x: Array, dy: Array | None, **changes: Any) -> Case:
        """Make one case of all columns, in the lowest rank that the target takes."""
        m, channels = x.shape
        shape = (m, channels, *(1,) * (self.implementation.domain.ranks[0] - 2))
        kept = self.algorithms.parameters.dtype
        stored = x.astype(self.storage.dtype)
        plain = Case(
            x=unflatten(stored, shape),
            dy=unflatten((stored if dy is None else dy).astype(self.storage.dtype), shape),
            gamma=np.ones(channels, kept),
            beta=np.zeros(channels, kept),
            running_mean=np.zeros(channels, kept),
            running_var=np.zeros(channels, kept),
            eps=self.eps,
            momentum=self.weighing_one(),
        )
        given: dict[str, Any] = {
            name: value.astype(kept) if isinstance(value, np.ndarray) else value
            for name, value in changes.items()
        }
        return replace(plain, **given)

    def truth(self, x: Array, dy: Array) -> TrainingTruth:
        """Return the exact answers for ``(m, K)``, and what the target may be off by."""
        case = self.case(x, dy)
        return self.trial(case).truth(case)

    def trial(self, case: Case) -> Trial:
        """Set a case before the target."""
        return Trial(case, self.implementation, self.convention, guard=self.guard)

    def _train(self, case: Case, gradients: bool) -> Seen:
        self.calls[0] += 1
        able = self.implementation.abilities
        layer = self.trial(case).make(case)
        running = layer.state is not None and "running" in able
        before = layer.state() if running and layer.state is not None else None
        seen = Seen(_flat(case.x), _flat(layer.train(case.x)))
        if gradients and layer.backward is not None and "backward" in able:
            seen = replace(seen, dx=_flat(layer.backward(case.dy).dx))
        if before is None or layer.state is None:
            return seen
        after = layer.state()
        return replace(
            seen,
            mean=as_wide(after.mean, WIDE),
            var=as_wide(after.var, WIDE),
            mean_before=as_wide(before.mean, WIDE),
            var_before=as_wide(before.var, WIDE),
        )

    def _infer(self, case: Case) -> Seen:
        self.calls[0] += 1
        y = self.trial(case).infer(case, gradients=False).y
        return Seen(_flat(case.x), _flat(y))


def _flat(array: Array) -> Array:
    return as_wide(flatten(array), WIDE)


def _joined(parts: list[Seen], x: Array) -> Seen:
    """Put the columns of several calls side by side again, without the filling."""

    def join(name: str) -> Array | None:
        arrays = [getattr(part, name) for part in parts]
        if any(array is None for array in arrays):
            return None
        return np.concatenate(arrays, axis=-1)[..., : x.shape[1]]

    names = ("dx", "mean", "var", "mean_before", "var_before")
    together = {name: join(name) for name in names}
    stored, y = join("x"), join("y")
    return Seen(x if stored is None else stored, x if y is None else y, **together)
