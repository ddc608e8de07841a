"""A run of a relative of batch normalization: what does not fit it is told, and is no fault."""

import pytest

from bncheck.deviations import REFERENCE, implementation
from bncheck.engine import comparing, verify
from bncheck.engine.fingerprinting import fingerprint
from bncheck.errors import NotSupported, UsageError
from bncheck.model import NORMS

RMS = """import numpy as np

NORM = "rms"

def forward(x, gamma, eps):
    return gamma * x / np.sqrt((x * x).mean(-1, keepdims=True) + eps)

def backward(dy, x, gamma, eps):
    r = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + eps)
    z, h = x * r, {h}
    dx = {front}r * (h - z * (h * z).mean(-1, keepdims=True))
    return dx, (dy * z).sum(tuple(range(x.ndim - 1)))
"""
RIGHT, OUTSIDE = RMS.format(h="dy * gamma", front=""), RMS.format(h="dy", front="gamma * ")
GROUPS = """import numpy as np

NORM = "group"
CONVENTION = {"groups": 3}

def group_norm(x, gamma, beta, eps=1e-5):
    n, c, h, w = x.shape
    y = x.reshape(n, 4, c // 4, h, w)
    y = (y - y.mean((2, 3, 4), keepdims=True)) / np.sqrt(y.var((2, 3, 4), keepdims=True) + eps)
    return y.reshape(x.shape) * gamma[:, None, None] + beta[:, None, None]
"""


def written(folder, name, text):
    path = folder / f"{name}.py"
    path.write_text(text)
    return str(path)


def made(norm):
    return implementation(REFERENCE, norm, norm=NORMS[norm])


def test_the_norm_is_told_and_few_laws_are_those_about_it():
    report = verify(made("rms"), budget="smoke", save=None)
    assert report.exit_code == 0
    assert report.environment["norm"] == "rms"
    assert report.stability is None  # errors do not grow with a mean that is not taken off
    assert any("budget smoke tries the" in told for told in report.untried)
    assert "norm" not in verify(made("batch"), laws=("F00",), budget="quick", save=None).environment


def test_laws_of_another_norm_that_were_asked_for_are_told():
    report = verify(made("rms"), laws=("I05", "F00"), budget="quick", save=None)
    assert [f.law for f in report.findings if f.dtype == "float32"] == ["F00"]
    assert "laws I05: they are not about RMS normalization" in report.untried
    plain = verify(made("batch"), laws=("F00",), budget="quick", save=None)
    assert not any("not about" in told for told in plain.untried)


def test_a_wrong_number_of_groups_is_no_fault_of_ours(tmp_path):
    report = verify(written(tmp_path, "g", GROUPS), budget="quick", dtypes=("float32",), save=None)
    assert report.exit_code == 1
    assert report.faults == ()


def test_batches_of_a_file_are_for_batch_normalization(tmp_path):
    import numpy as np

    np.savez(tmp_path / "d.npz", x=np.ones((6, 4), np.float32))
    target = written(tmp_path, "rms", RIGHT)
    with pytest.raises(UsageError, match="taken for batch normalization only"):
        verify(target, data=str(tmp_path / "d.npz"), save=None)


def test_two_of_a_kind_are_compared_with_their_own_parameters(tmp_path):
    right, outside = written(tmp_path, "a", RIGHT), written(tmp_path, "b", OUTSIDE)
    same = comparing.compare(right, written(tmp_path, "c", RIGHT))
    assert all(f.agreed == f.compared and max(f.shares) <= 1 for f in same.agreements)
    other = comparing.compare(right, outside)
    wrong = {f.output for f in other.agreements if f.agreed < f.compared}
    assert wrong == {"dx"}


def test_two_kinds_are_not_compared(tmp_path):
    with pytest.raises(UsageError, match="the first is checked as RMS normalization"):
        comparing.compare(written(tmp_path, "a", RIGHT), made("layer"))


def test_a_fingerprint_is_of_what_takes_a_mean_off(tmp_path):
    with pytest.raises(NotSupported, match="takes no mean off"):
        fingerprint(written(tmp_path, "a", RIGHT))
