"""Hostile ONNX files: each is refused in one sentence, or is one that its runtime loads."""

import math
from importlib.util import find_spec

import numpy as np
import pytest

from bncheck.errors import TargetError, UsageError
from bncheck.targets import adapt, load

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx

pytestmark = pytest.mark.onnx

RUNTIME = "onnxruntime" if find_spec("onnxruntime") else "reference"
make = onnx.helper


def plain(**attributes):
    return models.model(models.node(**attributes), constant=True)


def attribute(name, **parts):
    """A model whose node has one attribute that no helper would make."""
    made = plain()
    made.graph.node[0].attribute.append(onnx.AttributeProto(name=name, **parts))
    return made


def tensor(name, values):
    """A model with one of its initializers replaced."""
    made = plain()
    at = [t.name for t in made.graph.initializer].index(name)
    made.graph.initializer[at].CopyFrom(onnx.numpy_helper.from_array(values, name))
    return made


def changed(change, *arguments, constant=True, **settings):
    made = models.model(models.node(**settings), constant=constant)
    change(made, *arguments)
    return made


def dims(made, *sizes):
    del made.graph.initializer[0].dims[:]
    made.graph.initializer[0].dims.extend(sizes)


def raw(made, content):
    made.graph.initializer[0].raw_data = content


def inputs(made, *names):
    del made.graph.node[0].input[:]
    made.graph.node[0].input.extend(names)


def opset(made, *versions):
    del made.opset_import[:]
    made.opset_import.extend(make.make_opsetid("", version) for version in versions)


def external(made):
    onnx.external_data_helper.set_external_data(made.graph.initializer[1], "not-there.bin")


def sparse(made):
    values = onnx.TensorProto(name="v", data_type=1, dims=[1], data_location=1)
    indices = onnx.numpy_helper.from_array(np.zeros(1, np.int64), "i")
    made.graph.sparse_initializer.add(values=values, indices=indices, dims=[3])


def element(made, kind):
    made.graph.initializer[0].data_type = kind


def x_of(made, kind, *sizes):
    value = make.make_tensor_value_info("X", kind, sizes)
    made.graph.input[0].CopyFrom(value)


def twice(made, part):
    getattr(made.graph, part).append(getattr(made.graph, part)[0])


def no_output(made):
    del made.graph.output[:]


def no_channels(made):
    for each in made.graph.initializer:
        each.CopyFrom(onnx.numpy_helper.from_array(np.ones(0, np.float32), each.name))
    for value in (*made.graph.input, *made.graph.output):
        value.CopyFrom(make.make_tensor_value_info(value.name, 1, [None, 0]))


def nested(made, depth):
    graph = made.graph
    for _ in range(depth):
        outer = make.make_graph([], "g", [], [])
        node = onnx.NodeProto(op_type="If", output=["Y"])
        node.attribute.add(name="then_branch", type=onnx.AttributeProto.GRAPH).g.CopyFrom(graph)
        outer.node.append(node)
        graph = outer
    made.graph.CopyFrom(graph)


FLOAT, INT, STRING, TENSOR = (
    getattr(onnx.AttributeProto, kind) for kind in ("FLOAT", "INT", "STRING", "TENSOR")
)
ones = np.ones(3, np.float32)

