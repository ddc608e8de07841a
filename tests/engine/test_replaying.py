"""Saved cases that are run again: what came out, what is imported, and what is not judged."""

import json
import math
import shlex
from pathlib import Path

import pytest
from command import bncheck, doing, verify

from bncheck import api
from bncheck.cases import Recipe, Values
from bncheck.engine import replay
from bncheck.engine.saved import Saved, save
from bncheck.errors import UsageError
from bncheck.model import Counterexample


def test_a_counterexample_is_saved_and_replayed(tmp_path):
    done = verify(tmp_path, doing("x = x + x"), "--laws", "F00")
    file = done.finding("F00")["case"]["file"]
    assert f"   bncheck replay {file}\n" in done.out
    assert not (tmp_path / ".hypothesis").exists()
    again = bncheck("replay", file, folder=tmp_path)
    assert (again.code, again.out.split("\n")[0], again.err) == (1, "STILL FAILS", "")
    (tmp_path / "bn.py").write_text(doing("pass"))
    fixed = bncheck("replay", file, folder=tmp_path)
    assert (fixed.code, fixed.out.split("\n")[0]) == (0, "FIXED")
    (tmp_path / "bn.py").write_text(doing("import os; os._exit(5)"))
    lost = bncheck("replay", file, folder=tmp_path)
    assert (lost.code, lost.out) == (
        1,
        "STILL FAILS\ntarget bn.py\nthe process ended with exit code 5\n",
    )
    (tmp_path / "bn.py").unlink()
    gone = bncheck("replay", file, folder=tmp_path)
    assert (gone.code, gone.out.split("\n")[0]) == (2, "ERROR")


def test_a_moved_folder(tmp_path):
    """Its files are replayed by the command that a counterexample tells, and by no shorter one."""
    done = verify(tmp_path, doing("x = x + x"), "--laws", "F00", "--save", "my cases")
    file = done.finding("F00")["case"]["file"]
    assert file.startswith("my cases/F00-float32-")
    assert (tmp_path / "my cases" / ".gitignore").exists()
    assert not (tmp_path / ".bncheck").exists()
    assert "write --trust if that is meant" in bncheck("replay", file, folder=tmp_path).err
    program, *words = shlex.split(Counterexample("", {}, file=file, target="bn.py").replay)
    again = bncheck(*words, folder=tmp_path)
    assert (program, again.code, again.out.split("\n")[0]) == ("bncheck", 1, "STILL FAILS")


@pytest.mark.parametrize(
    ("folder", "named"),
    [(".bncheck", False), ("./.bncheck", False), ("cases", True), ("cases/.bncheck", True)],
)
def test_the_target_is_named_where_its_folder_is_not_trusted(folder, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bn.py").write_text(doing("x = x + x"))
    report = api.verify("bn.py", budget="quick", laws=["F00"], dtypes=["float32"], save=folder)
    (case,) = (f.case for f in report.findings)
    assert case.replay == f"bncheck replay {case.file}" + " --target bn.py" * named


def test_what_cannot_be_saved_is_told_once_and_shown(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "bn").write_text("a file, where a folder should be")
    wrong = doing("x = x + x")
    done = verify(
        tmp_path, wrong, "--laws", "F00", "--laws", "F02", "--save", "cases/bn/deep", "-v"
    )
    assert (done.code, done.finding("F00")["verdict"]) == (1, "fails")
    assert done.out.count("counterexamples could not be saved in cases/bn/deep") == 1
    assert (done.finding("F00")["case"]["file"], done.err) == ("", "")
    assert "x=np.array(" in done.out


def test_a_save_that_is_no_folder(tmp_path):
    done = verify(tmp_path, doing("pass"), "--laws", "F00", "--save", "bn.py")
    assert (done.code, done.out) == (2, "")
    assert "save='bn.py', but should be a folder, or one that can be made" in done.err


def saved_case(folder, **changes):
    path = Path(save(folder, Saved("bn.py", "F00", "float32", Recipe(shape=(2, 1)))))
    data = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps(data))
    return path


