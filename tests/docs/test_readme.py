"""The README's commands run, and its report is what is printed (versions and digests aside)."""

import re
from pathlib import Path

import pytest
from shown import absent, pieces, run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
EXCERPT = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL).group(1)

REPORTED = "bncheck verify examples/one_pass_layer.py --dtype float32 --laws F00 --laws F16"
# What is run of each other command, what is added so that it takes seconds, and what comes of it.
RUN = [
    ("bncheck verify examples/numpy_layer.py", "--budget quick", 0, "everything checked holds"),
    (
        "bncheck verify examples/homework_layer.py:BatchNorm",
        "--budget quick",
        0,
        "backward in inference NOT checked",
    ),
    (
        "bncheck compare examples/numpy_layer.py examples/homework_layer.py:BatchNorm",
        "",
        0,
        "2 conventions differ",
    ),
    ("bncheck fingerprint examples/numpy_layer.py", "", 0, "variance_algorithm"),
    ("bncheck prove B01 B03 F04", "", 0, "3 of 3 theorems proved"),
    ("bncheck derive B03", "", 0, "= 0"),
    ("bncheck claim proofs/claims/seeds.toml", "", 1, "corrected"),
    ("bncheck check examples/notes.md", "", 1, "the sign of the third term is wrong"),
    (
        "pytest --bncheck examples/numpy_layer.py --bncheck-budget quick",
        "-q --bncheck-laws F00 --bncheck-laws X0*",
        0,
        "passed",
    ),
]
# What continuous integration runs in a fresh environment.
INSTALLATION = [
    "python3 -m venv .venv && . .venv/bin/activate",
    "python3 -m pip install . && bncheck verify examples/numpy_layer.py",
]


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "proofs").symlink_to(ROOT / "proofs")
    return tmp_path


def test_the_report_is_an_excerpt_of_what_is_printed(copy):
    done = run(REPORTED, copy)

    assert done.returncode == 1
    assert absent(EXCERPT, done.stdout) == [], f"this is not in the report, there:\n{done.stdout}"
    ends = [piece[-1] for piece in pieces(EXCERPT)]
    assert ends[-1] == done.stdout.splitlines()[-1], "the excerpt ends as the report does"


@pytest.mark.parametrize(("command", "added", "code", "told"), RUN, ids=[r[0] for r in RUN])
def test_a_command_does_what_the_readme_says(copy, command, added, code, told):
    done = run(f"{command} {added}", copy)

    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout


def test_every_command_is_one_that_is_tested_here_or_by_ci():
    shown = {c for c in COMMANDS if c not in INSTALLATION}
    last = {c.rpartition("&& ")[2] for c in INSTALLATION if "bncheck" in c}

    assert shown | last == {REPORTED, *(command for command, *_ in RUN)}
    assert [c for c in INSTALLATION if c not in COMMANDS] == []


def test_the_laws_and_deviations_that_it_names_exist():
    from bncheck.deviations import BY_NAME
    from bncheck.laws import LAWS

    laws = re.findall(r"(?:--laws|bncheck laws) (\w+)", TEXT)

    assert laws
    assert set(laws) <= {known.id for known in LAWS}
    assert set(re.findall(r"bncheck deviations ([\w-]+)", TEXT)) <= set(BY_NAME)


def test_it_is_short_and_has_no_figures_with_a_date():
    assert len(TEXT.splitlines()) <= 120
    assert re.findall(r"\d{4}-\d{2}-\d{2}", TEXT) == []
