"""A node's own weights: read where they are constant, and refused where they can be none."""

import numpy as np
import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common.weights import ROLES, digests

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx
from onnx import helper, numpy_helper  # noqa: E402

pytestmark = pytest.mark.onnx

VALUES = {"scale": [1.5, 2, 3], "B": [0.1, -1, 0], "mean": [1.0, -2, 0], "var": [1.0, 4, 9]}


def written(path, swap=(), constant="initializer", **changes):
    """A file of one node; swap: inputs that are fed each other's tensors."""
    made = models.node()
    names = list(made.input)
    for a, b in (swap, swap[::-1]) if swap else ():
        made.input[1 + models.PARAMETERS.index(a)] = b
    values = {**VALUES, **changes}
    tensors = [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in values.items()]
    model = models.model(made, constant=True)
    del model.graph.initializer[:]
    if constant == "initializer":
        model.graph.initializer.extend(tensors)
    else:
        nodes = [helper.make_node("Constant", [], [f"{t.name}_"], value=t) for t in tensors]
        nodes += [helper.make_node("Identity", [f"{n}_"], [n]) for n in names[1:]]
        nodes += list(model.graph.node)
        del model.graph.node[:]
        model.graph.node.extend(nodes)
    onnx.save(model, path)
    return f"{path}:reference"


def weights(target):
    return adapt(load(target), name="m").weights


def expected(*order):
    arrays = [np.array(VALUES[name]) for name in order]
    return digests(dict(zip(ROLES, arrays, strict=True)))


@pytest.mark.parametrize("constant", ["initializer", "node"])
def test_what_feeds_which_input_is_seen(tmp_path, constant):
    path = tmp_path / "m.onnx"
    assert weights(written(path, constant=constant)) == expected("scale", "B", "mean", "var")
    swapped = written(path, swap=("scale", "B"), constant=constant)
    assert weights(swapped) == expected("B", "scale", "mean", "var")


def test_of_inputs_nothing_is_known(tmp_path):
    assert weights(f"{models.inference(tmp_path / 'm.onnx')}:reference") == {}


def test_a_negative_variance_is_refused(tmp_path):
    swapped = written(tmp_path / "m.onnx", swap=("mean", "var"))
    with pytest.raises(TargetError, match=r"a variance of -2.*fed the tensor of another input"):
        load(swapped)
    # as rounding may leave one
    assert weights(written(tmp_path / "m.onnx", var=[-1e-9, 1, 1]))


def test_the_report_says_that_they_are_not_checked(tmp_path):
    report = verify(written(tmp_path / "m.onnx"), budget="quick", save=None, laws=("I01",))
    assert (report.exit_code, report.untried[0].partition(":")[0]) == (0, "own weights")


def test_a_module_of_torch_has_the_weights_that_it_is_given_with():
    torch = pytest.importorskip("torch")
    layer = torch.nn.BatchNorm1d(3)
    names = ("weight", "bias", "running_mean", "running_var")
    for name, values in zip(names, VALUES.values(), strict=True):
        getattr(layer, name).data = torch.tensor(values)
    assert adapt(layer, name="bn").weights == expected("scale", "B", "mean", "var")
    assert adapt(torch.nn.BatchNorm1d, name="bn").weights == {}
