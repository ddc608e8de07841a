"""Arithmetic disturbed by all that an order of summation may change: how far a training may be off.

Two kernels of linear algebra round one sum in two orders. Each result lies within
``gamma_n sum |a_i b_i|``, ``gamma_n = n u / (1 - n u)``, of the exact one (Higham 2002, section
3.1, for any order and with or without fused multiply-adds). What NumPy's own exp, log, tanh and
powers give is within 4 units in the last place, at most 8 u (NumPy 1.22, release notes).
Eigenvalues and eigenvectors are exact for a matrix that is off by at most ``p(n) u ||A||`` (LAPACK
Users' Guide, section 4.7; p(n) about n, which entries of ``u ||A||`` give). All other operations
are correctly rounded, and the same everywhere.

Here each such result is moved by the whole bound, with random signs. To first order a loss is a
linear function of what was moved, so that it moves as a sum of independent terms with these
bounds for standard deviations. Rounding errors of a kernel are smaller: of a sum of n terms about
``sqrt(n) u`` of it (Higham & Mary 2019), which is ``1/sqrt(n)`` of what is done here, an eighth
where a batch of 60 is summed. Of two kernels each may be so far from the exact result: hence twice
(`SIDES`) the largest difference of `TIMES` disturbed trainings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bncheck.model.formats import FLOAT64, Array

# kernels that are compared, each as far from the exact result as its bound allows
SIDES = 2.0
# the largest of eight is less than half a standard deviation once in 2,000 times
TIMES = 8

_U = FLOAT64.unit_roundoff
_ULPS = 8 * _U
_APPROXIMATED = frozenset(("exp", "exp2", "expm1", "log", "log2", "log1p", "tanh", "power"))


def disturbed(x: Array, seed: int) -> Array:
    """Return x such that what is computed from it is disturbed as described above.

    seed: of the signs
    """
    rng = np.random.default_rng(seed)

    def moved(exact: Any, bound: Any) -> Any:
        return exact + np.where(rng.random(np.shape(exact)) < 0.5, -bound, bound)

    class Disturbed(np.ndarray):
        """What arrays that are computed from x are; arrays without it come out with it."""

        __array_priority__ = 1.0  # of what is put together of both

        def __array_ufunc__(
            self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any
        ) -> Any:
            plain = [_plain(one) for one in inputs]
            if out is not None:
                options["out"] = tuple(_plain(one) for one in out)
            result = getattr(ufunc, method)(*plain, **options)
            bound = _bound(ufunc.__name__, method, plain, result, options)
            if bound is not None:
                result = moved(result, bound)
                if out is not None:
                    options["out"][0][...] = result
            if out is not None:
                return out[0]
            return result.view(Disturbed) if isinstance(result, np.ndarray) else result

        def __array_function__(
            self, func: Any, types: Any, args: Any, kwargs: Mapping[str, Any]
        ) -> Any:
            if func is np.linalg.eigh:
                a = _plain(args[0])
                args = (moved(a, _U * np.linalg.norm(a)), *args[1:])
            return super().__array_function__(func, types, args, kwargs)

    return x.view(Disturbed)


def _plain(one: Any) -> Any:
    return one.view(np.ndarray) if isinstance(one, np.ndarray) else one


def _bound(name: str, method: str, inputs: list[Any], result: Any, options: dict[str, Any]) -> Any:
    """How far a result may be from the exact one; None where it is correctly rounded."""
    if np.asarray(result).dtype != np.float64:
        return None
    if name == "matmul":
        return _gamma(inputs[0].shape[-1]) * (np.abs(inputs[0]) @ np.abs(inputs[1]))
    if name == "add" and method == "reduce":
        terms = inputs[0].size // max(np.size(result), 1)
        wanted = {key: options[key] for key in ("axis", "keepdims") if key in options}
        return _gamma(terms) * np.add.reduce(np.abs(inputs[0]), **wanted)
    return _ULPS * np.abs(result) if name in _APPROXIMATED else None


def _gamma(terms: int) -> float:
    return terms * _U / (1 - terms * _U)
