"""Runs on a user's own batches: what is tried, in which dtypes, what is told, and replayed."""

import json
from pathlib import Path

import numpy as np
import pytest
from command import bncheck, doing, verify

from bncheck.cases.data import read
from bncheck.engine import Options, plan, replay
from bncheck.engine import verify as check
from bncheck.engine.casting import lost, narrowest
from bncheck.errors import UsageError
from bncheck.model import Domain, Implementation, Layer
from bncheck.model.formats import format_of

LARGE = "if x.size // x.shape[1] > 1000: gamma = gamma + gamma"
DRAWN = np.random.RandomState(0).standard_normal((1500, 3))
X = DRAWN.astype(np.float32)
FEW = ("F00", "F01", "F10", "P07")


def saved(folder, **arrays):
    path = folder / "own.npz"
    np.savez(path, **arrays)
    return path


def target(folder, body="pass", more=""):
    path = folder / "bn.py"
    path.write_text(doing(body, more))
    return str(path)


def tried(path, data, **options):
    given = {"laws": FEW, "save": None, "diagnose": False, **options}
    return check(path, data=data, **given)


def laws(report, verdict):
    return {(f.law, f.dtype) for f in report.findings if f.verdict == verdict}


def test_a_right_layer_holds_on_own_batches(tmp_path):
    report = tried(target(tmp_path), saved(tmp_path, x0=X, x1=X[:9]))
    assert report.exit_code == 0
    assert laws(report, "holds") >= {("F00", "float32"), ("F01", "float32"), ("F10", "float32")}
    assert {f.dtype for f in report.findings} == {"float32"}
    examples = {f.law: f.examples for f in report.findings}
    assert (examples["F00"], examples["F10"]) == (2, 1)  # its own calls are for small batches
    assert report.notes[0].startswith("nothing but the 2 batches, x0 to x1, of ")
    assert "dy = normally distributed" in report.notes[1]
    assert report.environment["data"].startswith("own.npz (sha256 ")
    assert report.environment["ranks"] == [2]


def test_what_is_wrong_in_large_batches_is_seen_on_one(tmp_path):
    wrong = target(tmp_path, LARGE)
    small = tried(wrong, saved(tmp_path, x=X[:900]))
    assert small.exit_code == 0
    report = tried(wrong, saved(tmp_path, x0=X[:900], x1=X))
    assert report.exit_code == 1
    (found,) = (f for f in report.findings if f.law == "F00")
    assert found.reason == "fails in x1 (1 of 1 cases); holds in x0"
    assert found.case.recipe["data"]["batch"] == "1"
    assert found.case.recipe["shape"][1] == 1  # a part of it will do
    assert 1000 < found.case.recipe["shape"][0] <= 1125


def test_from_the_command_line_to_a_replay(tmp_path):
    saved(tmp_path, x=X)
    done = verify(tmp_path, doing(LARGE), "--laws", "F00", "--data", "own.npz")
    assert done.code == 1
    file = done.finding("F00")["case"]["file"]
    again = bncheck("replay", file, folder=tmp_path)
    assert (again.code, again.out.split("\n")[0]) == (1, "STILL FAILS")
    (tmp_path / "bn.py").write_text(doing("pass"))
    assert bncheck("replay", file, folder=tmp_path).out.startswith("FIXED")
    saved(tmp_path, x=X + 1)
    changed = bncheck("replay", file, folder=tmp_path)
    assert changed.code == 2
    assert "what it holds has changed since" in changed.err
    (tmp_path / "own.npz").unlink()
    gone = bncheck("replay", file, folder=tmp_path)
    assert (gone.code, "does not exist" in gone.err) == (2, True)
    saved(tmp_path, x=X.astype(int))
    refused = bncheck("verify", "bn.py", "--data", "own.npz", folder=tmp_path)
    assert refused.code == 2
    assert "own.npz: x has shape (1500, 3) and dtype int64" in refused.err


def test_a_saved_case_names_the_file_by_its_whole_path(tmp_path):
    path = saved(tmp_path, x=X)
    wrong = target(tmp_path, LARGE)
    report = tried(wrong, path, laws=("F00",), save=tmp_path / "kept")
    (found,) = (f for f in report.findings if f.law == "F00")
    data = json.loads(Path(found.case.file).read_text())["recipe"]["data"]
    assert data["file"] == str(path)
    assert data["digest"] == read(path).digest
    assert replay(found.case.file, trust=True).status == "STILL FAILS"


