"""A relative of batch normalization, as its user has it, behind the arrays of a case.

A case has the form of batch normalization's arrays, whatever the norm (`bncheck.model.norm`). An
adapter makes layers of a case that is laid out as the user's arrays are; `viewed` asks them for
cases of either kind: with the norm's own parameters in one call, or, for laws that speak of a
gamma for each statistic set, with parameters that are constant in a set, in as many calls as that
takes: a row at a time for layer and RMS normalization. What a parameter's gradients add up to
over the set is then that of the set's gamma.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Case, Gradients, Layer, Norm, State
from bncheck.model.formats import Array

Make = Callable[[Case], Layer]


def viewed(norm: Norm, make: Make) -> Make:
    """Return what makes layers for cases of the norm, and of `Norm.simple`.

    make: makes a layer of a case whose x and dy are laid out as the user has them, with gamma and
        beta ``(P,)``, and with the groups of its ``norm`` told
    """

    def made(case: Case) -> Layer:
        if case.norm.of_sets and norm.owner != "set":
            return _layer(_Sets(norm, make, case))
        return _layer(_Whole(make, case))

    return made


def given(case: Case) -> Case:
    """Return the case as the user has it."""
    norm = case.norm
    told = _sized(norm, norm.samples, case.channels // norm.samples)
    return case.changed(x=laid_out(norm, case.x), dy=laid_out(norm, case.dy), norm=told)


@lru_cache(maxsize=256)
def _sized(norm: Norm, samples: int, groups: int) -> Norm:
    """Return the norm with these numbers: layers are made by the thousand, of a few norms."""
    return replace(norm, samples=samples, groups=groups)


def laid_out(norm: Norm, array: Array) -> Array:
    """Return an array as the user has it; in C order where it was in C order as a case has it."""
    there = norm.laid_out(array)
    usual = array.flags.c_contiguous and not there.flags.c_contiguous
    return np.array(there, order="C") if usual else there


class _Whole:
    """One layer with the norm's own parameters."""

    def __init__(self, make: Make, case: Case) -> None:
        self._norm = case.norm
        self.layer = make(given(case))

    def there(self, x: Array) -> Array:
        return laid_out(self._norm, x)

    def back(self, what: str, y: Any, shape: tuple[int, ...]) -> Array:
        return _back(self._norm, what, y, shape)

    def run(self, name: str, x: Array, *others: Array) -> Any:
        answer = getattr(self.layer, name)(self.there(x), *map(self.there, others))
        if name == "double_backward":
            by_x, by_dy, by_gamma = answer
            return (
                self.back(f"{name} (by x)", by_x, x.shape),
                self.back(f"{name} (by dy)", by_dy, x.shape),
                np.asarray(by_gamma).reshape(-1),
            )
        if name == "residual_backward":
            dx, dresidual = (self.back(f"{name} ({n})", a, x.shape) for n, a in _named(answer))
            return dx, dresidual
        if name == "residual":
            y, total = answer
            back = None if total is None else self.back("residual (sum)", total, x.shape)
            return self.back("residual (y)", y, x.shape), back
        return self.back(name, answer, x.shape)

    def backward(self, dy: Array) -> Gradients:
        found = self.layer.backward(self.there(dy))  # type: ignore[misc] # asked where there is one
        dx = self.back("backward (dx)", found.dx, dy.shape)
        return Gradients(dx, _flat(found.dgamma), _flat(found.dbeta))

    def state(self) -> State:
        return self.layer.state()  # type: ignore[misc] # asked where there is one


