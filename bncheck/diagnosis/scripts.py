"""What is asked of a layer to tell causes apart: short scripts of calls, and their answers.

A script runs where the target lives; its answers cross the pipe as plain data. The same script
is run on a deviating reference, so that like is compared with like.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.cases import build, from_plain
from bncheck.errors import TargetRaised
from bncheck.model import Ability, Case, Convention, Gradients, Implementation, Layer
from bncheck.model.arrays import as_wide, in_c_order
from bncheck.model.formats import FORMATS, Array
from bncheck.trial.raw import named
from bncheck.trial.trial import Guard, Inapplicable, Trial

Outputs = Iterator[tuple[str, Array]]


@dataclass(frozen=True)
class Answer:
    """The outputs of one script by name, or the kind of error that it ended with.

    said: what the error said, for people
    """

    outputs: Mapping[str, Array]
    raised: str = ""
    said: str = ""

    def same(self, other: Answer) -> bool:
        """Whether two answers agree to the bit, in kind and in all numbers."""
        if self.raised != other.raised or self.outputs.keys() != other.outputs.keys():
            return False
        pairs = ((a, other.outputs[name]) for name, a in self.outputs.items())
        return all(
            a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
            for a, b in pairs
        )


def _gradients(given: Gradients, prefix: str) -> Outputs:
    for name, array in named(given):
        yield prefix + name, array


def _backward(layer: Layer, able: frozenset[Ability], case: Case, prefix: str) -> Outputs:
    wanted: Ability = "eval_backward" if prefix == "inference " else "backward"
    if layer.backward is not None and wanted in able:
        yield from _gradients(layer.backward(case.dy), prefix)


def _state(layer: Layer, able: frozenset[Ability], prefix: str) -> Outputs:
    if layer.state is not None and {"running", "state_before_step"} <= able:
        state = layer.state()
        yield prefix + "running mean", state.mean
        yield prefix + "running variance", state.var


def _shaped(y: Array, x: Array) -> Array:
    """Refuse an output of another shape, as a target's are refused before a law sees them."""
    if y.shape != x.shape:
        raise TargetRaised("shape", f"y has shape {y.shape}, x has {x.shape}")
    return y


