"""Attributes of a node of a file, read as what they should be; what is not is one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper

from bncheck.errors import TargetError
from bncheck.targets.onnx import files
from bncheck.terminal import brief


def of(path: Path, home: files.Body, node: onnx.NodeProto) -> dict[str, Any]:
    """Return the attributes of a node by name, as they are written.

    Raises TargetError where one is an argument of the function that the node is in, or of no type.
    """
    passed = next((a for a in node.attribute if a.ref_attr_name), None)
    if passed is not None:
        raise TargetError(
            f"{path} has a {node.op_type} whose {passed.name} is the argument "
            f"{passed.ref_attr_name!r} of the function {home.name!r}; export the model with "
            "functions inlined"
        )
    try:
        return {a.name: helper.get_attribute_value(a) for a in node.attribute}
    except ValueError as error:
        raise TargetError(f"{path} has a {node.op_type} that cannot be read: {error}") from None


def epsilon(path: Path, given: Mapping[str, Any]) -> float:
    """Return epsilon, which is positive and finite; raises TargetError."""
    value = number(path, given, "epsilon", 1e-5)
    if not 0 < value < math.inf:
        raise TargetError(
            f"{path} has epsilon = {value}, but it should be positive and finite; nothing is "
            "promised for others"
        )
    return value


def momentum(path: Path, given: Mapping[str, Any]) -> float:
    """Return momentum, which is in [0, 1]; raises TargetError."""
    value = number(path, given, "momentum", 0.9)
    if not 0 <= value <= 1:
        raise TargetError(
            f"{path} has momentum = {value}, but a weight of running statistics is in [0, 1]"
        )
    return value


def number(path: Path, given: Mapping[str, Any], name: str, default: float) -> float:
    """Return an attribute that is a float, in float32 where it is a default; raises TargetError."""
    value = given.get(name, float(np.float32(default)))
    if not isinstance(value, float):
        raise TargetError(f"{path} has {name} = {brief(value)}, but it should be a float")
    return value


def integer(path: Path, given: Mapping[str, Any], name: str, default: int) -> int:
    """Return an attribute that is an integer; raises TargetError."""
    value = given.get(name, default)
    if not isinstance(value, int):
        raise TargetError(f"{path} has {name} = {brief(value)}, but it should be an integer")
    return value