class _Sets:
    """A layer for so many sets at a time, each with parameters that are constant in the set."""

    def __init__(self, norm: Norm, make: Make, case: Case) -> None:
        self._norm, self._make, self._case = norm, make, case
        at_once = 1 if norm.owner == "value" else norm.groups or case.channels
        self._chunks = [
            slice(a, min(a + at_once, case.channels)) for a in range(0, case.channels, at_once)
        ]
        self._shape = case.x.shape
        self._parts = self._made(case.x.shape)
        self.layer = self._parts[0].layer

    def _made(self, shape: tuple[int, ...]) -> list[_Whole]:
        return [_Whole(self._make, self._of(chunk, shape)) for chunk in self._chunks]

    def _of(self, chunk: slice, shape: tuple[int, ...]) -> Case:
        """Return the case of some sets, with the parameters of the norm itself."""
        case, sets = self._case, chunk.stop - chunk.start
        norm = _sized(self._norm, 1, sets)
        part = (shape[0], sets, *shape[2:])
        each = norm.parameters(part) // sets
        x, dy = case.x, case.dy
        if x.shape != shape:  # only its shape counts
            x = dy = np.zeros(shape, x.dtype)
        return case.changed(
            x=x[:, chunk],
            dy=dy[:, chunk],
            gamma=np.repeat(case.gamma[chunk], each),
            beta=np.repeat(case.beta[chunk], each),
            running_mean=case.running_mean[chunk],
            running_var=case.running_var[chunk],
            norm=norm,
        )

    def _for(self, shape: tuple[int, ...]) -> list[_Whole]:
        if shape != self._shape and self._norm.owner in ("value", "channel"):
            self._parts = self._made(shape)  # how many parameters there are goes with the shape
        self._shape = shape
        return self._parts

    def run(self, name: str, *arrays: Array) -> Any:
        found = [
            part.run(name, *(a[:, chunk] for a in arrays))
            for part, chunk in zip(self._for(arrays[0].shape), self._chunks, strict=True)
        ]
        if name != "double_backward":
            return np.concatenate(found, axis=1)
        by_x, by_dy = (np.concatenate([f[k] for f in found], axis=1) for k in (0, 1))
        return by_x, by_dy, np.concatenate([self._summed(f[2]) for f in found])

    def backward(self, dy: Array) -> Gradients:
        found = [
            part.backward(dy[:, chunk])
            for part, chunk in zip(self._for(dy.shape), self._chunks, strict=True)
        ]
        dgamma, dbeta = (
            np.concatenate([self._summed(g) for g in of]) if of[0] is not None else None
            for of in ([f.dgamma for f in found], [f.dbeta for f in found])
        )
        return Gradients(np.concatenate([f.dx for f in found], axis=1), dgamma, dbeta)

    def _summed(self, gradient: Any) -> Array:
        """Add the gradients of a set's equal parameters up, wide, and round once."""
        chunk = self._chunks[0]
        by_set = gradient.reshape(chunk.stop - chunk.start, -1)
        if by_set.shape[1] == 1:
            return np.asarray(by_set[:, 0])
        return np.asarray(by_set.astype(np.longdouble).sum(1).astype(gradient.dtype))

    def state(self) -> State:
        states = [part.state() for part in self._parts]
        return State(*(np.concatenate([getattr(s, n) for s in states]) for n in ("mean", "var")))


def _layer(asked: _Whole | _Sets) -> Layer:
    """Return a layer that has what the user's has."""
    there = asked.layer
    return Layer(
        train=lambda x: asked.run("train", x),
        eval=None if there.eval is None else lambda x: asked.run("eval", x),
        backward=None if there.backward is None else asked.backward,
        state=None if there.state is None else asked.state,
        jvp=None if there.jvp is None else lambda x, t: asked.run("jvp", x, t),
        double_backward=None
        if there.double_backward is None
        else lambda x, dy, w: asked.run("double_backward", x, dy, w),
        state_carries_graph=there.state_carries_graph,
        # what is said of it is said of the norm's own parameters
        residual=None
        if there.residual is None or isinstance(asked, _Sets)
        else lambda x, r: asked.run("residual", x, r),
        residual_backward=None
        if there.residual_backward is None or isinstance(asked, _Sets)
        else lambda dy, by_sum: asked.run("residual_backward", dy, by_sum),
    )


def _named(gradients: tuple[Array, Array]) -> zip[tuple[str, Array]]:
    return zip(("by x", "by the residual"), gradients, strict=True)


def _flat(gradient: Array | None) -> Array | None:
    return None if gradient is None else np.asarray(gradient).reshape(-1)


def _back(norm: Norm, what: str, y: Any, shape: tuple[int, ...]) -> Array:
    """Return an answer in the form of a case; what is not of that size is the target's fault."""
    expected = norm.laid_out(np.empty(shape, np.int8)).shape
    if not isinstance(y, np.ndarray):
        told = "None" if y is None else f"a {type(y).__name__}"
        raise TargetRaised("type", f"{what} returned {told}, but should return an array")
    if y.shape != expected:
        raise TargetRaised(
            "shape", f"{what} returned shape {y.shape}, but should return shape {expected}"
        )
    return norm.taken_back(y, shape)
