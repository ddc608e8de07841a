"""Digests of files: taken over only where the content cannot have changed."""

import json
import os

import pytest

from bncheck.engine.resuming import digests
from bncheck.engine.resuming.digests import ABSENT, FOLDER, UNREADABLE, Digests

OLD = 10**9


@pytest.fixture
def settled(monkeypatch):
    """Files that were just written count as left alone for long."""
    monkeypatch.setattr(digests, "_SETTLED", -(10**12))


@pytest.fixture
def reads(monkeypatch):
    """What was hashed."""
    seen = []
    whole = digests.hashlib.file_digest
    monkeypatch.setattr(
        digests.hashlib,
        "file_digest",
        lambda file, kind: seen.append(file.name) or whole(file, kind),
    )
    return seen


def of(folder, path):
    known = Digests(folder)
    digest = known.of(str(path))
    known.save()
    return digest


def test_a_file_is_read_once(tmp_path, settled, reads):
    path = tmp_path / "x"
    path.write_text("a")
    assert of(tmp_path, path) == of(tmp_path, path)
    assert len(reads) == 1


def test_a_change_with_the_old_time_and_size_is_seen(tmp_path, settled):
    path = tmp_path / "x"
    path.write_text("a")
    before = of(tmp_path, path)
    state = path.stat()
    path.write_text("b")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert path.stat().st_mtime_ns == state.st_mtime_ns
    assert of(tmp_path, path) != before


def test_what_is_young_is_read_again(tmp_path, reads):
    path = tmp_path / "x"
    path.write_text("a")
    of(tmp_path, path)
    of(tmp_path, path)
    assert len(reads) == 2


def test_what_is_no_file_has_a_word(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    known = Digests(tmp_path)
    assert known.of(str(tmp_path / "none")) == ABSENT
    assert known.of(str(tmp_path)) == FOLDER
    assert known.of(str(tmp_path / "pipe")) == UNREADABLE
    assert known.of("\0") == UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "garbage", '{"schema": "bncheck/digests/2", "files": {}}', "[" * 10**5),
        json.dumps({"schema": digests.SCHEMA, "files": {"x": [1], "y": "z", "q": [1] * 6}}),
        json.dumps({"schema": digests.SCHEMA, "files": []}),
    ],
)
def test_garbage_is_left(text, tmp_path, settled):
    (tmp_path / digests.FILE).write_text(text)
    path = tmp_path / "x"
    path.write_text("a")
    assert of(tmp_path, path) == of(tmp_path, path)
