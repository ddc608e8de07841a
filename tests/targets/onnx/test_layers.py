"""ONNX files: what is read, what is refused in one sentence, and what the runtimes answer."""

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bncheck.errors import TargetError, UsageError
from bncheck.model import Case
from bncheck.targets import adapt, load

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx

from bncheck.targets.onnx.nodes import Node  # noqa: E402 # needs onnx

pytestmark = pytest.mark.onnx

RUNTIMES = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(find_spec(package) is None, reason=f"needs {package}"),
    )
    for name, package in (
        ("onnxruntime", "onnxruntime"),
        ("reference", "onnx"),
        ("openvino", "openvino"),
    )
]

# mean 0, biased variance 1; with eps = 3, sqrt(v + eps) = 2
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]], np.float32)
GAMMA, BETA = np.array([2, 4], np.float32), np.array([1, -1], np.float32)
# a runtime's inverse root and products round a few times, near numbers below 8
ROUNDINGS = 16 * 8 * 2.0**-24


def dyadic(eps=3.0, momentum=0.75):
    mean, var = np.array([1, 0], np.float32), np.array([1, 13], np.float32)
    return Case(SIGNS, GAMMA, BETA, SIGNS, mean, var, eps=eps, momentum=momentum)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_inference(runtime, tmp_path):
    path = models.inference(tmp_path / "m.onnx", 15, epsilon=3.0, momentum=0.75)
    implementation = adapt(load(f"{path}:{runtime}"), name="m")
    assert implementation.abilities == {"eval", "state_before_step"}
    assert not implementation.domain.training
    assert implementation.domain.fixed_eps == 3.0
    got = implementation.make(dyadic()).eval(SIGNS)
    assert np.max(abs(got - (SIGNS - [1, 0] + BETA))) <= ROUNDINGS


@pytest.mark.parametrize("constant", [True, False])
@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_training(runtime, used, constant, tmp_path):
    shown = ("Y", "new_mean", "new_var") if used else ("Y",)
    made = models.node(training=True, outputs=3, epsilon=3.0, momentum=0.75)
    path = models.write(tmp_path / "m.onnx", made, shown=shown, constant=constant)
    node = load(f"{path}:{runtime}")
    assert (node.running, node.constant, node.runtime) == (used, constant, runtime)
    implementation = adapt(node, name="m")
    assert implementation.abilities == ({"running", "state_before_step"} if used else set())
    layer = implementation.make(dyadic())
    assert np.max(abs(layer.train(SIGNS) - (SIGNS * [1, 2] + BETA))) <= ROUNDINGS
    if used:  # momentum 3/4 weighs the old
        assert np.max(abs(layer.state().mean - [0.75, 0])) <= ROUNDINGS
        assert np.max(abs(layer.state().var - [1, 10])) <= ROUNDINGS


@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_ranks_and_dtypes_of_the_reference(rank):
    implementation = adapt(Node(runtime="reference"), name="node")
    shape = (4, 2, *(1,) * (rank - 2))
    for dtype in implementation.domain.dtypes:
        x = SIGNS.reshape(shape).astype(dtype)
        parts = [a.astype(dtype) for a in (GAMMA, BETA, np.zeros(2), np.ones(2))]
        gamma, beta, mean, var = parts
        got = implementation.make(Case(x, gamma, beta, x, mean, var)).eval(x)
        assert (got.dtype, got.shape) == (dtype, shape)


def test_defaults_are_those_of_the_operator(tmp_path):
    node = load(models.inference(tmp_path / "m.onnx", 9))
    assert (node.opset, node.epsilon) == (9, float(np.float32(1e-5)))
    assert node.momentum == float(np.float32(0.9))


def test_a_runtimes_class_is_a_target():
    implementation = adapt(load("onnx.reference:ReferenceEvaluator"), name="r")
    assert implementation.abilities == {"eval", "running", "state_before_step"}
    layer = implementation.make(dyadic())
    assert layer.eval is not None
    assert layer.state is not None


