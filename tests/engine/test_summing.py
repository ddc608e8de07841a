"""What a residual form normalizes is recognised: the sum, or the rounded sum."""

import pytest
from residual_forms import form

from bncheck.deviations import REFERENCE, implementation
from bncheck.engine import recognition
from bncheck.engine.summing import residual
from bncheck.model import NORMS
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

HALF = ("float16", "bfloat16")


def adapted(folder, text):
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return adapt(load(str(path)), name="mine")


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("casts", ["last", "early"])
@pytest.mark.parametrize("read", ["wide", "rounded", "reread"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
def test_each_reading_is_told_whatever_the_casts(norm, read, casts, dtype, tmp_path):
    made = adapted(tmp_path, form(norm, read, casts=casts))
    told = residual(made, Guard(), (dtype,))
    assert told == read if read != "reread" else told.startswith("neither (the statistics are")


@pytest.mark.parametrize("inside", ["float32", "float64"])
def test_arithmetic_of_more_bits_than_is_needed_tells_the_same(inside, tmp_path):
    made = adapted(tmp_path, form("layer", "wide", inside=inside))
    assert residual(made, Guard(), HALF) == "wide"


def test_it_is_reported_and_not_taken_for_a_promise(tmp_path):
    seen = recognition.observe(adapted(tmp_path, form("rms", "wide")), Guard(), ("float16",))
    assert seen["observed"]["residual"] == "wide"
    assert "residual" not in seen["known"]


def test_the_reference_rounds_first_and_without_half_precision_nothing_is_told():
    made = implementation(REFERENCE, "reference", None, NORMS["rms"])
    assert residual(made, Guard(), ("float32", "float16")) == "rounded"
    assert residual(made, Guard(), ("float32", "float64")) is None


@pytest.mark.parametrize(
    ("read", "why"),
    [
        ("s - q, s - q", "values of no reading"),
        ("s[..., :, ::-1], s", "statistics in another order are the same statistics"),
    ],
)
def test_what_is_no_reading_is_not_told_one(read, why, tmp_path):
    expected = None if "no reading" in why else "wide"
    assert residual(adapted(tmp_path, form("rms", read)), Guard(), HALF) == expected, why


def test_what_raises_is_not_told_one(tmp_path):
    text = form("rms", "wide").replace("total = s", "assert len(x) < 2\n    total = s")
    assert residual(adapted(tmp_path, text), Guard(), HALF) is None