@pytest.mark.parametrize(
    ("dtype", "asked", "used", "told"),
    [
        ("float32", (), {"float32"}, ""),
        ("float64", (), {"float64"}, ""),
        ("float32", ("float64",), {"float64"}, "was tried in float64, which holds the same"),
        ("float64", ("float32",), {"float32"}, "was rounded to float32: 2"),
        ("float16", (), {"float32"}, "was tried in float32, which holds the same"),
        ("float32", ("float32", "float64"), {"float32", "float64"}, "was tried in float64"),
        (">f4", (), {"float32"}, ""),
    ],
)
def test_dtypes(dtype, asked, used, told, tmp_path):
    path = saved(tmp_path, x=DRAWN[:9].astype(dtype))
    wanted = {"laws": ("F00",), "dtypes": asked}
    report = tried(target(tmp_path), path, **wanted)
    assert report.exit_code == 0
    assert {d for _, d in laws(report, "holds")} == used
    casts = [note for note in report.notes if note.startswith("x is ")]
    assert len(casts) == bool(told)
    assert told in "".join(casts)
    planned = plan(target(tmp_path), Options(data=path, **wanted))
    assert {d for _, d in planned} == used


def test_half_precision_is_rounded_to_where_it_is_asked_for(tmp_path):
    path = saved(tmp_path, x=DRAWN[:9] * 1e5)
    half = target(tmp_path, more='\nCONVENTION = {"dtypes": ["float16", "float32"]}\n')
    report = tried(half, path, laws=("F00", "P07"), dtypes=("float16",))
    assert any("rounded to float16: " in note and "to infinity" in note for note in report.notes)
    assert report.exit_code in (0, 2)  # what is infinite by then has no promise
    with pytest.raises(UsageError, match=r"x of .* is float64, and .* write --dtype float32"):
        tried(half, path)


def test_batches_that_the_target_cannot_be_given(tmp_path):
    own = Implementation(
        "mine",
        lambda case: Layer(train=lambda x: x),
        domain=Domain(ranks=(4,), fixed_eps=1e-3, affine=False),
    )
    x4 = np.ones((2, 3, 2, 2), np.float32)
    gamma = np.full(3, 2, np.float32)
    for arrays, told in (
        ({"x": X}, r"takes no x of shape \(1500, 3\): its ranks are 4"),
        ({"x": x4, "eps": 0.5}, r"the target's eps is 0\.001, not 0\.5"),
        ({"x": x4, "gamma": gamma}, "gamma and beta cannot be set"),
    ):
        with pytest.raises(UsageError, match=told):
            tried(own, saved(tmp_path, **arrays))
    report = tried(own, saved(tmp_path, x0=x4, x1=X), laws=("F00",))
    assert any(
        entry.startswith("x1 of the data: the target takes no x") for entry in report.untried
    )
    assert report.environment["ranks"] == [4]


def test_laws_that_cannot_be_tried_on_the_batches(tmp_path):
    with pytest.raises(UsageError, match=r"none of these laws can be tried on .*: F10 makes calls"):
        tried(target(tmp_path), saved(tmp_path, x=X), laws=("F10",))
    report = tried(target(tmp_path), saved(tmp_path, x=X), laws=("F00", "F10"))
    (skipped,) = (f for f in report.findings if f.law == "F10")
    assert skipped.reason.startswith("budget: only the batches of --data were tried")
    unable = tried(target(tmp_path), saved(tmp_path, x=X), laws=("I14",))
    assert unable.exit_code == 2


ODD = {
    "nan": np.float32([1, np.nan, 3]),
    "inf": np.float32([np.inf, 2, -3]),
    "zero": np.zeros(3, np.float32),
    "huge": np.float32([1e30, 1e-30, -1e38]),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_numbers_are_no_alarm(kind, tmp_path):
    per_channel = dict.fromkeys(("gamma", "beta", "running_mean"), ODD[kind])
    odd = X[:6].copy()
    odd[:3] = ODD[kind]
    path = saved(tmp_path, x0=X[:6], x1=odd, running_var=np.abs(ODD[kind]), dy=odd, **per_channel)
    report = tried(target(tmp_path), path, laws=())
    assert not laws(report, "fails") | laws(report, "error")
    assert report.exit_code == 0


def test_an_expectation_is_not_stale_for_other_batches(tmp_path):
    expected = tmp_path / "expected.toml"
    expected.write_text('[[expected]]\nlaw = "F00"\nreason = "large batches"\n')
    report = tried(target(tmp_path, LARGE), saved(tmp_path, x=X[:9]), expected=expected)
    assert (report.stale, report.exit_code) == ((), 0)


@pytest.mark.parametrize(
    ("values", "dtype", "told"),
    [
        ([1.0, 2.5, np.nan, np.inf], "float16", ""),
        ([1.0, 1e5], "float16", "1 of 2 numbers changed, 1 of them to infinity"),
        ([0.1, 1.0], "float32", "1 of 2 numbers changed"),
        ([1e-60], "float32", "1 of 1 numbers changed"),
    ],
)
def test_what_becomes_of_numbers(values, dtype, told):
    assert lost(np.array(values), format_of(dtype)) == told


def test_the_narrowest_dtype_that_holds_all():
    assert narrowest(np.array([0.1]), ["float32"]) is None
    assert narrowest(np.array([0.5]), ["float32"]) == "float32"
    assert narrowest(np.array([0.1], np.float16), ["float64", "float32"]) == "float32"
