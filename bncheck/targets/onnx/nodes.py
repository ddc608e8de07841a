"""Nodes of ONNX files that normalize: found and read as data; BatchNormalization rebuilt alone.

The whole model is checked and loaded once (`files`), and nothing else of it is used: no graph of it
runs, and no other file is read. Nodes are found in graphs, in those inside nodes, and in functions
of the model. What is checked is a model of one node with the same operator set and attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from bncheck.errors import TargetError, UsageError
from bncheck.model.formats import Array
from bncheck.targets.onnx import (
    attributes,
    files,
    folding,
    naming,
    operators,
    primitive,
    relatives,
    weights,
)

OPERATOR = operators.BATCH
# before 7 the operator has another meaning; 14 gave it training_mode; 15 is its latest version
OLDEST, TRAINING, NEWEST = 7, 14, 15
# a version of the format that knows operator set 15 and that runtimes of the last years can read
_IR_VERSION = 8
INPUTS = ("X", "scale", "B", "input_mean", "input_var")
OUTPUTS = ("Y", "running_mean", "running_var")


@dataclass(frozen=True)
class Node:
    """One BatchNormalization operator, and what is to run it.

    opset: its operator set, 7 to 15 (later ones mean the same); epsilon, momentum: as written
    training: training_mode = 1; running: the running statistics are used, not only Y
    constant: scale, B, mean and variance are initializers, not inputs, which runtimes optimize
    runtime: onnxruntime, reference or openvino; empty for what is installed
    weights: digests of what feeds scale, B, mean and variance, where all are constant
    of_file: it was read from a file, whose weights are not those that are tried
    """

    opset: int = NEWEST
    epsilon: float = 1e-5
    momentum: float = 0.9
    training: bool = False
    running: bool = True
    constant: bool = False
    runtime: str = ""
    name: str = ""
    weights: tuple[tuple[str, str], ...] = ()
    of_file: bool = False

    def __post_init__(self) -> None:
        """Refuse what the operator does not have; raises UsageError."""
        if self.opset < OLDEST or (self.training and self.opset < TRAINING):
            least = TRAINING if self.training else OLDEST
            mode = "training" if self.training else "inference"
            raise UsageError(
                f"opset={self.opset}, but {mode} by {OPERATOR} is checked from {least} on"
            )


def read(path: Path, wanted: str, runtime: str) -> Node | relatives.Relative:
    """Read the one node, or the one that is called ``wanted``, from a file.

    ``*`` stands for the nodes of a file, and so for the one of a file that has one.

    Raises UsageError where there is no such file, TargetError where it is no ONNX file, keeps data
    in other files, is refused by its runtime, has no such node, or several and none is named.
    """
    model = files.parsed(path)
    found = naming.named(_found(path, model))
    files.refuse_outside(path, model)
    if wanted in ("", naming.ALL) and len(found) > 1:
        raise TargetError(
            f"{path} has {len(found)} nodes of type {naming.kinds(found)}: "
            f"{naming.listed(found)}; name one, for example {path}:{next(iter(found))}, or take "
            f"all with {path}:{naming.ALL}"
        )
    home, node = naming.chosen(path, "" if wanted == naming.ALL else wanted, found)
    opset = files.operator_set(model, home)
    if node.op_type != OPERATOR:
        relative = relatives.described(path, home, node, opset, runtime)
        files.check(path, model, runtime)
        return relative
    described = _described(path, home, node, opset, runtime)
    files.check(path, model, runtime)
    return replace(described, weights=weights.of(path, home, node, described.epsilon))


def names(path: Path) -> list[str]:
    """Return what the nodes of a file are called as targets, in its order.

    Raises UsageError where there is no such file, TargetError where it is no ONNX file, or has no
    such node.
    """
    return list(naming.named(_found(path, files.parsed(path))))


def _found(path: Path, model: onnx.ModelProto) -> list[naming.Place]:
    homes = (model.graph, *model.functions)
    nodes = [(home, node) for home in homes for body in files.bodies(home) for node in body.node]
    found = [(home, node) for home, node in nodes if operators.is_normalization(node)]
    if found:
        return found
    nothing = f"{path} has no node that normalizes ({', '.join(operators.NAMES)}); "
    nothing += "there is nothing to check in it"
    other = next((n.op_type for _, n in nodes if n.op_type in operators.OTHERS), None)
    if other is not None:
        raise TargetError(f"{nothing}. Its {other} {operators.OTHERS[other]}")
    written = next(filter(None, (primitive.hint(home.node) for home in homes)), "")
    raise TargetError(nothing + (written or folding.hint(model)))


def model_of(node: Node, rank: int, dtype: Any, constants: Sequence[Array]) -> onnx.ModelProto:
    """Build a model of the node alone, for x of a rank and dtype.

    Sizes of x are left open. ``constants``, in the order of the inputs, become initializers;
    without them, scale, B, mean and variance are inputs of x's dtype, so that one model serves
    all cases of a rank.
    """
    outputs = OUTPUTS if node.training else OUTPUTS[:1]
    attributes: dict[str, Any] = {"epsilon": node.epsilon, "momentum": node.momentum}
    if node.training:
        attributes["training_mode"] = 1
    element = int(helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def value(name: str) -> onnx.ValueInfoProto:
        sizes = [None] * rank if name in "XY" else [None]
        return helper.make_tensor_value_info(name, element, sizes)

    graph = helper.make_graph(
        [helper.make_node(OPERATOR, INPUTS, outputs, **attributes)],
        "bncheck",
        [value(name) for name in (INPUTS[:1] if constants else INPUTS)],
        [value(name) for name in (outputs if node.running else outputs[:1])],
        [numpy_helper.from_array(a, n) for n, a in zip(INPUTS[1:], constants, strict=False)],
    )
    opset = helper.make_opsetid("", min(node.opset, NEWEST))
    return helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)


def _outputs(body: files.Body) -> list[str]:
    if isinstance(body, onnx.FunctionProto):
        return list(body.output)
    return [value.name for value in body.output]


def _described(
    path: Path, home: files.Body, node: onnx.NodeProto, opset: int, runtime: str
) -> Node:
    given = attributes.of(path, home, node)
    if opset < OLDEST:
        raise TargetError(
            f"{path} uses operator set {opset}, but {OPERATOR} is checked from {OLDEST} on; "
            "convert it with onnx.version_converter"
        )
    training = opset >= TRAINING and given.get("training_mode", 0) == 1
    others = [name for name in node.output[1:] if name]
    if others and not training:
        raise TargetError(
            f"{path} has {len(others) + 1} outputs of {OPERATOR} without training_mode = 1: the "
            f"training form of operator sets before {TRAINING}, which is not checked"
        )
    if opset < 9 and given.get("spatial", 1) != 1:
        raise TargetError(f"{path} has spatial = 0: not one mean per channel, so not checked")
    bodies = files.bodies(home)
    consumed = {name for body in bodies for n in body.node for name in n.input}
    consumed |= {name for body in bodies for name in _outputs(body)}
    initializers = {tensor.name for body in bodies for tensor in files.initializers(body)}
    return Node(
        opset=int(opset),
        epsilon=attributes.epsilon(path, given),
        momentum=attributes.momentum(path, given),
        training=training,
        running=training and bool(consumed & set(others)),
        constant=set(node.input[1:]) <= initializers,
        runtime=runtime,
        name=node.name,
        of_file=True,
    )
