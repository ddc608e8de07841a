"""The wings stay apart; the proofs travel inside the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SYMBOLIC = ("bncheck.symbolic", "bncheck.documents", "sympy")
DOORS = ("symbolic", "documents", "cli")


def test_the_numeric_wing_never_mentions_the_symbolic_one():
    for path in (ROOT / "bncheck").rglob("*.py"):
        if path.relative_to(ROOT / "bncheck").parts[0] in DOORS:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith(("import ", "from ")):
                assert not any(f" {name}" in line for name in SYMBOLIC), f"{path.name}: {line}"


def test_checkers_share_nothing_but_the_tree():
    common = {"bncheck.errors", "bncheck.symbolic.expression", "bncheck.symbolic.trees"}
    common |= {"bncheck.symbolic.work"}  # it counts, and says nothing of equality
    groups = [
        {"rationals", "rational_roots", "points", "duals"},
        {"small_sizes", "written_out", "rooted_ring", "unknowns", "quotients"},
        {"normal_form"},
    ]
    files = (ROOT / "bncheck/symbolic/checkers").glob("[a-z]*.py")
    assert {path.stem for path in files} == set().union(*groups)
    for group in groups[:2]:
        allowed = common | {f"bncheck.symbolic.checkers.{name}" for name in group}
        for name in group:
            text = (ROOT / "bncheck/symbolic/checkers" / f"{name}.py").read_text(encoding="utf-8")
            imported = {
                line.split()[1]
                for line in text.splitlines()
                if line.startswith(("from bnch", "import b"))
            }
            assert imported <= allowed


def test_command_line_starts_without_sympy():
    code = "import sys, bncheck.cli; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_proofs_are_inside_the_wheel(tmp_path):
    hatchling = pytest.importorskip("hatchling.builders.wheel")
    builder = hatchling.WheelBuilder(str(ROOT))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(wheel).namelist()
    assert "bncheck/proofs/b01_backward.py" in names
    assert "bncheck/proofs/claims/seeds.toml" in names
    assert "bncheck/proofs/coq/BatchNorm.v" in names
    assert "bncheck/proofs/coq/Certified.v" in names
    assert "bncheck/known/faults.toml" in names
    assert "bncheck/reports/html/style.css" in names
    assert "bncheck/reports/schema.json" in names
    assert "bncheck/documents/formats/head.typ" in names
    assert "bncheck/documents/formats/html/maths.css" in names
    assert "bncheck/documents/formulas/font/bncheck-math.woff2" in names
    assert not any(name.startswith("proofs/") for name in names)
    # installed: from any folder, without the checkout
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-m", "bncheck", "prove", "B03"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 of 1 theorems proved" in done.stdout
