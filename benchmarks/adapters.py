"""What an adapter costs: one training call of each installed framework, plain and through bncheck.

    python benchmarks/adapters.py [--calls N] [NAME...]

For x of shape (8, 4) in float32, prints the median time of the framework's own call on its own
arrays, of making a layer for a case, of a training call through the adapter, and what that call
takes beyond the framework's own (below zero where the adapter has compiled what the framework
would not).
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.model import Case
from bncheck.targets import adapt, load

CASE = build(Recipe(shape=(8, 4), x=Values(structure="noise"), dy=Values(structure="noise")))
Call = Callable[[], Any]


def numpy_layer() -> Call:
    module = load(EXAMPLE)
    return lambda: module.forward(CASE.x, CASE.gamma, CASE.beta, CASE.eps)  # type: ignore[attr-defined] # a target


def torch_layer() -> Call:
    import torch

    layer, x = torch.nn.BatchNorm1d(4), torch.from_numpy(CASE.x)
    return lambda: layer(x)


def flax_linen() -> Call:
    import jax
    from flax import linen

    layer, x = linen.BatchNorm(use_running_average=False), jax.numpy.asarray(CASE.x)
    variables = layer.init(jax.random.key(0), x)
    return lambda: jax.block_until_ready(layer.apply(variables, x, mutable=["batch_stats"]))


def flax_nnx() -> Call:
    import jax
    from flax import nnx

    layer, x = nnx.BatchNorm(4, rngs=nnx.Rngs(0)), jax.numpy.asarray(CASE.x)
    return lambda: jax.block_until_ready(layer(x))


def equinox_layer() -> Call:
    import equinox
    import jax

    made = equinox.nn.make_with_state(equinox.nn.BatchNorm)
    layer, state = made(4, axis_name="batch", mode="batch")
    x = jax.numpy.asarray(CASE.x)
    call = jax.vmap(layer, axis_name="batch", in_axes=(0, None), out_axes=(0, None))
    return lambda: jax.block_until_ready(call(x, state)[0])


def haiku_layer() -> Call:
    import haiku
    import jax

    def forward(x: Any) -> Any:
        return haiku.BatchNorm(True, True, 0.9)(x, is_training=True)

    made, x = haiku.transform_with_state(forward), jax.numpy.asarray(CASE.x)
    parameters, state = made.init(jax.random.key(0), x)
    return lambda: jax.block_until_ready(made.apply(parameters, state, None, x)[0])


def keras_layer() -> Call:
    import keras

    layer, x = keras.layers.BatchNormalization(), keras.ops.convert_to_tensor(CASE.x)
    return lambda: layer(x, training=True)


def _model() -> tuple[bytes, dict[str, Any]]:
    from onnx import TensorProto, helper

    inputs, outputs = ("x", "scale", "b", "mean", "var"), ("y", "running_mean", "running_var")
    node = helper.make_node("BatchNormalization", inputs, outputs, training_mode=1)
    infos = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in inputs + outputs]
    graph = helper.make_graph([node], "one", infos[:5], infos[5:])
    opset = helper.make_opsetid("", 15)
    made = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    names = ("x", "gamma", "beta", "running_mean", "running_var")
    return made.SerializeToString(), {
        n: getattr(CASE, a) for n, a in zip(inputs, names, strict=True)
    }


def onnx_runtime() -> Call:
    import onnxruntime

    model, given = _model()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, given)


def onnx_reference() -> Call:
    import onnx
    from onnx.reference import ReferenceEvaluator

    model, given = _model()
    session = ReferenceEvaluator(onnx.load_from_string(model))
    return lambda: session.run(None, given)


def mlx_layer() -> Call:
    import mlx.core as mx
    from mlx import nn

    layer, x = nn.BatchNorm(4), mx.array(CASE.x)

    def call() -> Any:
        y = layer(x)
        mx.eval(y)
        return y

    return call


EXAMPLE = str(Path(__file__).parent.parent / "examples" / "numpy_layer.py")
# target -> the package that it needs, and the framework's own call
TARGETS: dict[str, tuple[str, Callable[[], Call]]] = {
    EXAMPLE: ("numpy", numpy_layer),
    "torch.nn:BatchNorm1d": ("torch", torch_layer),
    "flax.linen:BatchNorm": ("flax", flax_linen),
    "flax.nnx:BatchNorm": ("flax", flax_nnx),
    "equinox.nn:BatchNorm": ("equinox", equinox_layer),
    "haiku:BatchNorm": ("haiku", haiku_layer),
    "keras.layers:BatchNormalization": ("keras", keras_layer),
    "onnxruntime:InferenceSession": ("onnxruntime", onnx_runtime),
    "onnx.reference:ReferenceEvaluator": ("onnx", onnx_reference),
    "mlx.nn:BatchNorm": ("mlx", mlx_layer),
}


def milliseconds(call: Call, count: int) -> float:
    """Median time of a call, after three that may compile."""
    for _ in range(3):
        call()
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return median(spent) * 1e3


def row(target: str, plain: Callable[[], Call], count: int) -> str:
    implementation = adapt(load(target), name=target)
    case: Case = CASE
    layer = implementation.make(case)
    own = milliseconds(plain(), count)
    making = milliseconds(lambda: implementation.make(case), count)
    training = milliseconds(lambda: layer.train(case.x), count)
    figures = "".join(f"{figure:11.3f}" for figure in (own, making, training, training - own))
    return f"{target.removeprefix(str(Path(EXAMPLE).parent.parent) + '/'):36}{figures}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="only targets with one of these in their names")
    parser.add_argument("--calls", type=int, default=50)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    print(f"{'milliseconds':36}{'own call':>11}{'make':>11}{'train':>11}{'overhead':>11}")
    for target, (package, plain) in TARGETS.items():
        if given.names and not any(name in target for name in given.names):
            continue
        if find_spec(package) is None:
            print(f"{target:36}{package} is not installed")
        else:
            print(row(target, plain, given.calls))
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
