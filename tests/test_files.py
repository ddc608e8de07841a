"""Files that are read within limits, and written whole or not at all."""

import os
import stat

import pytest

from bncheck import files
from bncheck.errors import UsageError

no_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")


def test_what_is_read(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"a\r\n\xce\xb2")
    (tmp_path / "link").symlink_to(path)
    for each in (path, tmp_path / "link"):
        assert files.read_text(each, 5) == "a\nβ"
    with pytest.raises(UsageError, match="is too large: at most 4 bytes"):
        files.read_bytes(path, 4)
    path.write_bytes(b"ab\xff")
    with pytest.raises(UsageError, match="is not UTF-8: byte 3"):
        files.read_text(path, 9)


@pytest.mark.parametrize("name", ["none", "a/b", "loop", "\0", "x" * 5000])
def test_what_cannot_be_read(name, tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UsageError):
        files.read_bytes(tmp_path / name, 9)


@no_pipes
@pytest.mark.parametrize("place", ["pipe", ".", "/dev/zero", "/dev/null"])
def test_pipes_and_devices_are_not_read(place, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is a folder, a pipe or a device"):
        files.read_bytes(tmp_path / place, 9)


def test_a_file_is_written_whole(tmp_path):
    path = tmp_path / "f"
    files.write(path, b"one")
    files.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


@pytest.mark.skipif(os.name != "posix", reason="needs permissions")
def test_permissions_are_kept(tmp_path):
    path = tmp_path / "f"
    path.touch(mode=0o640)
    files.write(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "new", b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_links_stay(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    for name, to in (("link", "real"), ("new", "other")):
        (tmp_path / name).symlink_to(to)
        files.write(tmp_path / name, b"new")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / to).read_bytes() == b"new"


def test_what_was_there_is_kept_where_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_folder_that_takes_no_new_files(tmp_path, monkeypatch):
    """As a file that a container was given: it can be written, but not replaced."""
    path = tmp_path / "f"
    path.write_bytes(b"old")
    opening = os.open

    def refusing(where, flags, *mode, **more):
        if str(where).endswith(".tmp"):
            raise PermissionError(13, "Permission denied")
        return opening(where, flags, *mode, **more)

    monkeypatch.setattr(os, "open", refusing)
    files.check_writable(path, "the report")
    files.write(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(UsageError, match=r"the report cannot be written to .*: Permission denied"):
        files.check_writable(tmp_path / "other", "the report")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "which is a folder"),
        ("no/such/f", "'s folder .* does not exist; make it first"),
        ("file/f", "'s folder .* does not exist; make it first"),
        ("loop", "cannot be written"),
        ("x" * 5000, "cannot be written"),
        ("a\0b", "cannot be written"),
    ],
)
def test_places_are_tried(name, says, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UsageError, match=says):
        files.check_writable(tmp_path / name, "the report")


def test_to_try_a_place_leaves_nothing_and_changes_nothing(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    files.check_writable(path, "the report")
    files.check_writable(tmp_path / "new", "the report")
    assert ([p.name for p in tmp_path.iterdir()], path.read_bytes()) == (["f"], b"old")


@no_pipes
def test_a_pipe_can_be_written(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    files.check_writable(pipe, "the report")
    with pytest.raises(OSError, match="No such device or address"):
        files.write(pipe, b"nobody reads it")
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write(pipe, b"told")
    assert os.read(reading, 9) == b"told"
    os.close(reading)


def test_a_folder_that_git_ignores(tmp_path):
    folder = tmp_path / "deep" / "folder"
    files.make_ignored(folder)
    assert [p.name for p in folder.iterdir()] == [".gitignore"]
    (folder / ".gitignore").write_text("theirs")
    files.make_ignored(folder)
    assert (folder / ".gitignore").read_text() == "theirs"
    (tmp_path / "file").touch()
    for inside in ("", "deep", "deep/er"):
        with pytest.raises(OSError):  # noqa: PT011 # which one is the system's affair
            files.make_ignored(tmp_path / "file" / inside)
    assert (tmp_path / "file").is_file()
