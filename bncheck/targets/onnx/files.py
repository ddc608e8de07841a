"""Whole ONNX files: parsed, checked, and loaded once, before anything is said about a node.

A model that its own runtime refuses is nothing that can be right. It is loaded from memory, without
optimizations: nothing of it runs, and no other file is read.
"""

from pathlib import Path
from typing import TypeAlias

import onnx
from google.protobuf.message import DecodeError
from onnx import checker, external_data_helper

from bncheck import files
from bncheck.errors import TargetError, told
from bncheck.targets.onnx import runtimes
from bncheck.targets.onnx.operators import BY_CHANNEL, SIMPLIFIED
from bncheck.terminal import excerpt

MOST_BYTES = (1 << 31) - 1  # what protobuf can parse
_ANOTHER = "com.microsoft"  # a domain that is none of ONNX's own
Body: TypeAlias = onnx.GraphProto | onnx.FunctionProto  # what has nodes


def parsed(path: Path) -> onnx.ModelProto:
    """Read a model that has a graph; no other file is read.

    Raises UsageError where there is no such file, TargetError where it is no such model.
    """
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise TargetError(
            f"{path} has {path.stat().st_size} bytes, but an ONNX file has at most {MOST_BYTES}; "
            "export the normalization alone"
        )
    try:
        model = onnx.ModelProto.FromString(files.read_bytes(path, MOST_BYTES))
    except DecodeError:
        raise TargetError(f"{path} is not an ONNX file, or is cut off: it does not parse") from None
    if not model.graph.node or not model.opset_import:
        raise TargetError(f"{path} is not an ONNX file, or is cut off: it has no graph")
    return model


def refuse_outside(path: Path, model: onnx.ModelProto) -> None:
    """Raise TargetError where a model keeps some of its data in other files."""
    outside = next((t for t in _tensors(model) if external_data_helper.uses_external_data(t)), None)
    if outside is not None:
        where = next((e.value for e in outside.external_data if e.key == "location"), "")
        raise TargetError(
            f"{path} keeps tensor {outside.name!r} in another file, {where!r}, and other files are "
            "not read; save the model with its data inside (torch.onnx.export: external_data=False)"
        )


def check(path: Path, model: onnx.ModelProto, runtime: str) -> None:
    """Have the model checked by onnx, and loaded by its runtime.

    Raises TargetError with the reason of the one that refuses it.
    """
    try:
        # the reference evaluator has no checks of its own: those of types and shapes are onnx's
        checker.check_model(_without_strangers(model), full_check=runtime == "reference")
    except Exception as error:  # whatever is raised, the model is refused
        raise TargetError(f"{path} is not a valid model: onnx says {_reason(error)}") from None
    try:
        runtimes.loaded(runtime, model)
    except Exception as error:  # each runtime has exceptions of its own
        raise TargetError(f"{path} is refused by {runtime}: {_reason(error)}") from None


def bodies(home: Body) -> list[Body]:
    """Return a graph or function and the graphs inside its nodes, such as the branches of an If."""
    inner = [a.g for node in home.node for a in node.attribute if a.HasField("g")]
    inner += [graph for node in home.node for a in node.attribute for graph in a.graphs]
    return [home, *(each for one in inner for each in bodies(one))]


def initializers(body: Body) -> list[onnx.TensorProto]:
    """Return the tensors that a graph holds; functions hold none."""
    return [] if isinstance(body, onnx.FunctionProto) else list(body.initializer)


def rank(home: Body, name: str) -> int:
    """Return the rank of a value in a graph or function, where it is said there; else 0."""
    for body in bodies(home):
        if isinstance(body, onnx.FunctionProto):
            continue
        for value in (*body.input, *body.value_info):
            shaped = value.type.tensor_type
            if value.name == name and shaped.HasField("shape"):
                return len(shaped.shape.dim)
    return 0


def operator_set(model: onnx.ModelProto, home: Body) -> int:
    """Return the operator set of a graph or function of a model; a function has its own."""
    imports = home.opset_import if isinstance(home, onnx.FunctionProto) else model.opset_import
    return next((int(o.version) for o in imports if o.domain in ("", "ai.onnx")), 0)


def _without_strangers(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model without those nodes that onnx refuses, and runtimes do not.

    That is onnxruntime's operator in ONNX's own domain, and the first GroupNormalization, which
    is deprecated, from its first operator set on. In a copy they are of another domain, about
    which onnx says nothing; the runtime looks at them as they are.
    """
    if not _strangers(model):
        return model
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for node in _strangers(copy):
        node.domain = _ANOTHER
    for held in (copy, *copy.functions):
        if not any(o.domain == _ANOTHER for o in held.opset_import):
            held.opset_import.append(onnx.helper.make_opsetid(_ANOTHER, 1))
    return copy


def _strangers(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    found = []
    for home in (model.graph, *model.functions):
        old = operator_set(model, home) < BY_CHANNEL
        names = (SIMPLIFIED, "GroupNormalization") if old else (SIMPLIFIED,)
        nodes = [n for body in bodies(home) for n in body.node]
        found += [n for n in nodes if n.op_type in names and n.domain in ("", "ai.onnx")]
    return found


def _tensors(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    """Return all tensors of a model, those in attributes and sparse ones too."""
    found: list[onnx.TensorProto] = []
    sparse: list[onnx.SparseTensorProto] = []
    for body in [each for home in (model.graph, *model.functions) for each in bodies(home)]:
        found += initializers(body)
        sparse += [] if isinstance(body, onnx.FunctionProto) else list(body.sparse_initializer)
        for attribute in [a for node in body.node for a in node.attribute]:
            found += [attribute.t, *attribute.tensors]
            sparse += [attribute.sparse_tensor, *attribute.sparse_tensors]
    return [*found, *(part for tensor in sparse for part in (tensor.values, tensor.indices))]


def _reason(error: Exception) -> str:
    return excerpt(told(error) or type(error).__name__, 700)
