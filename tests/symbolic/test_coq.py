"""The Coq theorems and the emitted certificates; a forged certificate must be rejected."""

import shutil

import pytest

from bncheck.symbolic import coq
from bncheck.symbolic.printers.coq import FOOT, HEAD, lemma
from bncheck.symbolic.vocabulary import dgamma, dx, eps, gamma, inner, std, total, xhat

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


@needs_coq
def test_core_theorems_and_all_certificates_are_accepted():
    result = coq.check()
    assert result.accepted, result.says
    assert len(result.lemmas) >= 20
    assert {"B03_1", "B04_1", "B11_1", "F01_1", "F02_2"} <= set(result.lemmas)


@needs_coq
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(dx()), gamma),
        (inner(dx(), xhat()), -gamma * eps / std() ** 3 * dgamma()),
        (total(xhat() ** 2), total(xhat() ** 2) + 1),
    ],
)
def test_a_forged_certificate_is_rejected(left, right):
    # the emitter does not ask the normal form: what it writes down here is false
    result = coq.check("\n".join([HEAD, lemma("forged", left, right), FOOT]))
    assert result.accepted is False
    assert "Certificates.v" in result.says


def test_without_coq_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    result = coq.check("")
    assert result.accepted is None
    assert "not checked" in result.says
