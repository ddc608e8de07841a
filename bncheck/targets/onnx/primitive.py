"""Models whose normalization is written in primitive operators, which are not read as one."""

from __future__ import annotations

from collections.abc import Iterable

import onnx


def hint(nodes: Iterable[onnx.NodeProto]) -> str:
    """Say that a root of a mean is taken, as a normalization does; ``""`` where none is.

    It is a ReduceMean whose output, with a constant added or not, goes into a Sqrt, or into a Pow.
    """
    listed = list(nodes)
    means = {name for node in listed if node.op_type == "ReduceMean" for name in node.output}
    for node in listed:
        if node.op_type == "Add" and means & set(node.input):
            means |= set(node.output)
        if node.op_type in ("Sqrt", "Pow") and node.input and node.input[0] in means:
            return (
                f". Its {node.op_type} of a ReduceMean looks like layer, RMS or instance "
                "normalization in primitive operators, which is not read: export with an opset "
                "that has the operator, LayerNormalization from 17 on, RMSNormalization from 23 on"
            )
    return ""
