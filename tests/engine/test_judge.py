"""What a crash or a hang says about laws, and what it does not."""

import json

import pytest
from command import bncheck, doing


def verified(folder, source, *laws):
    folder.mkdir()
    (folder / "bn.py").write_text(source, encoding="utf-8")
    words = [word for law in laws for word in ("--laws", law)]
    options = ("--budget", "quick", "--dtype", "float32", "--timeout", "1", *words)
    done = bncheck("verify", "bn.py", *options, "--format", "json=r.json", folder=folder)
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return done.code, {f["law"]: f for f in report["findings"]}


@pytest.mark.parametrize("does", ["import os; os.abort()", "import time; time.sleep(99)"])
def test_laws_that_are_skipped_anyway_stay_skipped(does, tmp_path):
    few = ("F0*", "P*", "B0*")
    _, quiet = verified(tmp_path / "quiet", doing("pass"), *few)
    code, found = verified(tmp_path / "dies", doing(f"if x.shape[0] == 7: {does}"), *few)
    assert code == 1
    assert found["P07"]["verdict"] == "error"
    skipped = {law for law, f in quiet.items() if f["verdict"] == "skipped"}
    assert skipped
    assert {law for law in skipped if found[law]["verdict"] != "skipped"} == set()
    assert {law for law, f in found.items() if f["verdict"] == "error"} == {"P07"}


def test_a_crash_on_some_cases_is_told_without_the_law_about_crashes(tmp_path):
    code, found = verified(
        tmp_path / "x", doing("if x.shape[0] == 7: import os; os.abort()"), "F00"
    )
    assert (code, found["F00"]["verdict"]) == (1, "error")
    assert found["F00"]["reason"].startswith("the process ended by SIGABRT")


def test_laws_that_no_case_came_to_are_not_blamed(tmp_path):
    code, found = verified(tmp_path / "x", doing("import os; os.abort()"), "F0*", "P07", "I*")
    assert (code, found["F00"]["verdict"]) == (1, "error")
    late = [f for f in found.values() if "before a case came to it" in f["reason"]]
    assert all(f["verdict"] == "skipped" for f in late)