def test_nothing_of_the_file_runs_but_the_node(tmp_path):
    """The graph would raise where it runs: it asks for more memory than there is."""
    shape = onnx.numpy_helper.from_array(np.array([1 << 40]), "shape")
    large = onnx.helper.make_node("ConstantOfShape", ["size"], ["Z"])
    size = onnx.helper.make_node("Constant", [], ["size"], value=shape)
    path = models.write(tmp_path / "m.onnx", size, large, models.node())
    assert adapt(load(f"{path}:reference"), name="m").make(dyadic()).eval(SIGNS).shape == (4, 2)
    if find_spec("onnxruntime"):
        assert not load(f"{path}:onnxruntime").training


# -- which node ---------------------------------------------------------------------------------


@pytest.fixture
def several(tmp_path):
    nodes = [models.node(name=f"/layer{i}/bn", prefix=f"{i}.") for i in (1, 2)]
    return models.write(tmp_path / "m.onnx", *nodes, shown=("1.Y", "2.Y"))


def test_a_node_is_named(several):
    assert load(f"{several}:/layer2/bn").name == "/layer2/bn"
    node = load(f"{several}:reference:/layer1/bn")
    assert (node.name, node.runtime) == ("/layer1/bn", "reference")


def test_several_nodes_ask_for_a_name(several):
    with pytest.raises(TargetError) as caught:
        load(several)
    assert str(caught.value) == (
        f"{several} has 2 nodes of type BatchNormalization: '/layer1/bn', '/layer2/bn'; "
        f"name one, for example {several}:/layer1/bn, or take all with {several}:*"
    )
    with pytest.raises(TargetError) as caught:
        load(f"{several}:/layer3/bn")
    assert "has no BatchNormalization called '/layer3/bn'; did you mean" in str(caught.value)


def in_function(path, node, *, opset, shown=("Y",)):
    """A model of operator set 15 that calls a function, which holds the node and has its own."""
    make = onnx.helper
    function = make.make_function(
        "local", "Norm", list(node.input), list(shown), [node], [make.make_opsetid("", opset)]
    )
    call = make.make_node("Norm", list(node.input), list(shown), domain="local")
    made = models.model(call, shown=shown)
    made.opset_import.append(make.make_opsetid("local", 1))
    made.functions.append(function)
    onnx.save(made, path)
    return str(path)


def test_a_node_in_a_function_has_the_operator_set_of_the_function(tmp_path):
    made = models.node(name="inside", epsilon=3.0)
    path = in_function(tmp_path / "m.onnx", made, opset=16)
    for target in (path, f"{path}:inside"):
        node = load(target)
        assert (node.name, node.opset, node.epsilon) == ("inside", 16, 3.0)
        assert not node.constant


@pytest.mark.parametrize("used", [True, False])
def test_running_statistics_of_a_function(used, tmp_path):
    shown = ("Y", "new_mean", "new_var") if used else ("Y",)
    made = models.node(training=True, outputs=3, epsilon=3.0, momentum=0.75)
    node = load(f"{in_function(tmp_path / 'm.onnx', made, opset=15, shown=shown)}:reference")
    assert (node.training, node.running) == (True, used)
    layer = adapt(node, name="m").make(dyadic())
    assert np.max(abs(layer.train(SIGNS) - (SIGNS * [1, 2] + BETA))) <= ROUNDINGS


def test_an_attribute_that_the_caller_of_a_function_gives(tmp_path):
    made = models.node()
    made.attribute.append(
        onnx.AttributeProto(name="epsilon", type=onnx.AttributeProto.FLOAT, ref_attr_name="eps")
    )
    path = in_function(tmp_path / "m.onnx", made, opset=15)
    assert refused(path) == (
        "FILE has a BatchNormalization whose epsilon is the argument 'eps' of the function "
        "'Norm'; export the model with functions inlined"
    )


# -- what is refused ----------------------------------------------------------------------------


def refused(target, kind=TargetError):
    with pytest.raises(kind) as caught:
        load(str(target))
    text = str(caught.value)
    assert "\n" not in text
    return text.replace(str(target), "FILE")


