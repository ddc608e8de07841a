"""All BatchNormalization nodes of a model as targets, each of which loads as that node."""

import pytest

from bncheck.errors import TargetError
from bncheck.targets import load
from bncheck.targets.onnx.every import expanded

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx

pytestmark = pytest.mark.onnx


def write(path, *names):
    nodes = [models.node(name=name, prefix=f"{k}.") for k, name in enumerate(names)]
    return models.write(path, *nodes, shown=tuple(f"{k}.Y" for k in range(len(names))))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("bn",), ["bn"]),
        (("a", "b"), ["a", "b"]),
        (("", "b"), ["0.Y", "b"]),
        (("reference", "c:d"), ["reference", "c:d"]),
        (("x", "x"), ["x#1", "x#2"]),
        (("x", "x", "x#1"), ["x#2", "x#3", "x#1"]),
        (("two\nlines", "*"), ["two\nlines", "*"]),
    ],
)
def test_each_node_is_a_target_that_loads_as_that_node(names, told, tmp_path):
    path = write(tmp_path / "m.onnx", *names)
    targets = expanded(f"{path}:reference:*")
    assert targets == [f"{path}:reference:{name}" for name in told]
    loaded = [load(target) for target in targets if not target.endswith(":*")]
    there = [name for name in names if name != "*"]
    assert [node.name for node in loaded] == there
    assert {node.runtime for node in loaded} == {"reference"}


def test_nodes_inside_nodes_and_functions_are_there(tmp_path):
    make = onnx.helper
    inner = models.node(name="branch", prefix="then.")
    value = make.make_tensor_value_info("then.Y", 1, [None, 3])
    branches = {
        f"{name}_branch": make.make_graph([inner], name, [], [value]) for name in ("then", "else")
    }
    choice = onnx.numpy_helper.from_array(onnx.numpy_helper.np.array(True), "choice")
    held = models.node(name="inside", epsilon=3.0)
    function = make.make_function(
        "local", "Norm", list(held.input), ["Y"], [held], [make.make_opsetid("", 15)]
    )
    made = models.model(
        models.node(name="plain", prefix="p."),
        make.make_node("Norm", list(held.input), ["Y"], domain="local"),
        make.make_node("Constant", [], ["choice"], value=choice),
        make.make_node("If", ["choice"], ["i.Y"], **branches),
        shown=("p.Y", "Y", "i.Y"),
    )
    made.opset_import.append(make.make_opsetid("local", 1))
    made.functions.append(function)
    path = tmp_path / "m.onnx"
    onnx.save(made, path)
    targets = expanded(f"{path}:reference:*")
    names = [target.rpartition(":")[2] for target in targets]
    assert sorted(names) == ["branch#1", "branch#2", "inside", "plain"]
    loaded = [load(target) for target in targets]
    assert [node.epsilon for node in loaded if node.name == "inside"] == [3.0]
    with pytest.raises(TargetError, match="several nodes called 'branch'; they are 'branch#1'"):
        load(f"{path}:branch")


@pytest.mark.parametrize(
    "target", ["bn.py", "torch.nn:BatchNorm2d", "m.onnx", "m.onnx:bn", "m.onnx:reference", "a:*"]
)
def test_another_target_is_itself(target):
    assert expanded(target) == [target]


def test_what_cannot_be_listed_stays_and_loading_says_why(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(b"no model")
    for target in (f"{path}:*", f"{path.with_name('other.onnx')}:*"):
        assert expanded(target) == [target]
    with pytest.raises(TargetError, match="is not an ONNX file"):
        load(f"{path}:*")


def test_the_one_node_of_a_model_loads_as_all_of_them(tmp_path):
    path = write(tmp_path / "m.onnx", "bn")
    assert load(f"{path}:*").name == "bn"
    several = write(tmp_path / "several.onnx", "a", "b")
    with pytest.raises(TargetError, match=r"has 2 nodes .* or take all with .*several.onnx:\*$"):
        load(f"{several}:*")


def test_the_runtime_that_is_there_is_named(tmp_path, monkeypatch):
    path = write(tmp_path / "m.onnx", "bn")
    monkeypatch.setattr("bncheck.targets.onnx.runtimes.find_spec", lambda name: None)
    assert expanded(f"{path}:*") == [f"{path}:reference:bn"]
    assert expanded(f"{path}:openvino:*") == [f"{path}:openvino:*"]
