"""The action of GitHub and the job of GitLab: their steps run in bash as the services run them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, VERIFY = ACTION["runs"]["steps"]
GITLAB = yaml.safe_load((ROOT / "examples" / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
FEW = "--budget\nquick\n--laws\nF00\n--dtype\nfloat32\n"

# in place of programs: bncheck is this tree's, and what pip would install is written down
_PROGRAMS = {
    "bncheck": f'exec "{sys.executable}" -P -m bncheck "$@"\n',
    "python": 'printf "%s\\n" "$@" > "$ASKED"\n',
}


@pytest.fixture
def repository(tmp_path):
    """A sample repository with a right and a wrong layer, and what the service gives a step."""
    folder = tmp_path / "repo"
    (folder / "src").mkdir(parents=True)
    right = (ROOT / "examples" / "numpy_layer.py").read_text(encoding="utf-8")
    (folder / "src" / "right.py").write_text(right, encoding="utf-8")
    wrong = (ROOT / "examples" / "one_pass_layer.py").read_text(encoding="utf-8")
    (folder / "src" / "wrong layer.py").write_text(wrong, encoding="utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, does in _PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}", encoding="utf-8")
        (programs / name).chmod(0o755)
    return folder


def run(step, repository, **inputs):
    """Run a step as the runner does; returns its code, what it printed, and its outputs."""
    given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    home = repository.parent
    service = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(home / "output"),
        "GITHUB_STEP_SUMMARY": str(home / "summary"),
        "GITHUB_WORKSPACE": str(repository),
        "CI": "true",
        "ASKED": str(home / "asked"),
    }
    own = {name: _filled(text, given) for name, text in step["env"].items()}
    path = os.pathsep.join([str(home / "bin"), os.environ["PATH"]])
    there = {**os.environ, "PYTHONPATH": str(ROOT), **service, **own, "PATH": path}
    there = {name: value for name, value in there.items() if name != "PYTEST_XDIST_WORKER"}
    folder = repository / _filled(step.get("working-directory", "."), given)
    # so the runner calls bash
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=there,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    output = home / "output"
    return done, output.read_text(encoding="utf-8") if output.exists() else ""


def _filled(text, given):
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], text)


def test_no_input_stands_in_a_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    assert "$CI_" not in "".join(GITLAB["bncheck"]["script"])


def test_what_is_installed(repository):
    done, _ = run(INSTALL, repository, install="torch==2.13.0\n\n-r x; touch hacked\n")
    assert done.returncode == 0, done.stderr
    asked = (repository.parent / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[:4] == ["-m", "pip", "install", "--disable-pip-version-check"]
    assert asked[4:] == ["--", str(ROOT), "torch==2.13.0", "-r x; touch hacked"]
    assert not (repository / "hacked").exists()


def test_a_right_layer(repository):
    done, outputs = run(VERIFY, repository, targets="src/right.py", options=FEW)
    assert (done.returncode, outputs) == (0, "exit-code=0\n"), done.stdout + done.stderr
    assert "HOLDS" in done.stdout


def test_a_wrong_layer_among_two(repository):
    both = "src/right.py\nsrc/wrong layer.py\n"
    files = {"sarif": "out.sarif", "json": "out.json"}
    done, outputs = run(VERIFY, repository, targets=both, options=FEW, **files)
    assert (done.returncode, outputs) == (1, "exit-code=1\n"), done.stdout + done.stderr
    assert "::error file=src/wrong layer.py,line=12" in done.stdout
    assert "one-pass-variance" in (repository.parent / "summary").read_text(encoding="utf-8")
    assert '"2.1.0"' in (repository / "out.sarif").read_text(encoding="utf-8")
    assert "bncheck/reports/1" in (repository / "out.json").read_text(encoding="utf-8")


def test_what_is_configured_in_a_folder(repository):
    (repository / "src" / "pyproject.toml").write_text(
        '[[tool.bncheck.targets]]\ntarget = "right.py"\nbudget = "quick"\nlaws = ["F00"]\n',
        encoding="utf-8",
    )
    done, _ = run(VERIFY, repository, working_directory="src")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("word", ["$(touch hacked)", "`touch hacked`", "; touch hacked", "--help"])
def test_an_input_is_never_code(repository, word):
    done, outputs = run(VERIFY, repository, targets=word, options=FEW)
    assert (done.returncode, outputs) == (2, "exit-code=2\n"), done.stdout + done.stderr
    assert not list(repository.rglob("hacked"))


def test_the_job_of_gitlab(repository):
    job = GITLAB["bncheck"]
    install, *script = job["script"]
    assert install == "python -m pip install bncheck"
    variables = job["variables"] | {"BNCHECK_TARGETS": "src/right.py\nsrc/wrong layer.py"}
    (repository / "pyproject.toml").write_text(
        '[tool.bncheck]\nbudget = "quick"\nlaws = ["F00"]\ndtypes = ["float32"]\n', encoding="utf-8"
    )
    done, _ = run({"env": variables, "run": "\n".join(script)}, repository)
    assert done.returncode == 1, done.stdout + done.stderr
    for file in job["artifacts"]["reports"].values():
        assert "one-pass-variance" in (repository / file).read_text(encoding="utf-8")


def test_the_example_for_github_gives_inputs_that_there_are():
    steps = yaml.safe_load((ROOT / "examples" / "ci" / "github.yml").read_text(encoding="utf-8"))
    used = [s for s in steps["jobs"]["verify"]["steps"] if "/bncheck@" in s.get("uses", "")]
    assert [set(each["with"]) - set(ACTION["inputs"]) for each in used] == [set()]
