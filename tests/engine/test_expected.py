"""What is known to fail, in a run: files of expectations, and a baseline."""

from pathlib import Path

import pytest
from command import doing, verify

from bncheck.engine import verify as check
from bncheck.errors import UsageError

RIGHT = str(Path(__file__).parents[2] / "examples" / "numpy_layer.py")

ENTRY = '[[expected]]\nlaw = "F00"\n{}reason = "one pass, known"\n'


def with_expected(folder, text, *laws):
    (folder / "expected.toml").write_text(text)
    chosen = [word for law in laws for word in ("--laws", law)]
    return verify(folder, doing("x = x + x"), *chosen, "--expected", "expected.toml")


def test_an_expected_failure_is_no_failure(tmp_path):
    done = with_expected(tmp_path, ENTRY.format('dtype = "float32"\n'), "F00")
    assert (done.code, done.finding("F00")["verdict"]) == (0, "expected")
    assert done.finding("F00")["reason"] == "one pass, known"


def test_an_expectation_that_no_longer_fails_is_an_error(tmp_path):
    done = with_expected(tmp_path, ENTRY.format("") + ENTRY.replace("F00", "P01").format(""), "*0*")
    assert done.code == 1
    assert done.report["stale"] == [
        "P01 is expected to fail (one pass, known), but does not; take the entry out"
    ]


def test_an_expectation_about_what_was_not_tried_is_not_stale(tmp_path):
    other = ENTRY.replace("F00", "P01")
    done = with_expected(tmp_path, ENTRY.format("") + other.format(""), "F00")
    assert (done.code, done.report["stale"]) == (0, [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[expected]\n", "expected.toml cannot be read as TOML"),
        ('[[expcted]]\nlaw = "F00"\n', "expected.toml should hold [[expected]] entries only"),
        ('expected = "F00"\n', "expected.toml should hold [[expected]] entries only"),
        ("expected = [3]\n", "expected.toml, entry 1 is 3, but should be a table"),
        ('[[expected]]\nlaw = "F00"\n', "expected.toml, entry 1 needs a reason"),
        ('[[expected]]\nreason = "x"\n', "expected.toml, entry 1 needs a law"),
        ('[[expected]]\nlaw = 3\nreason = "x"\n', "entry 1 has law=3, but should have a pattern"),
        (ENTRY.format('dtyp = "x"\n'), "entry 1 has the unknown key 'dtyp'; did you mean"),
        (ENTRY.format("dtype = 3\n"), "expected.toml, entry 1 has dtype=3"),
        (
            ENTRY.replace("F00", "?").format(""),
            "entry 1 has law='?', which does not exist; `bncheck laws` lists them",
        ),
    ],
)
def test_a_malformed_file_of_expectations(text, told, tmp_path):
    (tmp_path / "expected.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        check(RIGHT, expected=tmp_path / "expected.toml")
    assert told in str(raised.value)


def test_a_file_of_expectations_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        check(RIGHT, expected=tmp_path / "expected.toml")


def test_a_baseline_is_judged_by_and_told_what_is_idle(tmp_path):
    text = ENTRY.replace('"F00"', '["F00", "P01"]').format('target = "bn.py"\n')
    (tmp_path / "known.toml").write_text(text)
    done = verify(tmp_path, doing("x = x + x"), "--laws", "*0*", "--baseline", "known.toml")
    assert (done.report["stale"], done.finding("F00")["verdict"]) == ([], "expected")
    assert [note for note in done.report["notes"] if note.endswith("taken out: P01")]


def test_a_baseline_is_written_for_a_run_and_expected_by_the_next(tmp_path):
    options = ["--laws", "F0*", "--baseline", "known.toml"]
    source = doing("x = x + x")
    assert verify(tmp_path, source, *options).code == 2
    assert verify(tmp_path, source, *options, "--update").code == 0
    written = (tmp_path / "known.toml").read_bytes()
    again = verify(tmp_path, source, *options)
    assert (again.code, again.report["counts"]["fails"]) == (0, 0)
    assert again.report["counts"]["expected"] > 0
    assert verify(tmp_path, doing("pass"), *options).code == 1
    assert (tmp_path / "known.toml").read_bytes() == written
    assert verify(tmp_path, doing("pass"), *options, "--prune").code == 0
    assert (tmp_path / "known.toml").read_bytes() == b""


def test_a_baseline_expects_the_causes_that_it_was_made_with(tmp_path):
    options = ["--laws", "F00", "--baseline", "known.toml"]
    one, other = (
        doing("").replace(right, wrong)
        for right, wrong in (("gamma.reshape(shape) * xhat", "xhat"), (" + x.dtype.type(eps)", ""))
    )
    assert verify(tmp_path, one, *options, "--update").code == 0
    assert 'cause = "gamma-ignored"' in (tmp_path / "known.toml").read_text()
    assert verify(tmp_path, one, *options).code == 0
    done = verify(tmp_path, other, *options)
    assert done.code == 1
    assert done.finding("F00")["causes"] == ["eps-missing"]
    told = "fails otherwise than expected: by eps-missing, not gamma-ignored"
    assert done.finding("F00")["detail"].startswith(told)
    assert told in done.out
    assert verify(tmp_path, other, *options, "--update").code == 0
    assert verify(tmp_path, other, *options).code == 0
