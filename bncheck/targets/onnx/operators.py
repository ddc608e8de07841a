"""The ONNX operators that normalize: what each computes, and from which operator set on.

By the operators' own pages, https://onnx.ai/onnx/operators: LayerNormalization,
RMSNormalization, GroupNormalization, InstanceNormalization. SimplifiedLayerNormalization is
onnxruntime's, in ONNX's own domain; OpenVINO takes it, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import onnx

from bncheck.model import NormName

BATCH = "BatchNormalization"
SIMPLIFIED = "SimplifiedLayerNormalization"
# the first operator set whose GroupNormalization has a scale and a bias for each channel, and
# where its statistics are of a dtype that is written; before, they were for each group
BY_CHANNEL = 21


@dataclass(frozen=True)
class Operator:
    """One operator that is a relative of batch normalization.

    oldest: the first operator set that has it as it is today
    inputs: x, scale and, where there is one, the bias, by the operator's names; least: how many
        are needed; outputs: y, then the statistics that may be asked for
    """

    norm: NormName
    oldest: int
    inputs: tuple[str, ...]
    least: int = 3
    outputs: tuple[str, ...] = ("Y",)


RELATIVES: dict[str, Operator] = {
    "LayerNormalization": Operator("layer", 17, ("X", "Scale", "B"), 2, ("Y", "Mean", "InvStdDev")),
    "RMSNormalization": Operator("rms", 23, ("X", "scale"), 2),
    SIMPLIFIED: Operator("rms", 1, ("X", "scale"), 2, ("Y", "inv_std_var")),
    "GroupNormalization": Operator("group", 18, ("X", "scale", "bias")),
    "InstanceNormalization": Operator("instance", 6, ("input", "scale", "B")),
}
NAMES = (BATCH, *RELATIVES)

_FUSED = "is an operator of onnxruntime that fuses others into a normalization; it is not taken"
# what looks like one of them, and why it is not taken
OTHERS = {
    "MeanVarianceNormalization": "adds 1e-9 to the deviation, or in onnxruntime nothing, where "
    "the five normalizations have an eps under the root; it is not taken",
    "LpNormalization": "divides by the length of a vector, with no eps; it is none of the five "
    "normalizations",
    "LRN": "divides by a power of its neighbours' squares; it is none of the five normalizations",
    **dict.fromkeys(
        (
            "SkipLayerNormalization",
            "SkipSimplifiedLayerNormalization",
            "EmbedLayerNormalization",
            "GroupNorm",
            "SkipGroupNorm",
        ),
        _FUSED,
    ),
}


def is_normalization(node: onnx.NodeProto) -> bool:
    """Whether a node is one that can be checked."""
    return node.op_type in NAMES and node.domain in ("", "ai.onnx") and bool(node.output)
