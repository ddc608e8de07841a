"""Files that have the name of a module of Python's own library, beside a target."""

import pytest
from command import bncheck, doing

from bncheck.targets.common.shadows import beside, hint

FEW = ("--budget", "quick", "--dtype", "float32", "--laws", "F00")


@pytest.mark.rows(7)
@pytest.mark.parametrize(
    "name", ["json", "random", "types", "resource", "numpy", "queue", "statistics", "scipy", "mmap"]
)
@pytest.mark.parametrize("where", ["beside", "working folder"])
def test_such_a_file_breaks_nothing(name, where, tmp_path):
    folder = tmp_path if where == "beside" else tmp_path / "inner"
    folder.mkdir(exist_ok=True)
    (folder / "bn.py").write_text(doing("pass"), encoding="utf-8")
    (tmp_path / f"{name}.py").write_text("def limits(): return 3\n", encoding="utf-8")
    target = (folder / "bn.py").relative_to(tmp_path)
    done = bncheck("verify", target, *FEW, folder=tmp_path)
    assert (done.code, done.err) == (0, "")


def test_one_that_the_target_asks_for_is_told(tmp_path):
    (tmp_path / "resource.py").write_text("def limits(): return 3\n", encoding="utf-8")
    (tmp_path / "bn.py").write_text("from resource import limits\n", encoding="utf-8")
    done = bncheck("verify", "bn.py", *FEW, folder=tmp_path)
    assert done.code == 2
    assert "resource.py in " in done.err
    assert done.err.endswith("one is taken for the other: rename it\n")


def test_one_that_hides_what_others_import_is_told_or_does_no_harm(tmp_path):
    (tmp_path / "sched.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "bn.py").write_text("from sched import scheduler\n", encoding="utf-8")
    done = bncheck("verify", "bn.py", *FEW, folder=tmp_path)
    assert done.code == 2
    assert "sched.py" in done.err
    assert "module of Python's own library" in done.err


def test_what_counts(tmp_path):
    for name in ("json.py", "mine.py", "random.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "queue").mkdir()
    (tmp_path / "queue" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "types").mkdir()
    assert sorted(beside([tmp_path, tmp_path / "nowhere"])) == ["json", "queue"]
    assert hint([tmp_path], "No module named 'json.decoder'").startswith("; json.py in ")
    assert hint([tmp_path], "No module named 'mine'") == ""
