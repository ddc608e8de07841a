"""Small ONNX files with BatchNormalization nodes, for tests."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

FLOAT = TensorProto.FLOAT
PARAMETERS = ("scale", "B", "mean", "var")


def node(opset=15, *, training=False, outputs=1, name="", prefix="", **attributes):
    if training:
        attributes["training_mode"] = 1
    names = [prefix + n for n in ("Y", "new_mean", "new_var", "saved_mean", "saved_var")]
    given = ["X", *PARAMETERS]
    return helper.make_node("BatchNormalization", given, names[:outputs], name=name, **attributes)


def model(*nodes, opset=15, shown=("Y",), constant=False):
    """A model of nodes that share their inputs, with these of their outputs in use."""

    def value(name):
        return helper.make_tensor_value_info(name, FLOAT, [None, 3] if name[-1] in "XY" else [3])

    values = zip(PARAMETERS, (1.0, 0.0, 0.0, 1.0), strict=True)
    tensors = [numpy_helper.from_array(np.full(3, v, np.float32), n) for n, v in values]
    inputs = ["X"] if constant else ["X", *PARAMETERS]
    graph = helper.make_graph(
        list(nodes),
        "test",
        [value(n) for n in inputs],
        [value(n) for n in shown],
        tensors if constant else [],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def write(path, *nodes, **settings):
    save(model(*nodes, **settings), path)
    return str(path)


def training(path, *, used=True, opset=15, constant=False):
    shown = ("Y", "new_mean", "new_var") if used else ("Y",)
    made = node(opset, training=True, outputs=3)
    return write(path, made, opset=opset, shown=shown, constant=constant)


def inference(path, opset=15, **settings):
    return write(path, node(opset, **settings), opset=opset)


def relative(path, kind, opset=23, *, x=("N", 4, 3), scale=(3,), bias=True, constant=False, **more):
    """A file with one node of layer, RMS, group or instance normalization.

    outputs: the names of the node's outputs; others are its attributes
    """
    outputs = more.pop("outputs", ("Y",))
    names = ("X", "scale", "bias") if bias else ("X", "scale")
    given = [helper.make_tensor_value_info(n, FLOAT, s) for n, s in zip(names, (x, scale, scale))]  # noqa: B905 # a bias or none
    made = helper.make_node(kind, names, outputs, name="norm", **more)
    tensors = [numpy_helper.from_array(np.ones(scale, np.float32), n) for n in names[1:]]
    shown = [helper.make_tensor_value_info(n, FLOAT, [None] * len(x)) for n in outputs if n]
    graph = helper.make_graph(
        [made], "test", given[:1] if constant else given, shown, tensors if constant else []
    )
    sets = [helper.make_opsetid("", opset)]
    version = max(8, helper.find_min_ir_version_for(sets))
    save(helper.make_model(graph, opset_imports=sets, ir_version=version), path)
    return str(path)
