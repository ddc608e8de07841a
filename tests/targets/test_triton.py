"""RMSNorm in Triton, in its interpreter: the example holds, and what kernels get wrong is named."""

from pathlib import Path

import pytest
from command import bncheck

pytest.importorskip("triton", reason="needs triton")
pytest.importorskip("torch", reason="needs torch")

EXAMPLE = Path(__file__).parents[2] / "examples" / "triton_rms_norm.py"
ASKED = (
    "--budget",
    "quick",
    "--dtype",
    "float32",
    "--laws",
    "F00",
    "--laws",
    "B01",
    "--timeout",
    "3",
)


@pytest.fixture(autouse=True)
def interpreted(monkeypatch):
    monkeypatch.setenv("TRITON_INTERPRET", "1")


def verified(folder, *changes):
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "kernel.py").write_text(text, encoding="utf-8")
    return bncheck("verify", "kernel.py", *ASKED, folder=folder)


def test_the_example_holds(tmp_path):
    done = verified(tmp_path)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("tl.sum(h * xhat, axis=0)", "tl.sum(d * xhat, axis=0)", "weight-missing-in-xhat-term"),
        ("parts.sum(0)", "parts[-1]", "parameter-gradients-of-last-row"),
    ],
)
def test_what_is_wrong_fails(tmp_path, old, new, name):
    done = verified(tmp_path, (old, new))
    assert done.code == 1
    assert name in done.out
