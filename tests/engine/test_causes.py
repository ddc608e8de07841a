"""A cause in a report is true of the target, and told once."""

import pytest
from command import doing

from bncheck.engine import verify
from bncheck.reports.common.blocks import found
from bncheck.reports.text import render

LAYER = """import numpy as np

def forward(x, gamma, beta, eps):
    axes = tuple(a for a in range(x.ndim) if a != 1)
    wide = (1, -1) + (1,) * (x.ndim - 2)
    centered = x - x.mean(axes, keepdims=True)
    var = (centered * centered).mean(axes, keepdims=True)
    xhat = centered / np.sqrt({root})
    return (xhat * gamma.reshape(wide) + beta.reshape(wide)).astype(x.dtype)
"""
CONSTANTS = {
    "var + x.dtype.type(3e-6)": ("eps-hard-coded", "eps is 3e-06 whatever is given"),
    "var + x.dtype.type(max(eps, 3e-4))": (
        "eps-floor",
        "eps is never below 0.0003, whatever is given",
    ),
    "var + x.dtype.type(1e-5)": (
        "eps-hard-coded",
        "uses eps = 1e-05, whatever eps was asked for",
    ),
}


def checked(tmp_path, source, **options):
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    given = {"budget": "quick", "dtypes": ("float32",), "save": None, "laws": ("F0*", "P07")}
    return verify(str(tmp_path / "bn.py"), **{**given, **options})


@pytest.mark.parametrize("root", CONSTANTS)
def test_a_constant_is_the_target_s(tmp_path, root):
    name, says = CONSTANTS[root]
    report = checked(tmp_path, LAYER.format(root=root))
    assert [(c["deviation"], c["says"]) for c in report.causes] == [(name, says)]
    first = next(line for line in render(report, width=160).splitlines() if name in line)
    assert first == f"1  {name}: {says}"


@pytest.mark.parametrize(
    ("does", "name", "told"),
    [
        ("import ctypes; ctypes.string_at(0)", "crashes", "the process ended by SIGSEGV"),
        ("import os; os._exit(3)", "exits", "the process ended with exit code 3"),
    ],
)
def test_what_ends_the_process_is_told_once(tmp_path, does, name, told):
    report = checked(tmp_path, doing(does))
    assert [(c["deviation"], c["says"], c["text"]) for c in report.causes] == [(name, told, told)]
    blocks = found(report)
    assert blocks[0].title == f"{name}: {told}"
    assert all(told not in block.title for block in blocks[1:])


SEEN = {
    "nondeterministic": (
        "xhat = xhat * (np.random.rand(*x.shape) > 0.1)",
        "gives different answers to equal calls",
    ),
    "hides-nonfinite": (
        "xhat = np.where(np.isfinite(xhat), xhat, 1)",
        "NaN in x leaves y finite there, on ",
    ),
    "mutates-input": ("x *= 2", "writes to x, the caller's array"),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_was_seen_is_told_and_not_how_the_catalogue_does_it(tmp_path, name):
    line, says = SEEN[name]
    source = LAYER.format(root="var + x.dtype.type(eps)")
    report = checked(
        tmp_path,
        source.replace("    return", f"    {line}\n    return"),
        laws=("F00", "X51", "P0*"),
    )
    assert [c["deviation"] for c in report.causes] == [name]
    assert report.causes[0]["says"].startswith(says)
