"""A device that cannot be used is one sentence; one that can be is where the target computes."""

import sys
from types import SimpleNamespace

import pytest
from command import bncheck, doing

from bncheck import UsageError
from bncheck.targets.common import devices

FEW = ("--budget", "quick", "--dtype", "float32", "--laws", "F00")


def test_a_target_without_a_framework(monkeypatch):
    for name in devices.FRAMEWORKS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(UsageError) as refused:
        devices.use("cuda")
    assert str(refused.value) == (
        "device='cuda', but the target imports neither torch nor JAX, so that there is no device "
        "to choose; leave --device out"
    )


def test_the_command_says_so(tmp_path):
    (tmp_path / "bn.py").write_text(doing("pass"), encoding="utf-8")
    done = bncheck("verify", "bn.py", "--device", "cuda", *FEW, folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("bncheck: error: device='cuda', but the target imports neither")


@pytest.fixture(params=["torch", "jax"])
def asked(request, tmp_path):
    """Verify a target of a framework on a device; returns the framework, and how to ask."""
    pytest.importorskip(request.param)
    (tmp_path / "bn.py").write_text(f"import {request.param}\n" + doing("pass"), encoding="utf-8")
    return request.param, lambda device: bncheck(
        "verify", "bn.py", "--device", device, *FEW, folder=tmp_path
    )


def test_a_device_that_is_not_there(asked):
    framework, verify_on = asked
    done = verify_on("meta")  # torch's meta device holds no numbers; JAX knows none of this name
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"bncheck: error: device='meta' cannot be used with {framework}: ")
    assert done.err.count("\n") == 1


def test_a_device_that_is_there(asked):
    done = asked[1]("cpu")
    assert (done.code, done.err) == (0, "")


def test_the_device_of_a_report(monkeypatch):
    for name in devices.FRAMEWORKS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert devices.used() == "cpu"
    jax = SimpleNamespace(
        config=SimpleNamespace(jax_default_device=None), default_backend=lambda: "tpu"
    )
    monkeypatch.setitem(sys.modules, "jax", jax)
    assert devices.used() == "tpu"
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(get_default_device=lambda: "cuda:1"))
    assert devices.used() == "cuda:1"


def test_torchs_default_device(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "torch", torch)
    with torch.device("meta"):
        assert devices.used() == "meta"
    assert devices.used() == "cpu"
