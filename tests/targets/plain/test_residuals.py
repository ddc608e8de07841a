"""The residual form of layer and RMS normalization: found, called, judged, and told apart."""

import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

PLAIN = """import numpy as np

NORM = "rms"


def rms_norm(x, weight, eps=1e-6):
    return weight * (x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps))


def fused_add_rms_norm(x, residual, weight, eps=1e-6):
    total = x + residual
    return rms_norm(total, weight, eps), total
"""
ALONE = """import torch

NORM = "rms"


def forward_residual(a, b, g, e):
    total = a + b
    return total * torch.rsqrt(total.pow(2).mean(-1, keepdim=True) + e) * g
"""
OPTIONAL = """import numpy as np

NORM = "layer"
CONVENTION = {"dtypes": ("float16", "float32")}


def layernorm(x, gamma, beta, eps, residual=None):
    wide = x.astype(np.float32)
    if residual is not None:
        wide = wide + residual.astype(np.float32)
    d = wide - wide.mean(-1, keepdims=True)
    y = d / np.sqrt((d * d).mean(-1, keepdims=True) + np.float32(eps)) * gamma + beta
    y = y.astype(x.dtype)
    return y if residual is None else (y, wide.astype(x.dtype))


def layernorm_backward(dy, x, gamma, beta, eps):
    d = x - x.mean(-1, keepdims=True)
    r = 1 / np.sqrt((d * d).mean(-1, keepdims=True) + eps)
    z, h = d * r, dy * gamma
    over = tuple(range(x.ndim - 1))
    dx = r * (h - h.mean(-1, keepdims=True) - z * (h * z).mean(-1, keepdims=True))
    return dx, (dy * z).sum(over), dy.sum(over)
"""


def written(folder, text):
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def judged(folder, text, *laws, dtypes=("float32",)):
    return verify(written(folder, text), budget="quick", laws=laws, dtypes=dtypes, save=None)


@pytest.mark.parametrize("text", [PLAIN, ALONE, OPTIONAL], ids=["beside", "alone", "optional"])
def test_it_is_found_and_right_ones_hold(text, tmp_path):
    if "torch" in text:
        pytest.importorskip("torch", reason="needs torch")
    dtypes = ("float16", "float32") if "float16" in text else ("float32", "float64")
    report = judged(tmp_path, text, "F00", "N11", dtypes=dtypes)
    assert {(f.law, f.verdict) for f in report.findings} == {("F00", "holds"), ("N11", "holds")}
    made = adapt(load(written(tmp_path, text)), name="mine")
    assert ("residual" in made.abilities, "adding" in made.abilities) == (True, False)
    assert ("backward" in made.abilities) == (text != PLAIN)  # torch has its own


NOT_ADDED = PLAIN.replace("rms_norm(total", "rms_norm(x")
NOT_SUMMED = PLAIN.replace("eps), total", "eps), residual")
TWICE = PLAIN.replace("eps), total", "eps), 2 * total")
SQUARED = OPTIONAL.replace("wide + residual", "wide - residual")


@pytest.mark.parametrize(
    ("text", "causes"),
    [
        (NOT_ADDED, ["residual-not-normalized"]),
        (NOT_SUMMED, ["residual-handed-back-as-it-was"]),
        (TWICE, []),  # the same law fails, with another number: no name is printed
        (SQUARED, []),
    ],
    ids=["x alone", "not summed", "twice", "subtracted"],
)
def test_wrong_ones_fail_and_are_named_where_their_number_says_so(text, causes, tmp_path):
    report = judged(tmp_path, text, "F00", "N11")
    assert [(f.law, f.verdict) for f in report.findings] == [("F00", "holds"), ("N11", "fails")]
    assert [cause["deviation"] for cause in report.causes] == causes


def test_a_name_for_an_added_residual_is_held_against_its_number_too(tmp_path):
    """`y + 2 r` was told to ignore r, since no other known deviation makes P14 fail."""
    text = """import numpy as np

CONVENTION = {"adds": True, "ranks": (2,)}


def forward(x, gamma, beta, eps, residual):
    d = x - x.mean(0)
    return d / np.sqrt((d * d).mean(0) + eps) * gamma + beta + FACTOR * residual
"""
    told = {}
    for factor in (0, 1, 2):
        report = judged(tmp_path, text.replace("FACTOR", str(factor)), "F00", "P14")
        told[factor] = [cause["deviation"] for cause in report.causes]
        assert report.exit_code == (0 if factor == 1 else 1)
    assert told == {0: ["residual-ignored"], 1: [], 2: []}


ODD = PLAIN.replace(
    "def fused_add_rms_norm(x, residual,", "def add_residual_norm(x, residual, odd,"
)
TWO = f"{PLAIN}\n\ndef forward_residual(x, residual, weight, eps):\n    return x, x\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PLAIN, ("gradients by the residual of fused_add_rms_norm",)),
        (ODD, ("add_residual_norm needs the argument 'odd': not called",)),
        (
            TWO,
            (
                "forward_residual: fused_add_rms_norm is tried in its place",
                "gradients by the residual of fused_add_rms_norm",
            ),
        ),
    ],
    ids=["gradients", "an argument", "another"],
)
def test_what_is_not_tried_is_told(text, told, tmp_path):
    made = adapt(load(written(tmp_path, text)), name="mine")
    residuals = tuple(each for each in made.untried if "residual" in each)
    assert residuals == told


def test_one_that_stands_alone_and_cannot_be_called_is_refused_with_the_reason(tmp_path):
    text = ALONE.replace("(a, b, g, e)", "(x, residual, odd, g, e)").replace(
        "a + b", "x + residual"
    )
    with pytest.raises(TargetError, match="forward_residual needs the argument 'odd': not called"):
        adapt(load(written(tmp_path, text)), name="mine")


def test_with_other_norms_it_is_told_as_not_tried(tmp_path):
    text = """import numpy as np

NORM = "instance"


def instance_norm(x, gamma, beta, eps, residual=None):
    x = x if residual is None else x + residual
    over, laid = tuple(range(2, x.ndim)), (-1, *[1] * (x.ndim - 2))
    d = x - x.mean(over, keepdims=True)
    y = d / np.sqrt((d * d).mean(over, keepdims=True) + eps)
    return y * gamma.reshape(laid) + beta.reshape(laid)
"""
    made = adapt(load(written(tmp_path, text)), name="mine")
    assert "residual" not in made.abilities
    assert "instance_norm: residuals are tried with layer and rms" in made.untried


def test_what_has_another_shape_is_told(tmp_path):
    report = judged(tmp_path, PLAIN.replace("eps), total", "eps), total.sum(-1)"), "N11")
    (finding,) = report.findings
    assert finding.verdict == "error"
    assert "fused_add_rms_norm returned an array of shape" in finding.reason
