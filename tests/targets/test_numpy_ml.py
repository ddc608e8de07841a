"""numpy-ml's layers on inputs whose outputs are exact in binary."""

import collections
import collections.abc
import warnings
from importlib.util import find_spec

import numpy as np
import pytest

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets import adapt, load

SOURCE = """
import collections, collections.abc, warnings
collections.Hashable = collections.abc.Hashable
warnings.simplefilter("ignore")
from numpy_ml.neural_nets.layers import BatchNorm1D, BatchNorm2D, FullyConnected
"""

# mean 0, biased variance 1, eps 3: w = 4 and 1/sqrt(w) = 1/2
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]])
DY = np.array([[4.0, 0], [0, 0], [0, 4], [0, 0]])
SHAPES = {2: (4, 2), 4: (2, 2, 1, 2)}


@pytest.fixture
def path(tmp_path, monkeypatch):
    if find_spec("numpy_ml") is None:
        pytest.skip("needs numpy-ml")
    monkeypatch.setattr(collections, "Hashable", collections.abc.Hashable, raising=False)
    file = tmp_path / "layers.py"
    file.write_text(SOURCE)
    with warnings.catch_warnings():
        yield str(file)


def shaped(a, rank):
    shape = SHAPES[rank]
    return np.moveaxis(np.asarray(a).reshape(shape[0], *shape[2:], 2), -1, 1)


@pytest.mark.numpy_ml
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "rank"), [("BatchNorm1D", 2), ("BatchNorm2D", 4)])
def test_layers(name, rank, dtype, path):
    implementation = adapt(load(f"{path}:{name}"), name=name)
    assert implementation.domain.ranks == (rank,)
    assert implementation.defaults == {"eps": 1e-5, "momentum": 0.9}
    x, dy = (shaped(a, rank).astype(dtype) for a in (SIGNS, DY))
    parts = [np.array(a, dtype) for a in ([2, 4], [1, -1], [1, 0], [1, 13])]
    case = Case(x, parts[0], parts[1], dy, parts[2], parts[3], eps=3.0, momentum=0.75)
    layer = implementation.make(case)
    y = layer.train(x)
    assert y.dtype == dtype
    assert (y == shaped(SIGNS * [1, 2] + [1, -1], rank)).all()
    for _ in range(2):  # not accumulated from one step to the next
        layer.train(x)
        got = layer.backward(dy)
        assert (got.dx == shaped(np.array([1, 2]) * (DY - 1 - SIGNS / 4), rank)).all()
        assert (got.dgamma == [2, 2]).all()
        assert (got.dbeta == [4, 4]).all()
    layer = implementation.make(case)
    assert (layer.eval(x) == shaped(SIGNS - [1, 0] + [1, -1], rank)).all()
    assert (layer.state().mean == [1, 0]).all()
    layer.train(x)  # momentum 3/4 weighs the old
    assert (layer.state().var == [1, 10]).all()


@pytest.mark.numpy_ml
@pytest.mark.parametrize("name", ["BatchNorm1D", "BatchNorm2D"])
def test_verify(name, path):
    report = verify(f"{path}:{name}", budget="quick", save=None, dtypes=("float32",))
    assert {f.law for f in report.findings if f.verdict in ("fails", "error")} == set()


@pytest.mark.numpy_ml
def test_other_layers(path):
    with pytest.raises(TargetError, match="is a FullyConnected, but should be a BatchNorm1D or"):
        adapt(load(f"{path}:FullyConnected"), name="mine")
