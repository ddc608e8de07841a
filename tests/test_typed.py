"""A user's strict type checker knows the public API, and finds what is used wrongly."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RIGHT = '''
import bncheck


class MyLayer:
    """Somebody's."""


report = bncheck.verify(MyLayer, dtypes=["float32"], laws=["F00"], budget="quick", save=None)
verdict: bool = report.ok
code: int = report.exit_code
for finding in report.findings:
    law: str = finding.law
    margin: float | None = finding.margin
for cause in report.causes:
    print(cause["deviation"])
text: str = report.text(1, width=80)
data: dict[str, object] = report.to_dict()
bncheck.assert_holds("my_bn.py", dtypes=("float64",))

for each in bncheck.verify_many(["a.py", MyLayer], budget="quick", laws="F*", expected="x.toml"):
    if isinstance(each, bncheck.NotChecked):
        why: str = each.error
    else:
        short: str = each.text()
    fine: bool = each.ok


@bncheck.parametrize(["my_bn.py", MyLayer], expected_failures={"B*": "known"}, budget="quick")
def test_laws(check: object) -> None:
    """It."""


try:
    bncheck.verify("nowhere")
except bncheck.UsageError as error:
    said: str = str(error)
'''
WRONG = {
    'bncheck.verify("a.py", budgets="quick")': "budgets",
    'bncheck.verify("a.py", seed="0")': "seed",
    'bncheck.verify_many(["a.py"], budgets="quick")': "budgets",
    'bncheck.verify_many(["a.py"])[0].text()': "text",
    'x: int = bncheck.verify("a.py").ok.nothing': "nothing",
    "bncheck.verfy": "verfy",
}


def check(text, folder):
    """Run a strict type checker as a user does; returns what it says."""
    (folder / "mine.py").write_text(text, encoding="utf-8")
    environment = dict(os.environ)
    try:
        distribution("bncheck")
    except PackageNotFoundError:  # a source tree that is not installed
        environment["MYPYPATH"] = str(ROOT)
    command = ["-m", "mypy", "--strict", f"--cache-dir={folder / 'cache'}", "mine.py"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all, so that what is known of bncheck is kept."""
    return tmp_path_factory.mktemp("typed")


def test_what_is_public_is_typed(folder):
    assert check(RIGHT, folder) == "Success: no issues found in 1 source file\n"


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_found(folder, line):
    said = check(f"import bncheck\n\n{line}\n", folder)
    assert "mine.py:3: error:" in said
    assert WRONG[line] in said
