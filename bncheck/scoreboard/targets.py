"""Targets of the scoreboard that have no name of their own: zero-argument factories."""

from __future__ import annotations

import collections
import collections.abc
from functools import partial
from types import SimpleNamespace
from typing import Any


def reference_evaluator_9() -> Any:
    """Inference at operator set 9 by the reference evaluator of onnx."""
    from bncheck.targets.onnx.nodes import Node

    return Node(opset=9, runtime="reference")


def onnxruntime_unused() -> Any:
    """Training by onnxruntime where the running statistics are no outputs of the model."""
    from bncheck.targets.onnx.nodes import Node

    return Node(training=True, running=False, constant=True, runtime="onnxruntime")


def torch_autocast() -> Any:
    """``torch.nn.BatchNorm2d`` on half-precision values, its parameters in float32."""
    import torch

    from bncheck.targets import adapt

    return adapt(torch.nn.BatchNorm2d, name="BatchNorm2d", profile="torch-autocast")


def torch_compiled() -> Any:
    """``torch.nn.BatchNorm2d`` as inductor compiles it, which needs a compiler of C++."""
    import torch

    return torch.compile(torch.nn.BatchNorm2d(3))


def torch_compiled_autocast() -> Any:
    """The compiled layer on half-precision values, its parameters in float32."""
    from bncheck.targets import adapt

    return adapt(torch_compiled(), name="BatchNorm2d", profile="torch-autocast")


def keras_frozen() -> Any:
    """A frozen ``BatchNormalization`` of Keras, which infers in training, too."""
    import keras

    return keras.layers.BatchNormalization(axis=1, trainable=False)


def numpy_ml_1d() -> Any:
    """``BatchNorm1D`` of numpy-ml, which looks for a name that Python moved in 3.3."""
    collections.Hashable = collections.abc.Hashable  # type: ignore[attr-defined] # for numpy-ml
    from numpy_ml.neural_nets.layers import BatchNorm1D

    return BatchNorm1D


def numpy_ml_2d() -> Any:
    """``BatchNorm2D`` of numpy-ml."""
    collections.Hashable = collections.abc.Hashable  # type: ignore[attr-defined] # for numpy-ml
    from numpy_ml.neural_nets.layers import BatchNorm2D

    return BatchNorm2D


def paddle_lone_bias() -> Any:
    """``BatchNorm1D`` of PaddlePaddle with a bias, but without a weight."""
    import paddle

    return paddle.nn.BatchNorm1D(3, weight_attr=False)


def _relative(runtime: str, kind: str, opset: int) -> Any:
    """A node of ONNX that is a relative of batch normalization, with a bias where there is one."""
    from bncheck.targets.onnx.relatives import Relative

    groups = (("num_groups", 2),) if kind == "GroupNormalization" else ()
    return Relative(kind, opset, given=groups, runtime=runtime, shifted="RMS" not in kind)


def _relatives(runtime: str) -> SimpleNamespace:
    return SimpleNamespace(
        layer=partial(_relative, runtime, "LayerNormalization", 17),
        rms=partial(_relative, runtime, "RMSNormalization", 23),
        group_18=partial(_relative, runtime, "GroupNormalization", 18),
        group_21=partial(_relative, runtime, "GroupNormalization", 21),
        instance=partial(_relative, runtime, "InstanceNormalization", 22),
    )


onnxruntime, reference, openvino = map(_relatives, ("onnxruntime", "reference", "openvino"))


def openvino_simplified() -> Any:
    """SimplifiedLayerNormalization by OpenVINO, where no epsilon is written."""
    from bncheck.targets.onnx.relatives import Relative

    return Relative("SimplifiedLayerNormalization", 17, runtime="openvino", shifted=False)
