"""What feeds scale, B, mean and var of a node, where that is constant: looked at, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnx
from onnx import numpy_helper

from bncheck.errors import TargetError
from bncheck.model.formats import Array
from bncheck.targets.common.weights import ROLES, digests
from bncheck.targets.onnx import files

_Value: TypeAlias = onnx.TensorProto | str  # a tensor, or the name that it is another name of


def of(
    path: Path, home: files.Body, node: onnx.NodeProto, epsilon: float
) -> tuple[tuple[str, str], ...]:
    """Return digests of the four by role; nothing unless all are constant.

    Raises TargetError where they are of different shapes, or the variance is one of nothing.
    """
    there = _values(home)
    tensors = zip(ROLES, (_tensor(name, there) for name in node.input[1:5]), strict=False)
    arrays = {
        role: array for role, t in tensors if t is not None and (array := _array(t)) is not None
    }
    called = node.name or node.output[0]
    shapes = {role: tuple(array.shape) for role, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{role} {shape}" for role, shape in shapes.items())
        raise TargetError(f"{path} feeds {called!r} tensors of different shapes: {told}")
    _is_variance(path, called, arrays.get("variance"), epsilon)
    return tuple(digests(arrays).items()) if len(arrays) == len(ROLES) else ()


def _is_variance(path: Path, called: str, var: Array | None, epsilon: float) -> None:
    # below -eps the root is of a negative number; rounding makes no variance so small
    if var is not None and var.size and float(var.min()) < -epsilon:
        raise TargetError(
            f"{path} feeds {called!r} a variance of {float(var.min()):g}, but none is negative; "
            "is it fed the tensor of another input, such as mean?"
        )


def _array(tensor: onnx.TensorProto) -> Array | None:
    """Return a tensor in float32, or None where it holds no numbers."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(numpy_helper.to_array(tensor)).astype(np.float32)
    except (TypeError, ValueError):
        return None


def _values(home: files.Body) -> Mapping[str, _Value]:
    """Return what is constant in a graph or function, and what is another name of something."""
    found: dict[str, _Value] = {}
    for body in files.bodies(home):
        found |= {tensor.name: tensor for tensor in files.initializers(body)}
        for node in body.node:
            if node.op_type == "Identity" and node.input and node.output:
                found[node.output[0]] = node.input[0]
            elif node.op_type == "Constant" and node.output:
                value = next((a.t for a in node.attribute if a.name == "value"), None)
                found |= {node.output[0]: value} if value is not None else {}
    return found


def _tensor(name: str, there: Mapping[str, _Value]) -> onnx.TensorProto | None:
    seen: set[str] = set()
    while name in there and name not in seen:
        seen.add(name)
        value = there[name]
        if not isinstance(value, str):
            return value
        name = value
    return None
