"""One input of a batch normalization.

Shapes everywhere: ``x`` and ``dy`` are ``(m, C)`` or ``(N, C, *spatial)``, ranks 2 to 5;
per-channel arrays are ``(C,)``; ``m`` is the number of values per channel. For the relatives of
batch normalization "channel" reads "statistic set", and gamma and beta are ``(P,)``, one for
whatever they belong to: see `bncheck.model.norm`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from bncheck.model.arrays import samples
from bncheck.model.formats import Array, name_of
from bncheck.model.norm import BATCH, Norm


@dataclass(frozen=True, eq=False)
class Case:
    """One input: a batch, parameters, a cotangent and the state before the step.

    x, dy: ``(m, C)`` or ``(N, C, *spatial)``, one dtype, any memory layout
    gamma, beta, running_mean, running_var: ``(C,)``
    eps: positive; momentum: as handed to the layer, ``None`` for a cumulative average
    recipe: the plain data from which `bncheck.cases.build` makes this case, if it was made so
    norm: which normalization this is a case of
    """

    x: Array
    gamma: Array
    beta: Array
    dy: Array
    running_mean: Array
    running_var: Array
    eps: float = 1e-5
    momentum: float | None = 0.1
    recipe: Mapping[str, Any] | None = None
    norm: Norm = BATCH

    def changed(self, **changes: Any) -> Case:
        """Return the case with some fields changed, as `dataclasses.replace`, and quicker.

        Raises TypeError for what is no field.
        """
        if not vars(self).keys() >= changes.keys():
            raise TypeError(f"a case has no field {min(changes.keys() - vars(self).keys())!r}")
        other = object.__new__(Case)
        vars(other).update(vars(self), **changes)
        return other

    @property
    def m(self) -> int:
        """Values per channel."""
        return samples(self.x.shape)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.x.shape[1])

    @property
    def dtype(self) -> str:
        """Name of the storage dtype of x."""
        return name_of(self.x.dtype)

    def __repr__(self) -> str:
        """Python that can be pasted after ``import numpy as np``."""
        body = ",\n".join(
            f"    {f.name}={_python(getattr(self, f.name))}"
            for f in fields(self)
            if f.name not in ("recipe", "norm")
        )
        return f"Case(\n{body},\n)"


# a constant array with more entries than this is written as one
_MOST_LISTED = 6


def _python(value: object) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = value.dtype.name
    kind = "ml_dtypes.bfloat16" if dtype == "bfloat16" else f"np.{dtype}"
    # float64 holds every narrower value, so its shortest form reads back to the same number
    wide = np.asarray(value, np.float64)
    if wide.size > _MOST_LISTED and _is_constant(wide):
        return f"np.full({wide.shape}, {_numbers(wide.flat[0].item())}, dtype={kind})"
    return f"np.array({_numbers(wide.tolist())}, dtype={kind})"


def _is_constant(wide: Array) -> bool:
    """Whether all entries are the same number, the sign of zero included."""
    first = wide.flat[0]
    same = (wide == first) & (np.signbit(wide) == np.signbit(first))
    return bool(same.all())


def _numbers(listed: object) -> str:
    return repr(listed).replace("nan", "np.nan").replace("inf", "np.inf")
