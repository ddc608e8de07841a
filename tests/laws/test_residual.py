"""Law N11: what is read of a sum is either, as a whole, and what was promised where it was."""

import pytest
from residual_forms import form

from bncheck.engine import verify

DTYPES = ("float16", "bfloat16", "float32")


def judged(folder, text, dtypes=DTYPES, **more):
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    options = {"budget": "quick", "laws": ("N11",), "save": None, "shrink": False, **more}
    report = verify(str(path), dtypes=dtypes, **options)
    return {f.dtype: f.verdict for f in report.findings}, report


@pytest.mark.parametrize(
    ("norm", "read", "casts", "inside"),
    [
        ("layer", "wide", "last", "float32"),
        ("layer", "reread", "early", "float32"),
        ("layer", "rounded", "last", "float64"),
        ("rms", "wide", "early", "float64"),
        ("rms", "rounded", "early", "float32"),
        ("rms", "reread", "last", "float64"),
    ],
)
def test_where_nothing_is_promised_each_reading_holds(norm, read, casts, inside, tmp_path):
    found, report = judged(tmp_path, form(norm, read, casts=casts, inside=inside), seed=3)
    assert found == dict.fromkeys(DTYPES, "holds")
    assert "residual" not in report.promised


@pytest.mark.parametrize(
    ("promised", "read", "half", "single"),
    [
        ("wide", "wide", "holds", "holds"),
        ("wide", "rounded", "fails", "holds"),  # the arithmetic has no more bits than float32
        ("wide", "reread", "fails", "holds"),
        ("rounded", "rounded", "holds", "holds"),
        ("rounded", "wide", "fails", "holds"),
        ("rounded", "reread", "fails", "holds"),
    ],
)
def test_a_promise_is_enforced(promised, read, half, single, tmp_path):
    norm = "rms" if read == "wide" else "layer"
    text = form(norm, read, promised={"residual": promised})
    found, report = judged(tmp_path, text)
    assert found == {"float16": half, "bfloat16": half, "float32": single}
    assert report.promised["residual"] == promised
    assert report.observed["residual"].startswith(read if read != "reread" else "neither")


@pytest.mark.parametrize(("read", "verdict"), [("wide", "fails"), ("rounded", "holds")])
def test_in_float32_it_shows_where_the_arithmetic_is_promised_to_be_wider(read, verdict, tmp_path):
    promised = {"residual": "rounded", "accumulates": "float64"}
    text = form("layer", read, promised=promised, inside="float64")
    assert judged(tmp_path, text, ("float32",))[0] == {"float32": verdict}


@pytest.mark.parametrize("read", ["np.where(np.arange(s.shape[-1]) % 2, s, q)", "2 * q - s"])
def test_one_reading_is_meant_in_all_entries(read, tmp_path):
    found, _ = judged(tmp_path, form("rms", f"{read}, {read}"), ("bfloat16",))
    assert found == {"bfloat16": "fails"}
