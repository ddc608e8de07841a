"""What a backward pass reads is recognised; what is rounded has to be promised."""

import pytest
from saving_backwards import text

from bncheck.deviations import DEVIATIONS, REFERENCE, implementation
from bncheck.engine import recognition, verify
from bncheck.engine.saving import saved
from bncheck.model import NORMS
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

HALF = ("float16", "bfloat16")
RELATIVES = ("layer", "rms", "group", "instance")


def written(folder, body):
    path = folder / "mine.py"
    path.write_text(body, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("read", ["wide", "half", "xhat", "neither"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
def test_what_plain_functions_read_is_told(norm, read, dtype, tmp_path):
    made = adapt(load(written(tmp_path, text(norm, read))), name="mine")
    assert saved(made, Guard(), (dtype,)) == (None if read == "neither" else read)


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("norm", RELATIVES)
def test_what_the_catalogue_reads_is_told(norm, dtype):
    changes = {d.name: d.change for d in DEVIATIONS}
    told = {"saved-in-half": "half", "xhat-from-output": "y (xhat is worked out from the output)"}
    for name, expected in {"": "wide", **told}.items():
        rules = changes[name](REFERENCE) if name else REFERENCE
        made = implementation(rules, name, None, NORMS[norm])
        assert saved(made, Guard(), (dtype,)) == expected, name


def test_it_is_reported_and_not_taken_for_a_promise(tmp_path):
    made = adapt(load(written(tmp_path, text("layer", "half"))), name="mine")
    seen = recognition.observe(made, Guard(), ("bfloat16",))
    assert seen["observed"]["saved"] == "half"
    assert "saved" not in seen["known"]


def test_nothing_is_told_without_half_precision_or_of_batch_normalization(tmp_path):
    made = adapt(load(written(tmp_path, text("layer", "half"))), name="mine")
    assert saved(made, Guard(), ("float32",)) is None
    assert saved(implementation(REFERENCE, "batch"), Guard(), HALF) is None


@pytest.mark.parametrize(
    ("norm", "read", "promised", "verdict"),
    [
        ("layer", "wide", "wide", "holds"),
        ("layer", "half", None, "fails"),
        ("layer", "half", "half", "holds"),
        ("rms", "half", "half", "holds"),
        ("layer", "xhat", "xhat", "holds"),
        ("rms", "xhat", "xhat", "holds"),
        ("layer", "neither", "half", "fails"),
        ("rms", "neither", "xhat", "fails"),
    ],
)
def test_a_promise_widens_the_bounds_to_what_it_says(norm, read, promised, verdict, tmp_path):
    body = text(norm, read, {} if promised is None else {"saved": promised})
    laws = ("B01", "N01", "N02", "N03")
    report = verify(
        written(tmp_path, body), budget="quick", laws=laws, dtypes=HALF, save=None, shrink=False
    )
    verdicts = {f.verdict for f in report.findings if f.law == "B01"}
    assert verdicts == {verdict}
    if verdict == "holds":
        assert {f.verdict for f in report.findings} == {"holds"}


@pytest.mark.parametrize("layer", ["LayerNorm", "GroupNorm"])
def test_torch_keeps_the_statistics_of_its_own_layers_in_half_precision(layer, tmp_path):
    pytest.importorskip("torch", reason="needs torch")
    assert saved(adapt(load(f"torch.nn:{layer}"), name="torch's"), Guard(), HALF) == "half"
