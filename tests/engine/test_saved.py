"""Saved cases that were changed by somebody: read, or refused in one sentence; never a fault."""

import copy
import errno
import json
import math
import os

import pytest

from bncheck.cases import Recipe, Values, build
from bncheck.engine import room, saved
from bncheck.errors import UsageError
from bncheck.laws import LAWS
from bncheck.model.formats import FORMATS

VALID = {
    "schema": saved.SCHEMA,
    "target": "bn.py",
    "law": "F00",
    "dtype": "float32",
    "profile": None,
    "recipe": json.loads(json.dumps(Recipe(shape=(2, 1), special=((0, 0, "nan"),)).plain())),
}
# built so that whoever reads it recurses
DEEP = "[" * 10_000 + "]" * 10_000
VALUES = {
    "null": None,
    "list": [],
    "list of lists": [[[1]]],
    "table": {"a": 1},
    "text": "",
    "escapes": "\x1b[31m\x07\u202e",
    "zero byte": "a\0b",
    "long": "a" * 100_000,
    "true": True,
    "huge": 10**300,
    "huger": 1e308,
    "nan": math.nan,
    "inf": math.inf,
    "negative": -1,
    "entries": [-(10**9)],
    "two": [1e300, 1e300],
    "surrogate": "\ud800",
}


def places(data, at=()):
    """Yield where each value of nested tables is."""
    for key, value in data.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from places(value, (*at, key))


def changed(at, change):
    data = copy.deepcopy(VALID)
    table = data
    for key in at[:-1]:
        table = table[key]
    change(table, at[-1])
    return json.dumps(data)


def read(path):
    """Read a case, and build it where that is possible; whatever it is, this ends soon."""
    try:
        case = saved.read(path)
        room.check(case.recipe)
    except UsageError as error:
        text = str(error)
        assert len(text) < 1000
        return text
    if case.recipe.size <= 1 << 12:
        build(case.recipe)
    return ""


PLACES = list(places(VALID))
NAMES = [".".join(at) for at in PLACES]


def test_what_is_valid_is_read(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(VALID))
    assert read(path) == ""


@pytest.mark.parametrize("at", PLACES, ids=NAMES)
def test_each_key_is_left_out(at, tmp_path):
    path = tmp_path / "case.json"
    path.write_text(changed(at, lambda table, key: table.pop(key)))
    told = read(path)
    if at[0] not in ("profile", "recipe"):
        assert told


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("at", PLACES, ids=NAMES)
def test_each_value_is_another(at, kind, tmp_path):
    path = tmp_path / "case.json"
    path.write_text(changed(at, lambda table, key: table.__setitem__(key, VALUES[kind])))
    told = read(path)
    if at in (("schema",), ("law",), ("dtype",)) and kind not in ("escapes", "surrogate"):
        assert told or at == ("law",)


@pytest.mark.parametrize("at", PLACES, ids=NAMES)
def test_each_value_is_deep_or_long(at, tmp_path):
    path = tmp_path / "case.json"
    text = changed(at, lambda table, key: table.__setitem__(key, "@"))
    for value in (DEEP, "9" * 10_000, "1e99999", '{"a":' * 900 + "1" + "}" * 900):
        path.write_text(text.replace('"@"', value))
        told = read(path)
        assert told or value == "1e99999"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cannot be read as a saved counterexample"),
        (b"\xff\xfe", "is not UTF-8: byte 1"),
        (b"null", "is no saved counterexample"),
        (b"[]", "is no saved counterexample"),
        (b'"bncheck/case/1"', "is no saved counterexample"),
        (b"NaN", "is no saved counterexample"),
        (DEEP.encode(), "cannot be read as a saved counterexample"),
        (b" " * (1 << 22) + b"{}", "is too large: at most 4,194,304 bytes"),
        (b"\x80\x04K\x01.", "is not UTF-8"),
    ],
)
def test_what_is_no_case(content, says, tmp_path):
    path = tmp_path / "case.json"
    path.write_bytes(content)
    assert says in read(path)


def test_what_is_no_file(tmp_path):
    assert "does not exist" in read(tmp_path / "none.json")
    assert "a folder" in read(tmp_path) or "cannot be read" in read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")
        assert "a folder, a pipe or a device" in read(tmp_path / "pipe.json")
        (tmp_path / "link.json").symlink_to("/dev/zero")
        assert "a folder, a pipe or a device" in read(tmp_path / "link.json")


