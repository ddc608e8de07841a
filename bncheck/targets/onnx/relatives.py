"""Nodes of ONNX files that are relatives of batch normalization: read, and rebuilt alone.

The type of a node says which normalization it is. What it is rebuilt with is what is written in
the file, and no more: an attribute that is left out stays so, since runtimes may disagree about
what it is then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bncheck.errors import TargetError
from bncheck.model import NORMS, Norm
from bncheck.model.formats import Array
from bncheck.targets.onnx import attributes, files
from bncheck.targets.onnx.operators import BY_CHANNEL, RELATIVES, SIMPLIFIED, Operator

# the format's version of operator set 15, where an older one does not need an older one
_IR_VERSION = 8
_MOST_AXES = 4  # that are normalized over: cases have up to five
_STASHES = (TensorProto.FLOAT, TensorProto.DOUBLE)


@dataclass(frozen=True)
class Relative:
    """One operator of layer, RMS, group or instance normalization, and what is to run it.

    kind: its type, a key of `RELATIVES`; opset: its operator set
    given: its attributes as they are written; epsilon: as it is then
    shifted: it is given a bias; outputs: which of its outputs the file has, by the operator's names
    rank: of x, where the file says it, else 0; constant: scale and bias are initializers
    runtime: onnxruntime, reference or openvino; empty for what is installed
    of_file: it was read from a file, whose weights are not those that are tried
    """

    kind: str
    opset: int
    given: tuple[tuple[str, Any], ...] = ()
    epsilon: float = 1e-5
    shifted: bool = True
    outputs: tuple[str, ...] = ("Y",)
    rank: int = 0
    constant: bool = False
    runtime: str = ""
    name: str = ""
    of_file: bool = False

    @property
    def operator(self) -> Operator:
        """What is known of its type."""
        return RELATIVES[self.kind]

    @property
    def norm(self) -> Norm:
        """Which normalization it is."""
        norm = replace(NORMS[self.operator.norm], shifted=self.shifted)
        if norm.name != "group":
            return norm
        owner = norm.owner if self.opset >= BY_CHANNEL else "part"
        return replace(norm, owner=owner, groups=int(dict(self.given)["num_groups"]))

    @property
    def by_rows(self) -> bool:
        """Whether it has an axis, from which on all values of a row are normalized together."""
        return self.operator.norm in ("layer", "rms")

    @property
    def axis(self) -> int:
        """The first axis that is normalized over, as it is written."""
        return int(dict(self.given).get("axis", -1))

    @property
    def normalized(self) -> int:
        """Over how many axes it normalizes, where that is fixed, else 0."""
        if not self.by_rows:
            return 0
        if self.axis < 0:
            return -self.axis
        return self.rank - self.axis if self.rank else 0

    @property
    def leading(self) -> int:
        """How many axes of x are before those that are normalized over."""
        if self.axis >= 0:
            return self.axis
        return self.rank + self.axis if self.rank else 1

    @property
    def stash(self) -> int:
        """The dtype of its statistics, as ONNX counts them; 0 where the operator does not say."""
        has = self.by_rows or (self.operator.norm == "group" and self.opset >= BY_CHANNEL)
        return int(dict(self.given).get("stash_type", TensorProto.FLOAT)) if has else 0


def described(
    path: Path, home: files.Body, node: onnx.NodeProto, opset: int, runtime: str
) -> Relative:
    """Read a node; raises TargetError for what cannot be checked."""
    given = attributes.of(path, home, node)
    bodies = files.bodies(home)
    initializers = {tensor.name for body in bodies for tensor in files.initializers(body)}
    kind, known = node.op_type, RELATIVES[node.op_type]
    found = Relative(
        kind=kind,
        opset=int(opset),
        given=tuple(given.items()),
        epsilon=attributes.epsilon(path, given),
        shifted=len(known.inputs) == 3 and len(node.input) > 2 and bool(node.input[2]),
        outputs=tuple(n for n, own in zip(known.outputs, node.output, strict=False) if own),
        rank=files.rank(home, node.input[0]) if node.input else 0,
        constant=set(filter(None, node.input[1:])) <= initializers,
        runtime=runtime,
        name=node.name,
        of_file=True,
    )
    refuse(path, found)
    return found


def refuse(path: Path, node: Relative) -> None:
    """Raise TargetError for a node that its operator set, or its runtime, does not have."""
    given, known, kind = dict(node.given), node.operator, node.kind
    if node.opset < known.oldest:
        raise TargetError(
            f"{path} uses operator set {node.opset}, but {kind} is checked from {known.oldest} on; "
            "convert it with onnx.version_converter"
        )
    if kind == SIMPLIFIED and node.runtime == "reference":
        raise TargetError(
            f"{path} has a {kind}, which is onnxruntime's own operator, and onnx's reference "
            "evaluator has none; name another runtime"
        )
    if known.norm == "group" and attributes.integer(path, given, "num_groups", 0) < 1:
        raise TargetError(
            f"{path} has num_groups = {given.get('num_groups')}, but it should be positive"
        )
    if node.by_rows:
        _refuse_axis(path, node, attributes.integer(path, given, "axis", -1))
    attributes.integer(path, given, "stash_type", TensorProto.FLOAT)
    if node.stash and node.stash not in _STASHES:
        raise TargetError(
            f"{path} has stash_type = {node.stash}, but statistics are checked in "
            "float32 (stash_type = 1) and float64 (11) alone"
        )
    if node.stash == TensorProto.DOUBLE and node.runtime == "reference":
        raise TargetError(
            f"{path} has stash_type = 11, and onnx's reference evaluator has float32 (1) alone; "
            "name another runtime"
        )


def _refuse_axis(path: Path, node: Relative, axis: int) -> None:
    if node.rank and not -node.rank <= axis < node.rank:
        raise TargetError(
            f"{path} has axis = {axis} of an x of rank {node.rank}, but it should be from "
            f"{-node.rank} to {node.rank - 1}"
        )
    if node.normalized > _MOST_AXES:
        raise TargetError(
            f"{path} has axis = {axis}, and so normalizes over {node.normalized} axes, but at "
            f"most {_MOST_AXES} are checked"
        )


def model_of(
    node: Relative, rank: int, dtype: Any, sizes: Sequence[int], constants: Sequence[Array]
) -> onnx.ModelProto:
    """Build a model of the node alone, for x of a rank and dtype.

    sizes: the ranks of scale and bias; constants: these, where they become initializers
    """
    element = int(helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
    inputs = node.operator.inputs[: 3 if node.shifted else 2]
    there = node.operator.outputs
    last = max(map(there.index, node.outputs), default=0) + 1
    outputs = [name if name in node.outputs or name == "Y" else "" for name in there[:last]]
    ranks = dict(zip(inputs, (rank, *sizes), strict=True))

    def value(name: str) -> onnx.ValueInfoProto:
        sizes = [None] * ranks.get(name, rank)
        kind = element if name in ranks or name == "Y" else node.stash
        return helper.make_tensor_value_info(name, kind, sizes)

    graph = helper.make_graph(
        [helper.make_node(node.kind, inputs, outputs, **dict(node.given))],
        "bncheck",
        [value(name) for name in (inputs[:1] if constants else inputs)],
        [value(name) for name in outputs if name],
        [numpy_helper.from_array(a, n) for n, a in zip(inputs[1:], constants, strict=False)],
    )
    opset = helper.make_opsetid("", node.opset)
    ir_version = max(_IR_VERSION, helper.find_min_ir_version_for([opset]))
    return helper.make_model(graph, opset_imports=[opset], ir_version=ir_version)
