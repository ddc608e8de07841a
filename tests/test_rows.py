"""A long table of tests is tried on rows spread over it; on all where that is asked for."""

import subprocess
import sys

from rows import spread, thinned

ROOT_FILE = """
import pytest

@pytest.mark.rows(3)
@pytest.mark.parametrize("n", range(10))
def test_long(n):
    pass

@pytest.mark.parametrize("n", range(4))
def test_short(n):
    pass
"""


def test_rows_are_spread():
    assert spread(range(10), 3) == [0, 4, 9]
    assert spread(range(10), 4) == [0, 3, 6, 9]
    assert spread(range(3), 3) == [0, 1, 2]
    assert spread(range(2), 5) == [0, 1]
    assert spread(range(9), 1) == [0]
    for size in range(2, 40):
        for keep in range(2, size + 1):
            assert len(set(spread(range(size), keep))) == keep


def test_tables_are_thinned_each_by_itself():
    rows = [("a", 2, "a0"), ("b", None, "b0"), ("a", 2, "a1"), ("c", 1, "c0"), ("a", 2, "a2")]
    assert thinned(rows) == (["a0", "b0", "c0", "a2"], ["a1"])


def test_every_row_is_tried_where_that_is_asked_for(pytestconfig, tmp_path):
    tests = pytestconfig.rootpath / "tests"
    conftest = (tests / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(ROOT_FILE, encoding="utf-8")
    support = str(tests / "support")
    config = f"[pytest]\npythonpath = {support}\nmarkers = rows: how many\n"
    (tmp_path / "pytest.ini").write_text(config, encoding="utf-8")

    def collected(*words):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip().splitlines()[-1].partition(" in ")[0]

    assert collected() == "7 passed, 7 deselected"
    assert collected("--every-row") == "14 passed"
    assert collected("test_it.py::test_long[5]") == "1 passed"
    assert collected("-k", "test_long and 7") == "1 passed, 13 deselected"