@pytest.mark.parametrize(
    "content", [b"", b"text, not a model", b"\x7fELF" + bytes(64), b"\x80\x04K\x01.", bytes(100)]
)
def test_no_onnx_file(content, tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    assert refused(path).startswith("FILE is not an ONNX file, or is cut off: it ")


def test_every_truncation_is_refused_or_has_the_same_node(tmp_path):
    path = tmp_path / "m.onnx"
    models.training(path)
    whole, content = load(str(path)), path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        try:
            assert load(str(path)) == whole
        except TargetError as error:
            assert "\n" not in str(error)  # noqa: PT017 # most lengths raise


def test_no_batch_normalization(tmp_path):
    path = models.write(tmp_path / "m.onnx", onnx.helper.make_node("Relu", ["X"], ["Y"]))
    told = refused(path)
    assert told.startswith("FILE has no node that normalizes (BatchNormalization, LayerNormaliz")
    assert told.endswith("; there is nothing to check in it")


def test_too_large(tmp_path):
    path = tmp_path / "m.onnx"
    path.touch()
    os.truncate(path, 1 << 31)  # a hole: nothing is written
    assert refused(path).startswith("FILE has 2147483648 bytes, but an ONNX file has at most")


@pytest.mark.parametrize("location", ["weights.bin", "../../etc/passwd", "/etc/passwd"])
def test_data_in_other_files(location, tmp_path):
    made = models.model(models.node(), constant=True)
    tensor = made.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, location)
    path = tmp_path / "m.onnx"
    path.write_bytes(made.SerializeToString())
    assert refused(path) == (
        f"FILE keeps tensor 'scale' in another file, {location!r}, and other files are not read; "
        "save the model with its data inside (torch.onnx.export: external_data=False)"
    )


def test_data_of_a_constant_in_a_function_in_another_file(tmp_path):
    path = in_function(tmp_path / "m.onnx", models.node(), opset=15)
    made = onnx.load(path)
    value = onnx.numpy_helper.from_array(np.ones(3, np.float32), "value")
    onnx.external_data_helper.set_external_data(value, "../value.bin")
    made.functions[0].node.append(onnx.helper.make_node("Constant", [], ["c"], value=value))
    Path(path).write_bytes(made.SerializeToString())
    assert refused(path).startswith("FILE keeps tensor 'value' in another file, '../value.bin'")


def test_data_of_a_constant_in_another_file(tmp_path):
    value = onnx.numpy_helper.from_array(np.ones(3, np.float32), "value")
    onnx.external_data_helper.set_external_data(value, "../value.bin")
    constant = onnx.helper.make_node("Constant", [], ["c"], value=value)
    path = tmp_path / "m.onnx"
    path.write_bytes(models.model(constant, models.node()).SerializeToString())
    assert refused(path).startswith("FILE keeps tensor 'value' in another file, '../value.bin'")


def test_other_forms_of_the_operator(tmp_path):
    old = models.inference(tmp_path / "old.onnx", 6)
    assert refused(old).startswith("FILE uses operator set 6, but BatchNormalization is checked")
    five = models.write(tmp_path / "five.onnx", models.node(9, outputs=5), opset=9)
    assert refused(five).startswith("FILE has 5 outputs of BatchNormalization without training")
    spatial = models.inference(tmp_path / "spatial.onnx", 7, spatial=0)
    assert refused(spatial).startswith("FILE has spatial = 0")
    with pytest.raises(UsageError, match=r"^opset=13, but training by BatchNormalization is"):
        Node(opset=13, training=True)


def test_missing_files_and_runtimes(tmp_path, monkeypatch):
    path = Path(models.inference(tmp_path / "model.onnx"))
    text = refused(path.with_name("mdel.onnx"), UsageError)
    assert text == f"FILE is not a file; did you mean {path}?"
    monkeypatch.setattr("bncheck.targets.onnx.runtimes.find_spec", lambda name: None)
    assert refused(f"{path}:openvino") == (
        "the runtime openvino is not installed; install it with pip install openvino"
    )
    assert load(str(path)).runtime == "reference"
