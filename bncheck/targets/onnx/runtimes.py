"""What runs a one-node ONNX model: onnxruntime, onnx's reference evaluator, OpenVINO.

Each runtime takes a model once and arrays many times. All run on one thread of the CPU: the number
of threads may decide the order of summation, so findings would depend on the machine.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bncheck.errors import TargetError
from bncheck.model.formats import Array

Feeds = Mapping[str, Array]
Run = Callable[[Feeds], list[Any]]


def _onnxruntime(model: Any, *, optimized: bool = True) -> Run:
    ort = import_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is raised
    if not optimized:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda feeds: list(session.run(None, dict(feeds)))


def _reference(model: Any) -> Run:
    session = import_module("onnx.reference").ReferenceEvaluator(model)
    return lambda feeds: list(session.run(None, dict(feeds)))


def _openvino(model: Any) -> Run:
    core = import_module("openvino").Core()
    # accuracy: otherwise it computes in bfloat16 or float16 on machines that are faster at them
    settings = {"INFERENCE_NUM_THREADS": 1, "EXECUTION_MODE_HINT": "ACCURACY"}
    compiled = core.compile_model(core.read_model(model.SerializeToString(), b""), "CPU", settings)

    def run(feeds: Feeds) -> list[Any]:
        request = compiled.create_infer_request()
        found = request.infer(dict(feeds))
        return [found[output].copy() for output in compiled.outputs]

    return run


_COMPILE: dict[str, Callable[[Any], Run]] = {
    "onnxruntime": _onnxruntime,
    "reference": _reference,
    "openvino": _openvino,
}
RUNTIMES = tuple(_COMPILE)
# dtypes of x that are tried. The reference evaluator computes float16 in float16, which is its
# choice in inference, and OpenVINO's CPU plugin float64 in float32; --dtype asks for them.
DTYPES: dict[str, tuple[str, ...]] = {
    "onnxruntime": ("float32", "float64", "float16"),
    "reference": ("float32", "float64"),
    "openvino": ("float32",),
}
_PACKAGES = {"reference": "onnx"}


def chosen(runtime: str) -> str:
    """Return the runtime that is meant: onnxruntime where nothing is said and it is there.

    Raises TargetError, which says what to install, where it is not there.
    """
    if not runtime:
        return "onnxruntime" if find_spec("onnxruntime") else "reference"
    package = _PACKAGES.get(runtime, runtime)
    if find_spec(package) is None:
        raise TargetError(
            f"the runtime {runtime} is not installed; install it with pip install {package}"
        )
    return runtime


def compiled(runtime: str, model: Any) -> Run:
    """Make a model ready to run; raises whatever the runtime raises."""
    return _COMPILE[runtime](model)


def loaded(runtime: str, model: Any) -> None:
    """Load a whole model once, and let go of it; raises whatever the runtime raises.

    Nothing of it runs: onnxruntime would otherwise compute what is constant, of any size.
    """
    if runtime == "onnxruntime":
        _onnxruntime(model, optimized=False)
    else:
        compiled(runtime, model)
