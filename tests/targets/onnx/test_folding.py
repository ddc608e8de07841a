"""A model whose batch normalization was folded away is told so, and how to keep it."""

import warnings
from importlib.util import find_spec

import numpy as np
import pytest

from bncheck.__main__ import main
from bncheck.errors import TargetError
from bncheck.targets import load

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx

pytestmark = pytest.mark.onnx
make = onnx.helper


def weights(name="W", shape=(3, 3)):
    return onnx.numpy_helper.from_array(np.ones(shape, np.float32), name)


def written(path, *nodes, initializers=(), function=None):
    made = models.model(*nodes)
    made.graph.initializer.extend(initializers)
    if function is not None:
        made.functions.append(function)
        made.opset_import.append(make.make_opsetid("local", 1))
    path.write_bytes(made.SerializeToString())
    return str(path)


def text(path):
    with pytest.raises(TargetError) as caught:
        load(path)
    return str(caught.value).replace(path, "FILE")


@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose", "Gemm", "MatMul"])
@pytest.mark.parametrize("where", ["initializer", "constant", "function"])
def test_layers_with_weights_and_no_batch_normalization(kind, where, tmp_path):
    layer = make.make_node(kind, ["X", "W"], ["Y"])
    constant = make.make_node("Constant", [], ["W"], value=weights())
    path = tmp_path / "m.onnx"
    if where == "initializer":
        told = text(written(path, layer, initializers=[weights()]))
    elif where == "constant":
        told = text(written(path, constant, layer))
    else:
        opsets = [make.make_opsetid("", 15)]
        function = make.make_function("local", "L", ["X"], ["Y"], [constant, layer], opsets)
        call = make.make_node("L", ["X"], ["Y"], domain="local")
        told = text(written(path, call, function=function))
    assert told.startswith(
        "FILE has no node that normalizes (BatchNormalization, LayerNormalization, "
        "RMSNormalization, SimplifiedLayerNormalization, GroupNormalization, "
        "InstanceNormalization); there is nothing to check in it. "
        f"It has a {kind}: exporters fold a BatchNormalization into the layer before it"
    )
    assert len(told) < 6 * 100


def test_the_layers_are_counted(tmp_path):
    layers = [make.make_node("Conv", ["X", "W"], [name]) for name in ("a", "b", "Y")]
    told = text(written(tmp_path / "m.onnx", *layers, initializers=[weights()]))
    assert "It has 3 Conv: " in told


@pytest.mark.parametrize("node", [("Relu", ["X"]), ("MatMul", ["X", "X"]), ("Softmax", ["X"])])
def test_without_layers_or_weights_nothing_is_guessed(node, tmp_path):
    kind, given = node
    path = written(tmp_path / "m.onnx", make.make_node(kind, given, ["Y"]))
    assert text(path).endswith("; there is nothing to check in it")


def test_folding_is_told_before_data_in_other_files(tmp_path):
    """The exporter of today writes both at once."""
    outside = weights()
    onnx.external_data_helper.set_external_data(outside, "m.onnx.data")
    layer = make.make_node("Conv", ["X", "W"], ["Y"])
    assert "exporters fold" in text(written(tmp_path / "m.onnx", layer, initializers=[outside]))


def test_the_command_says_so_with_exit_code_2(tmp_path, capsys):
    layer = make.make_node("Gemm", ["X", "W"], ["Y"])
    path = written(tmp_path / "m.onnx", layer, initializers=[weights()])
    assert main(["verify", path]) == 2
    told = capsys.readouterr()
    assert "exporters fold" in told.err
    assert told.err.count("\n") <= 5


@pytest.mark.parametrize(
    ("settings", "keeps"),
    [
        ({}, False),
        ({"training": "TRAINING"}, True),
        ({"do_constant_folding": False}, True),
    ],
)
def test_what_is_said_of_the_older_exporter_of_torch_is_so(settings, keeps, tmp_path):
    torch = pytest.importorskip("torch")
    if "training" in settings:
        settings = {"training": getattr(torch.onnx.TrainingMode, settings["training"])}
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).eval()
    path = str(tmp_path / "m.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(layer, (torch.zeros(2, 3, 8, 8),), path, dynamo=False, **settings)
    if keeps:
        assert load(f"{path}:reference").training == ("training" in settings)
    else:
        assert "It has a Conv: exporters fold" in text(path)


@pytest.mark.skipif(find_spec("onnxscript") is None, reason="needs onnxscript")
@pytest.mark.parametrize(("settings", "keeps"), [({}, False), ({"optimize": False}, True)])
def test_what_is_said_of_the_exporter_of_today_is_so(settings, keeps, tmp_path):
    torch = pytest.importorskip("torch")
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).eval()
    path = str(tmp_path / "m.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            layer, (torch.zeros(2, 3, 8, 8),), path, dynamo=True, external_data=False, **settings
        )
    if keeps:
        assert not load(f"{path}:reference").training
    else:
        assert "It has a Conv: exporters fold" in text(path)