# name -> the model, and what the refusal has to say
REFUSED = {
    "epsilon negative": (plain(epsilon=-1.0), "epsilon = -1.0, but it should be positive"),
    "epsilon zero": (plain(epsilon=0.0), "epsilon = 0.0"),
    "epsilon nan": (plain(epsilon=math.nan), "epsilon = nan"),
    "epsilon inf": (plain(epsilon=math.inf), "epsilon = inf"),
    "momentum negative": (plain(momentum=-0.1), "a weight of running statistics is in [0, 1]"),
    "momentum above 1": (plain(momentum=1.5), "momentum = 1.5"),
    "momentum nan": (plain(momentum=math.nan), "momentum = nan"),
    "epsilon an integer": (attribute("epsilon", type=INT, i=1), "epsilon = 1, but it should"),
    "epsilon a text": (attribute("epsilon", type=STRING, s=b"\x1b[31m"), "epsilon = b'"),
    "epsilon a tensor": (attribute("epsilon", type=TENSOR), "epsilon = "),
    "epsilon of no type": (attribute("epsilon", f=1.0), ""),
    "epsilon of an unknown type": (attribute("epsilon", type=INT, f=1.0), ""),
    "an attribute that is not known": (attribute("axis", type=INT, i=1), "axis"),
    "inputs missing": (changed(inputs, "X"), "input size 1"),
    "inputs too many": (changed(inputs, "X", *models.PARAMETERS, "X"), "input size 6"),
    "an input that nobody makes": (changed(inputs, "X", "scale", "B", "mean", "no"), "no"),
    "an initializer missing": (changed(lambda m: m.graph.initializer.pop()), "var"),
    "scale of rank 2": (tensor("scale", np.ones((3, 1), np.float32)), ""),
    "scale of rank 0": (tensor("scale", np.float32(1)[()] * np.ones((), np.float32)), ""),
    "scale of another length": (tensor("scale", np.ones(7, np.float32)), "7"),
    "scale of integers": (tensor("scale", np.ones(3, np.int32)), ""),
    "scale of float64": (tensor("scale", np.ones(3)), ""),
    "scale of texts": (changed(element, onnx.TensorProto.STRING), "scale"),
    "scale of an unknown type": (changed(element, 77), ""),
    "data too short": (changed(raw, b"\0\0\0"), "too small"),
    "no data": (changed(raw, b""), ""),
    "a huge tensor in the header": (changed(dims, 1 << 40), ""),
    "a size that overflows": (changed(dims, 1 << 40, 1 << 40), ""),
    "a negative size": (changed(dims, -3), ""),
    "data in another file": (changed(external), "'not-there.bin', and other files are not read"),
    "sparse data in another file": (changed(sparse), "in another file"),
    "an operator set of the future": (changed(opset, 999), "999"),
    "an operator set of the past": (changed(opset, 1), "operator set 1,"),
    "a negative operator set": (changed(opset, -5), "operator set -5,"),
    "no operator set": (changed(opset), "it has no graph"),
    "channels that do not fit": (changed(x_of, 1, 2, 5), ""),
    "x of integers": (changed(x_of, onnx.TensorProto.INT32, 2, 3), ""),
    "x of texts": (changed(x_of, onnx.TensorProto.STRING, 2, 3), ""),
    "x of bfloat16, the rest of float32": (changed(x_of, onnx.TensorProto.BFLOAT16, 2, 3), ""),
    "two nodes make one output": (changed(twice, "node"), "has 2 nodes"),
    "an operator that does not exist": (
        models.model(make.make_node("NoSuch", ["X"], ["Z"]), models.node()),
        "NoSuch",
    ),
    "an initializer twice": (changed(twice, "initializer"), "scale"),
    "an input twice": (changed(twice, "input"), "X"),
    "a circle": (changed(inputs, "Y", *models.PARAMETERS), ""),
    "graphs in graphs": (changed(nested, 20), ""),
    "an empty graph": (onnx.ModelProto(opset_import=[make.make_opsetid("", 15)]), "no graph"),
    "an empty model": (onnx.ModelProto(), "it has no graph"),
}
# what is unusual, and runs
TAKEN = {
    "training that shows one output": models.model(
        models.node(training=True, outputs=3), constant=True
    ),
    "parameters that are inputs": models.model(models.node()),
    "no output is used": changed(no_output),
    "no channels": changed(no_channels),
    "momentum 0": plain(momentum=0.0),
    "momentum 1": plain(momentum=1.0),
    "the smallest epsilon": plain(epsilon=1e-38),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name, tmp_path):
    model, says = REFUSED[name]
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(TargetError) as caught:
        load(f"{path}:{RUNTIME}")
    text = str(caught.value)
    assert says in text
    assert text.isprintable()
    assert len(text) < 1000


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_unusual_and_right(name, tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(TAKEN[name].SerializeToString())
    implementation = adapt(load(f"{path}:{RUNTIME}"), name="m")
    assert implementation.domain.fixed_eps > 0


def test_a_pipe_is_no_model(tmp_path):
    path = tmp_path / "m.onnx"
    make_pipe = pytest.importorskip("os").mkfifo
    make_pipe(path)
    with pytest.raises(UsageError, match="is a pipe or a device"):
        load(str(path))


def test_bytes_that_are_changed_at_random(tmp_path, record_property):
    """Whatever a model becomes, it is taken or refused: nothing else is raised."""
    content, random = plain(epsilon=1e-3).SerializeToString(), np.random.default_rng(16)
    path = tmp_path / "m.onnx"
    record_property("inputs", 150)
    for _ in range(150):
        mutated = bytearray(content)
        for _ in range(random.integers(1, 4)):
            mutated[random.integers(len(mutated))] = random.integers(256)
        path.write_bytes(bytes(mutated))
        try:
            adapt(load(f"{path}:{RUNTIME}"), name="m")
        except (TargetError, UsageError) as error:
            assert str(error).isprintable()  # noqa: PT017 # some are taken
