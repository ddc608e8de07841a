"""Models in which there is no BatchNormalization left, since their exporter folded it away.

For inference, ``gamma (W x + b - mean) / sqrt(var + eps) + beta`` is a layer with other W and b,
so exporters write that layer alone. From the file it cannot be told whether there was any.
"""

from collections import Counter

import onnx

from bncheck.targets.onnx import files

# layers with weights, into which what follows is folded
LAYERS = ("Conv", "ConvTranspose", "Gemm", "MatMul")
# seen to keep the node with torch 2.13: by its exporter of today, and by the one before
_KEEPS = (
    "torch.onnx.export keeps it with optimize=False, external_data=False; or with dynamo=False "
    "and either training=torch.onnx.TrainingMode.TRAINING or do_constant_folding=False"
)


def hint(model: onnx.ModelProto) -> str:
    """Return what to say of a model without BatchNormalization: nothing, if it has no weights."""
    bodies = [each for home in (model.graph, *model.functions) for each in files.bodies(home)]
    found = Counter(n.op_type for body in bodies for n in body.node if n.op_type in LAYERS)
    weights = any(files.initializers(body) for body in bodies)
    weights = weights or any(n.op_type == "Constant" for body in bodies for n in body.node)
    if not (found and weights):
        return ""
    kind, count = found.most_common(1)[0]
    layers = f"{count} {kind}" if count > 1 else f"a {kind}"
    return (
        f". It has {layers}: exporters fold a BatchNormalization into the layer before it "
        f"when they export for inference. {_KEEPS}"
    )
