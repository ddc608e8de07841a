"""Backward is given the cache, whatever else forward returns beside it."""

import pytest

from bncheck import verify

BODY = """
import numpy as np

def batchnorm_forward(X, gamma, beta, eps=1e-8):
    mu, var = X.mean(axis=0), X.var(axis=0)
    X_norm = (X - mu) / np.sqrt(var + eps)
    KEPT = (X, X_norm, mu, var, gamma, eps)
    return RETURNED

def batchnorm_backward(dout, GIVEN):
    X, X_norm, mu, var, gamma, eps = GIVEN
    N = len(X)
    std_inv = 1 / np.sqrt(var + eps)
    dX_norm = dout * gamma
    dvar = np.sum(dX_norm * (X - mu), axis=0) * -0.5 * std_inv**3
    dmu = -np.sum(dX_norm * std_inv, axis=0)
    dX = dX_norm * std_inv + dvar * 2 * (X - mu) / N + dmu / N
    return dX, np.sum(dout * X_norm, axis=0), np.sum(dout, axis=0)
"""
OUT = "gamma * X_norm + beta"
SPELLINGS = {
    "as the blog has it": ("cache", f"{OUT}, cache, mu, var", "cache"),
    "statistics first": ("cache", f"mu, var, {OUT}, cache", "cache"),
    "another name on each side": ("stash", f"{OUT}, mu, stash, var", "saved"),
    "alone": ("memo", f"{OUT}, memo", "ctx"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_right_one_is_not_blamed(tmp_path, spelling):
    kept, returned, given = SPELLINGS[spelling]
    source = BODY.replace("KEPT", kept).replace("RETURNED", returned).replace("GIVEN", given)
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    report = verify(str(tmp_path / "bn.py"), budget="smoke", save=None)
    assert report.ok
    assert {f.verdict for f in report.findings if f.law == "B01"} == {"holds"}
