"""The README's commands run, and its report is what is printed (times and versions aside)."""

import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
REPORT = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL).group(1)


def _installed():
    return any(e.name == "bncheck" for e in entry_points(group="pytest11"))


def _run(command, cwd):
    words = shlex.split(command)
    # by name too, for a source tree that is not installed: an installed plugin is loaded once
    plugin = [] if _installed() else ["-p", "bncheck.pytest_plugin"]
    programs = {
        "bncheck": ["-m", "bncheck"],
        "pytest": ["-m", "pytest", "-p", "no:cacheprovider", *plugin],
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [sys.executable, *programs[words[0]], *words[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def _normalised(report):
    text = re.sub(r"bncheck [\d.]+, python [\d.]+, numpy [\d.]+", "VERSIONS", report)
    # the name of the saved file holds a digest of the path and recipe
    text = re.sub(r"-[0-9a-f]{8}\.json", "-DIGEST.json", text)
    return text.strip()


def test_the_report_is_as_printed(copy):
    command = next(c for c in COMMANDS if "one_pass_layer" in c)

    run = _run(command, copy)

    assert run.returncode == 1
    if os.environ.get("BNCHECK_UPDATE_GOLDEN"):
        changed = TEXT.replace(REPORT, run.stdout.rstrip() + "\n")
        (ROOT / "README.md").write_text(changed, encoding="utf-8")
    assert _normalised(run.stdout) == _normalised(REPORT)


def test_the_first_command_verifies_the_example(copy):
    command = next(c for c in COMMANDS if "numpy_layer" in c and "verify" in c).split("&& ")[-1]

    run = _run(f"{command} --budget quick", copy)

    assert run.returncode == 0, run.stdout + run.stderr


def test_the_pytest_command_passes(copy):
    command = next(c for c in COMMANDS if c.startswith("pytest"))

    run = _run(f"{command} -q --bncheck-laws F00 --bncheck-laws X0*", copy)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "passed" in run.stdout


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("bncheck prove", 0, "3 of 3 theorems proved"),
        ("bncheck derive", 0, "= 0"),
        ("bncheck claim", 1, "corrected"),
    ],
)
def test_the_commands_of_the_proofs(copy, name, code, told):
    (copy / "proofs").symlink_to(ROOT / "proofs")
    command = next(c for c in COMMANDS if c.startswith(name))

    run = _run(command, copy)

    assert run.returncode == code, run.stdout + run.stderr
    assert told in run.stdout


def test_every_command_is_one_that_is_tested_here_or_by_ci():
    tested = (
        "bncheck verify",
        "bncheck prove",
        "bncheck derive",
        "bncheck claim",
        "pytest --bncheck",
        "python3 -m venv",
        "python3 -m pip install",
    )

    assert [c for c in COMMANDS if not c.startswith(tested)] == []


def test_what_the_readme_names_exists():
    for name in re.findall(r"`((?:bncheck|tests|examples|benchmarks)/[\w./]+)`", TEXT):
        assert (ROOT / name).exists(), name
    for law in re.findall(r"--laws (\w+)|bncheck laws (\w+)", TEXT):
        from bncheck.laws import LAWS

        assert (law[0] or law[1]) in {known.id for known in LAWS}