@pytest.mark.parametrize("shape", [(1 << 26, 1), (1 << 24, 2), (1 << 13, 1, 1 << 13)])
def test_a_case_that_there_is_no_memory_to_judge(shape, tmp_path):
    path = tmp_path / "case.json"
    data = copy.deepcopy(VALID)
    data["recipe"]["shape"] = shape
    path.write_text(json.dumps(data))
    assert "judging them may take" in read(path)


def test_the_largest_layers_of_networks_have_room(monkeypatch):
    monkeypatch.setattr(room, "there_is", lambda: 8 << 30)
    room.check(Recipe(shape=(32, 64, 112, 112)))


def test_what_is_saved_is_read_again(tmp_path):
    recipe = Recipe(shape=(3, 2), x=Values(digits=(1, 2, 3)))
    case = saved.Saved("bn.py", "F00", "float32", recipe, "torch")
    folder = tmp_path / "deep" / "folder"
    path = saved.save(folder, case)
    assert saved.read(saved.Path(path)) == case
    assert {p.name for p in folder.iterdir()} == {path.rpartition("/")[2], ".gitignore"}
    assert (folder / ".gitignore").read_text() == "*\n"
    assert not (folder.parent / ".gitignore").exists()


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    case = saved.Saved("bn.py", "F00", "float32", Recipe(shape=(2, 1)))
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / ".gitignore").write_text("fault-*\n")
    for folder in ("theirs", "ours"):
        saved.save(tmp_path / folder, case)
    assert not (tmp_path / "theirs" / ".gitignore").exists()
    assert (tmp_path / "ours" / ".gitignore").read_text() == "fault-*\n"


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch):
    case = saved.Saved("bn.py", "F00", "float32", Recipe(shape=(2, 1)))
    path = saved.Path(saved.save(tmp_path, case))
    monkeypatch.setattr("bncheck.files.write", full)
    assert saved.save(tmp_path, case) == path.as_posix()  # it is there already
    with pytest.raises(OSError, match="No space left"):
        saved.save(tmp_path, saved.Saved("other.py", "F00", "float32", case.recipe))
    assert [p for p in tmp_path.iterdir() if p.suffix == ".json"] == [path]
    assert saved.read(path) == case


def numbered(folder, count):
    """Write files as bncheck calls its own, the first the oldest."""
    folder.mkdir(exist_ok=True)
    names = [f"F{n % 30:02}-float32-{n:08x}.json" for n in range(count)]
    for age, name in enumerate(names):
        (folder / name).write_text("{}")
        os.utime(folder / name, (1_000_000 + age, 1_000_000 + age))
    return names


def test_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "KEPT", 5)
    names = numbered(tmp_path, 8)
    saved.prune(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names[3:])


def test_two_hundred_are_kept(tmp_path):
    names = numbered(tmp_path, saved.KEPT + 3)
    saved.prune(tmp_path)
    assert (saved.KEPT, len(names[3:])) == (200, 200)
    assert {p.name for p in tmp_path.iterdir()} == set(names[3:])


def test_those_of_this_run_are_kept_however_many_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "KEPT", 2)
    names = numbered(tmp_path, 5)
    saved.prune(tmp_path, {(tmp_path / names[0]).as_posix()})
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([names[0], *names[3:]])


THEIRS = (
    "fault-0123456789ab.txt",
    "notes.json",
    "F00-float32.json",
    "F00-float32-0000000g.json",
    "my-F00-float32-00000000.json",
    "F00-float32-00000000.json.bak",
    "f00-float32-00000000.json",
    ".gitignore",
)


def test_what_is_not_bncheck_s_own_is_never_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "KEPT", 0)
    (tmp_path / "B00-float32-00000000.json").mkdir()
    (tmp_path / "elsewhere.json").write_text("{}")
    for name in THEIRS:
        (tmp_path / name).write_text("theirs")
    (tmp_path / "B01-float32-00000000.json").symlink_to(tmp_path / "elsewhere.json")
    there = {p.name for p in tmp_path.iterdir()}
    numbered(tmp_path, 3)
    saved.prune(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == there


@pytest.mark.parametrize("law", LAWS, ids=[law.id for law in LAWS])
def test_every_law_s_files_are_its_own(law, tmp_path, monkeypatch):
    monkeypatch.setattr(saved, "KEPT", 0)
    for dtype in FORMATS:
        saved.save(tmp_path, saved.Saved("bn.py", law.id, dtype, Recipe(shape=(2, 1), dtype=dtype)))
    assert len(list(tmp_path.iterdir())) == len(FORMATS)
    saved.prune(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_none_to_prune(tmp_path):
    saved.prune(tmp_path / "gone")
