"""What is checked when an object is given: by a name where another process can import it."""

import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import pytest

import bncheck
from bncheck.api.objects import called, importable, target_of
from bncheck.errors import TargetError, UsageError
from bncheck.model import Implementation

HOMEWORK = (Path(__file__).parents[2] / "examples" / "homework_layer.py").read_text(
    encoding="utf-8"
)


def here():
    """What has no importable name, as in a notebook: a class, a function, a factory."""

    class Local:
        """A layer that nobody can import."""

        def __init__(self, num_features, eps=1e-5):
            self.gamma, self.beta, self.eps = np.ones(num_features), np.zeros(num_features), eps

        def forward(self, x):
            xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + self.eps)
            return (self.gamma * xhat + self.beta).astype(x.dtype)

    def forward(x, gamma, beta, eps):
        return (gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta).astype(x.dtype)

    def make():
        return Local(3)

    return {"Local": Local, "a here.<locals>.Local": Local(2), "forward": forward, "make": make}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose class is known by a shorter name, as torch.nn has them."""
    home = tmp_path / "somebodys_layers"
    (home / "inner").mkdir(parents=True)
    (home / "__init__.py").write_text("from somebodys_layers.inner.norm import BatchNorm\n")
    (home / "inner" / "__init__.py").write_text("")
    (home / "inner" / "norm.py").write_text(HOMEWORK + "\n\nclass Other(BatchNorm): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("somebodys_layers")
    for name in [name for name in sys.modules if name.startswith("somebodys_layers")]:
        del sys.modules[name]


def test_the_shortest_public_name(package):
    norm = sys.modules["somebodys_layers.inner.norm"]
    assert importable(package) == "somebodys_layers"
    assert importable(package.BatchNorm) == "somebodys_layers:BatchNorm"
    assert importable(norm.Other) == "somebodys_layers.inner.norm:Other"


def test_what_only_lives_here_has_no_name(package):
    changed = type("BatchNorm", (package.BatchNorm,), {"__module__": "somebodys_layers"})
    file = sys.modules["somebodys_layers.inner.norm"].__file__
    spec = importlib.util.spec_from_file_location("somebodys_layers.copy", file)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    for given in (changed, package.BatchNorm(3), loaded, loaded.BatchNorm, *here().values()):
        assert importable(given) == ""
    assert importable(types.ModuleType("made_up")) == ""
    assert importable(sys) == ""


def test_a_name_goes_to_the_worker_and_all_else_is_taken_here(package):
    assert target_of("my_bn.py") == "my_bn.py"
    assert target_of(Path("my_bn.py")) == "my_bn.py"
    assert target_of(package.BatchNorm) == "somebodys_layers:BatchNorm"
    for name, given in here().items():
        made = target_of(given)
        assert isinstance(made, Implementation)
        assert made.name == name
        assert target_of(made) is made


@pytest.mark.parametrize("given", [None, 3, 2.5, True, b"my_bn.py", [len], {"a": 1}, (1,), {2}])
def test_what_is_no_target(given):
    with pytest.raises(UsageError, match=r"but should be a name such as 'file\.py'"):
        target_of(given)


@pytest.mark.parametrize("given", [object(), object, len, print])
def test_what_no_adapter_takes(given):
    with pytest.raises(TargetError):
        target_of(given)


class Odd:
    """Raises wherever somebody looks at it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


def test_an_object_that_raises_when_it_is_looked_at():
    assert importable(Odd()) == ""
    assert called(Odd()) == "a Odd"
    with pytest.raises(TargetError):
        target_of(Odd())


OPTIONS = {"laws": ("F00", "F02"), "dtypes": "float32", "budget": "quick", "save": None}


@pytest.mark.parametrize("name", here())
def test_an_object_is_verified(name):
    report = bncheck.verify(here()[name], **OPTIONS)
    assert report.ok
    assert "in this process, not protected" in " ".join(str(report).split())


def test_a_class_with_a_name_is_verified_in_a_worker(package):
    report = bncheck.verify(package.BatchNorm, **OPTIONS)
    assert report.ok
    assert report.target == "somebodys_layers:BatchNorm"
    assert "in this process" not in str(report)