def train(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """One training step."""
    yield "y", _shaped(layer.train(case.x), case.x)
    yield from _backward(layer, able, case, "")
    yield from _state(layer, able, "")


def infer(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """One inference step; the running statistics should stay."""
    if layer.eval is None or "eval" not in able:
        return
    yield "inference y", _shaped(layer.eval(case.x), case.x)
    yield from _backward(layer, able, case, "inference ")
    yield from _state(layer, able, "inference ")


def second(case: Case) -> Array:
    """Another batch of the same shape and layout: x reversed and doubled, exactly."""
    return np.asarray(case.x[::-1] * case.x.dtype.type(2))


def steps(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """A second training step on the same layer."""
    _shaped(layer.train(case.x), case.x)
    if layer.backward is not None and "backward" in able:
        layer.backward(case.dy)
    yield "second y", _shaped(layer.train(second(case)), case.x)
    yield from _backward(layer, able, case, "second ")
    yield from _state(layer, able, "second ")


def tangent(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """The directional derivative along dy, after a training step on the same batch."""
    if layer.jvp is not None and "jvp" in able:
        _shaped(layer.train(case.x), case.x)
        yield "jvp", layer.jvp(case.x, case.dy)


def weights(case: Case) -> Array:
    """Weights of dx in ``F = <w, dx>``: the cotangent with the samples reversed."""
    return in_c_order(case.dy[::-1])


def double(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """The gradient of ``<w, dx>`` by x, on few and moderate numbers: see its bound."""
    if layer.double_backward is None or "double_backward" not in able:
        return
    if not 2 < case.m <= _DOUBLE_M or case.eps < _DOUBLE_EPS or not _moderate(case.x, case.dy):
        return
    _shaped(layer.train(case.x), case.x)
    yield "double backward", layer.double_backward(case.x, case.dy, weights(case))[0]


_DOUBLE_M, _DOUBLE_EPS = 64, 2.0**-10


def _moderate(*arrays: Array) -> bool:
    sizes = (np.abs(as_wide(a, np.float64)) for a in arrays)
    return all(bool(((a == 0) | ((a >= 2.0**-8) & (a <= 2.0**8))).all()) for a in sizes)


def fused(layer: Layer, able: frozenset[Ability], case: Case) -> Outputs:
    """The residual form with a residual of 0, and a cotangent of y alone."""
    if layer.residual is None or layer.residual_backward is None:
        return
    nothing = np.zeros_like(case.x)
    y, handed = layer.residual(case.x, nothing)
    yield "y", _shaped(y, case.x)
    if handed is not None:
        yield "sum", handed
    yield from zip(("dx", "dresidual"), layer.residual_backward(case.dy, nothing), strict=True)


SCRIPTS: dict[str, Callable[[Layer, frozenset[Ability], Case], Outputs]] = {
    "train": train,
    "infer": infer,
    "steps": steps,
    "tangent": tangent,
    "double": double,
}


# what is asked where a law says so, and never of all
ASIDE = {"fused": fused}


def run(script: str, layer: Layer, able: frozenset[Ability], case: Case) -> Answer:
    """Run a script; what was answered before an error is kept."""
    outputs: dict[str, Array] = {}
    try:
        for name, array in (SCRIPTS | ASIDE)[script](layer, able, case):
            # an answer that is overwritten later is a law's business, not a script's
            outputs[name] = np.array(array)
    except TargetRaised as error:
        return Answer(outputs, error.kind, str(error))
    except Exception as error:
        return Answer(outputs, type(error).__name__)
    return Answer(outputs)


def asked(
    implementation: Implementation,
    convention: Convention,
    guard: Guard,
    recipe: Mapping[str, Any],
    scripts: list[str],
) -> dict[str, Any]:
    """Run scripts on a target, each on a fresh layer and fresh arrays; plain data comes out."""
    answers: dict[str, Any] = {}
    checked = from_plain(recipe)
    with np.errstate(all="ignore"):
        for script in scripts:
            case = build(checked)
            if not implementation.domain.training and script != "infer":
                continue
            if case.m == 1 and convention.one_value == "raises":
                continue
            try:
                layer = Trial(case, implementation, convention, guard=guard).make(case)
            except (TargetRaised, Inapplicable) as error:
                answers[script] = {"outputs": {}, "raised": type(error).__name__}
                continue
            answers[script] = _plain(run(script, layer, implementation.abilities, case))
    return answers


def _plain(answer: Answer) -> dict[str, Any]:
    packed = {
        name: {
            "dtype": array.dtype.name,
            "swapped": not array.dtype.isnative,
            "shape": list(array.shape),
            "bytes": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
        }
        for name, array in answer.outputs.items()
    }
    return {"outputs": packed, "raised": answer.raised, "said": answer.said}


def read(data: Mapping[str, Any]) -> Answer:
    """Read back what `asked` returned for one script."""
    outputs = {}
    for name, packed in data["outputs"].items():
        dtype = packed["dtype"]
        kind = FORMATS[dtype].dtype if dtype in FORMATS else np.dtype(dtype)
        kind = kind.newbyteorder() if packed["swapped"] else kind
        raw = np.frombuffer(base64.b64decode(packed["bytes"]), kind)
        outputs[name] = raw.reshape(packed["shape"])
    return Answer(outputs, data["raised"], data.get("said", ""))


def channels_last(array: Array) -> Array:
    """``(N, C, *spatial)`` as ``(m, C)``, ``(C,)`` as ``(1, C)``, in longdouble."""
    wide = as_wide(array, np.longdouble)
    if wide.ndim == 1:
        return wide[None, :]
    return np.moveaxis(wide, 1, -1).reshape(-1, wide.shape[1])
