"""ONNX: an operator of layer, RMS, group or instance normalization from a file, run by a runtime.

There is no training mode to ask for: these operators always take the statistics of the samples, as
their layers do in training. There are no gradients. Attributes belong to the model, so eps is
fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from onnx import TensorProto

from bncheck.model import Case, Domain, Implementation, Layer
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults
from bncheck.targets.common.view import viewed
from bncheck.targets.onnx import runtimes
from bncheck.targets.onnx.relatives import Relative, model_of

# Of a case. GroupNormalization is defined from (N, C, D1) on, but one of a file for (N, C) is tried
# so; the arrays of users of instance normalization have one axis more than a case.
_RANKS = {"group": (3, 4, 5), "instance": (2, 3, 4)}
_ROWS = (2, 3, 4, 5)
# what the operators of every file do, and nobody asks about
_UNTRIED = (
    "own weights: the laws give the node others",
    "Mean and InvStdDev: computed, but no law is about them",
)
Ready = Callable[[Array, tuple[Array, ...]], Any]  # of an array that may be none


def adapt(node: Relative, name: str) -> Implementation:
    """Make an implementation of a node. Raises TargetError where its runtime is not installed."""
    runtime = runtimes.chosen(node.runtime)
    ready, norm = _ready(node, runtime), node.norm
    dtypes, takes = _dtypes(node, runtime)

    def make(case: Case) -> Layer:
        return Layer(train=lambda x: _answer(node, ready, case, x))

    return Implementation(
        name=name,
        make=viewed(norm, make),
        domain=Domain(
            ranks=_ranks(node),
            # where all axes are normalized over there is one set
            channels=1 if node.by_rows and node.leading == 0 else None,
            dtypes=dtypes,
            takes=takes,
            fixed_eps=float(np.float32(node.epsilon)),
            multiple=norm.groups or 1,
            norm=norm,
        ),
        origin=f"{runtime}, {node.kind} of operator set {node.opset}",
        defaults=defaults.told(node.epsilon),
        untried=_UNTRIED[:1] * node.of_file + _UNTRIED[1:] * (len(node.outputs) > 1),
        shows=(_shown(node, runtime),),
    )


def _shown(node: Relative, runtime: str) -> str:
    """Say what kind of node it is, as entries of known faults do."""
    first = node.norm.owner == "part" and node.norm.name == "group"
    written = "" if "epsilon" in dict(node.given) else ", no epsilon"
    return f"{runtime}, {node.kind}{'-18' * first}{written}"


def _ranks(node: Relative) -> tuple[int, ...]:
    if node.by_rows:
        return (node.normalized + 1,) if node.normalized else _ROWS
    return (2,) if node.norm.name == "group" and node.rank == 2 else _RANKS[node.norm.name]


def _dtypes(node: Relative, runtime: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the dtypes that are tried, and those that may be asked for.

    Where stash_type says that statistics are in float32, which is its default, nobody promises more
    of float64; and what is in float16 is rounded before the scale, by the operator's page, as
    OpenVINO does. onnxruntime is finer in both, and neither is wrong.
    """
    if node.stash == TensorProto.FLOAT:
        return ("float32",), ()
    takes = ("float16",) if not node.stash else ()
    if node.kind == "InstanceNormalization" and runtime == "onnxruntime":
        return ("float32",), takes  # it has no other, but casts what is in half precision
    if runtime == "openvino":  # computes float64 in float32
        return ("float32",), (*takes, "float64")
    return ("float32", "float64"), takes


def _ready(node: Relative, runtime: str) -> Ready:
    """Return what runs a node, made ready once for each rank and dtype; see `layers`."""
    inputs = node.operator.inputs

    @cache
    def by_rank(rank: int, dtype: np.dtype[Any], sizes: tuple[int, ...]) -> runtimes.Run:
        return runtimes.compiled(runtime, model_of(node, rank, dtype, sizes, ()))

    def run(x: Array, parameters: tuple[Array, ...]) -> Any:
        sizes = tuple(p.ndim for p in parameters)
        if node.constant and runtime != "openvino":
            model = model_of(node, x.ndim, x.dtype, sizes, parameters)
            return runtimes.compiled(runtime, model)({inputs[0]: x})[0]
        feeds = dict(zip(inputs, (x, *parameters), strict=False))
        return by_rank(x.ndim, x.dtype, sizes)(feeds)[0]

    return run


def _answer(node: Relative, ready: Ready, case: Case, x: Array) -> Array:
    """Return y of x, both as the view has them."""
    given = _with_leading(x, node.leading) if node.by_rows else x
    sizes = x.shape[1:] if node.by_rows else case.gamma.shape
    owned = (case.gamma, case.beta)[: 2 if node.shifted else 1]
    parameters = tuple(p.reshape(sizes) for p in owned)
    return answers.array(node.kind, ready(given, parameters), given).reshape(x.shape)


def _with_leading(x: Array, leading: int) -> Array:
    """Return x with its rows along so many axes; where they are two or more, no axis has them all.

    How they are split goes with the shape, so that each way has its turn.
    """
    if leading == 0:
        return x.reshape(x.shape[1:])
    rows, rest = x.shape[0], x.shape[1:]
    divisors = [d for d in range(1, rows + 1) if rows % d == 0]
    first = divisors[x.shape[1] % len(divisors)]
    split = (*(1,) * (leading - 2), first, rows // first) if leading > 1 else (rows,)
    return x.reshape((*split, *rest))