def test_a_law_that_no_longer_exists(tmp_path):
    again = replay(saved_case(tmp_path, law="Z99"), trust=True)
    assert again.status == "ERROR"
    assert again.text.startswith("law Z99 of ")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"schema": "other/1"}, "does not say 'bncheck/case/1'"),
        ({"target": 3}, "has target=3, but should have a text there"),
        ({"law": ""}, "has law='', but should have a text there"),
        ({"profile": 3}, "has profile=3"),
        ({"recipe": 3}, "malformed recipe: recipe=3, but should be a mapping"),
        ({"recipe": {"shape": [1 << 40, 1]}}, "has more than 67108864 values"),
        ({"recipe": {"x": {"digits": [math.inf]}}}, "digits has the entry inf"),
        ({"recipe": {"gamma": [10**400]}}, "gamma has the entry an integer of 1329 bits"),
        ({"recipe": {"__class__": "os.system"}}, "recipe has the unknown entry '__class__'"),
    ],
)
def test_a_malformed_saved_case_is_refused(changes, told, tmp_path):
    path = saved_case(tmp_path, **changes)
    with pytest.raises(UsageError) as raised:
        replay(path)
    assert told in str(raised.value)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be read as a saved counterexample"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "cannot be read as a saved counterexample"),
        (b"[]", "is no saved counterexample"),
        (b'{"schema": ' + b"1" * 5000 + b"}", "cannot be read as a saved counterexample"),
        (b" " * (1 << 23), "is too large"),
        (b"\x80\x04\x95cos\nsystem\n", "is not UTF-8"),
    ],
)
def test_what_is_no_saved_case_is_refused(content, told, tmp_path):
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        replay(path)


def test_a_replay_of_what_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        replay(tmp_path / "none.json")


# -- what is imported --------------------------------------------------------------------------

SAYS = "print('imported'); open(__file__ + '.imported', 'w').close()\n" + doing("pass")


def elsewhere(folder, recipe=Recipe(shape=(2, 1)), law="F00", dtype="float32", target="bn.py"):  # noqa: B008 # frozen
    """A case that is not in the folder of saved cases, and its target."""
    (folder / "bn.py").write_text(SAYS)
    return save(folder / "elsewhere", Saved(target, law, dtype, recipe))


def test_a_file_from_elsewhere_imports_nothing(tmp_path):
    done = bncheck("replay", elsewhere(tmp_path), folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "running it imports 'bn.py'; write --trust if that is meant" in done.err
    assert not (tmp_path / "bn.py.imported").exists()


@pytest.mark.parametrize("words", [["--trust"], ["--target", "bn.py"]])
def test_a_file_from_elsewhere_that_is_trusted(words, tmp_path):
    done = bncheck("replay", elsewhere(tmp_path), *words, folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("FIXED\ntarget bn.py\n")


def test_a_link_in_the_folder_of_saved_cases_is_from_elsewhere(tmp_path):
    file = elsewhere(tmp_path)
    (tmp_path / ".bncheck").mkdir()
    (tmp_path / ".bncheck" / "case.json").symlink_to(file)
    done = bncheck("replay", ".bncheck/case.json", folder=tmp_path)
    assert (done.code, (tmp_path / "bn.py.imported").exists()) == (2, False)


def test_another_target_is_named(tmp_path):
    file = elsewhere(tmp_path, target="/does/not/exist.py")
    done = bncheck("replay", file, "--target", "bn.py", folder=tmp_path)
    assert (done.code, done.out.split("\n")[:2]) == (0, ["FIXED", "target bn.py"])


def test_escapes_of_a_file_are_shown(tmp_path):
    file = elsewhere(tmp_path, target="\x1b[31mred.py\u202e")
    for words in ([], ["--trust"]):
        done = bncheck("replay", file, *words, folder=tmp_path)
        assert done.code == 2
        assert not {"\x1b", "\u202e"} & {*done.out, *done.err}


# -- what is not judged ------------------------------------------------------------------------


NOT_JUDGED = {
    "every bound is infinite": ({"recipe": Recipe(x=Values(scale=(2000,)))}, "nothing was judged"),
    "a law that it has no ability for": ({"law": "B01"}, "the target has no backward"),
    "half precision": ({"dtype": "float16"}, "is tried only where the target promises it"),
    "other parameters": (
        {"recipe": Recipe(shape=(2, 1), parameters="float64")},
        "its parameters are float32, not float64",
    ),
}


@pytest.mark.parametrize("name", NOT_JUDGED)
def test_what_is_not_judged_is_not_fixed(name, tmp_path):
    changes, says = NOT_JUDGED[name]
    if "dtype" in changes:
        changes = {**changes, "recipe": Recipe(shape=(2, 1), dtype=changes["dtype"])}
    file = elsewhere(tmp_path, **changes)
    again = replay(Path(file), target=tmp_path / "bn.py")
    assert (again.status, says in again.text) == ("ERROR", True)
