"""The implementations of the scoreboard, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Entry:
    """One implementation.

    name: what the board calls it; target: as for ``bncheck verify``
    packages: distributions that it needs, its own first
    environment: variables that choose between its variants; dtypes: empty for all it takes
    """

    name: str
    target: str
    packages: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ()

    def version(self) -> str | None:
        """Return the version that is installed, or None where something is missing."""
        try:
            found = [version(package) for package in self.packages]
        except PackageNotFoundError:
            return None
        return found[0]


_TARGETS = "bncheck.scoreboard.targets"


def _keras(backend: str, package: str | None, *, frozen: bool = False) -> Entry:
    return Entry(
        f"keras.layers.BatchNormalization{', frozen' if frozen else ''} ({backend})",
        f"{_TARGETS}:keras_frozen" if frozen else "keras.layers:BatchNormalization",
        ("keras", package) if package else ("keras",),
        {"KERAS_BACKEND": backend},
        # an instance has a dtype of its own, to which it brings what it is given
        ("float32",) if frozen else (),
    )


def _jax(package: str, home: str, names: str) -> Iterator[Entry]:
    """Yield layers of a framework of JAX, by their names in its module."""
    module = "haiku" if package == "dm-haiku" else f"{package}.{home}"
    for name in names.split():
        yield Entry(f"{module}.{name}", f"{module}:{name}", (package, "jax"))


def _relatives() -> Iterator[Entry]:
    """Yield layers of layer, RMS, group and instance normalization."""
    four = "LayerNorm RMSNorm GroupNorm InstanceNorm"
    for name in ("LayerNorm", "RMSNorm", "GroupNorm", *(f"InstanceNorm{d}d" for d in (1, 2, 3))):
        yield Entry(f"torch.nn.{name}", f"torch.nn:{name}", ("torch",), dtypes=_WIDE)
    yield from _jax("flax", "linen", four)
    yield from _jax("flax", "nnx", four)
    yield from _jax("equinox", "nn", "LayerNorm RMSNorm GroupNorm")
    yield from _jax("dm-haiku", "", four)
    for backend in ("torch", "jax", "numpy"):
        needs = () if backend == "numpy" else (backend,)
        for kind in ("Layer", "RMS", "Group"):
            name = f"{kind}Normalization"
            yield Entry(
                f"keras.layers.{name} ({backend})",
                f"keras.layers:{name}",
                ("keras", *needs),
                {"KERAS_BACKEND": backend},
            )
    for name in four.split():
        yield Entry(f"mlx.nn.{name}", f"mlx.nn:{name}", ("mlx",))
    kinds = {
        "layer": "LayerNormalization-17",
        "rms": "RMSNormalization-23",
        "group_18": "GroupNormalization-18",
        "group_21": "GroupNormalization-21",
        "instance": "InstanceNormalization-22",
    }
    runtimes = {
        "onnxruntime": ("onnxruntime", ("onnxruntime", "onnx")),
        "reference": ("onnx ReferenceEvaluator", ("onnx",)),
        "openvino": ("OpenVINO", ("openvino", "onnx")),
    }
    for runtime, (called, packages) in runtimes.items():
        for kind, name in kinds.items():
            yield Entry(f"{called}, {name}", f"{_TARGETS}:{runtime}.{kind}", packages)
    yield Entry(
        "OpenVINO, SimplifiedLayerNormalization without epsilon",
        f"{_TARGETS}:openvino_simplified",
        ("openvino", "onnx"),
    )


_WIDE = ("float32", "float64")
_HALF = ("float16", "bfloat16")

ENTRIES: tuple[Entry, ...] = (
    *(
        Entry(f"torch.nn.BatchNorm{d}d", f"torch.nn:BatchNorm{d}d", ("torch",), dtypes=_WIDE)
        for d in (1, 2, 3)
    ),
    Entry(
        "torch.nn.BatchNorm2d under torch.compile",
        f"{_TARGETS}:torch_compiled",
        ("torch",),
        dtypes=_WIDE,
    ),
    Entry(
        "torch.nn.BatchNorm2d under torch.compile, half precision",
        f"{_TARGETS}:torch_compiled",
        ("torch",),
        dtypes=_HALF,
    ),
    Entry(
        "torch.nn.BatchNorm2d under torch.compile and autocast",
        f"{_TARGETS}:torch_compiled_autocast",
        ("torch",),
    ),
    Entry("torch.nn.BatchNorm2d, half precision", "torch.nn:BatchNorm2d", ("torch",), dtypes=_HALF),
    Entry("torch.nn.BatchNorm2d under autocast", f"{_TARGETS}:torch_autocast", ("torch",)),
    Entry(
        "torch.nn.functional.batch_norm",
        "torch.nn.functional:batch_norm",
        ("torch",),
        dtypes=_WIDE,
    ),
    Entry(
        "torch, folded into a convolution", "torch.nn.utils.fusion:fuse_conv_bn_eval", ("torch",)
    ),
    Entry("flax.linen.BatchNorm", "flax.linen:BatchNorm", ("flax", "jax")),
    Entry("flax.nnx.BatchNorm", "flax.nnx:BatchNorm", ("flax", "jax")),
    Entry("equinox.nn.BatchNorm", "equinox.nn:BatchNorm", ("equinox", "jax")),
    Entry("haiku.BatchNorm", "haiku:BatchNorm", ("dm-haiku", "jax")),
    Entry("jax.nn.standardize", "jax.nn:standardize", ("jax",)),
    Entry("stax.BatchNorm", "jax.example_libraries.stax:BatchNorm", ("jax",)),
    _keras("torch", "torch"),
    _keras("jax", "jax"),
    _keras("tensorflow", "tensorflow-cpu"),
    _keras("numpy", None),
    *(_keras(backend, backend, frozen=True) for backend in ("torch", "jax")),
    Entry("onnxruntime, opset 15", "onnxruntime:InferenceSession", ("onnxruntime", "onnx")),
    Entry(
        "onnxruntime, training, one output",
        f"{_TARGETS}:onnxruntime_unused",
        ("onnxruntime", "onnx"),
    ),
    Entry("onnx ReferenceEvaluator, opset 15", "onnx.reference:ReferenceEvaluator", ("onnx",)),
    Entry("onnx ReferenceEvaluator, opset 9", f"{_TARGETS}:reference_evaluator_9", ("onnx",)),
    Entry("OpenVINO, opset 15", "openvino:Core", ("openvino", "onnx")),
    Entry("mlx.nn.BatchNorm", "mlx.nn:BatchNorm", ("mlx",)),
    *(
        Entry(f"paddle.nn.BatchNorm{d}", f"paddle.nn:BatchNorm{d}", ("paddlepaddle",))
        for d in ("1D", "2D", "3D", "")
    ),
    Entry("paddle.nn.BatchNorm1D, no weight", f"{_TARGETS}:paddle_lone_bias", ("paddlepaddle",)),
    Entry("tinygrad.nn.BatchNorm", "tinygrad.nn:BatchNorm", ("tinygrad",)),
    Entry("numpy-ml BatchNorm1D", f"{_TARGETS}:numpy_ml_1d", ("numpy-ml",)),
    Entry("numpy-ml BatchNorm2D", f"{_TARGETS}:numpy_ml_2d", ("numpy-ml",)),
    *_relatives(),
)
