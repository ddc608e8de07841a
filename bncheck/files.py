"""Files of users and strangers: read within limits, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError

# where bncheck keeps what it makes by itself, in the working folder
OWN_FOLDER = Path(".bncheck")
# names of a folder that are looked at for one that was meant
_MOST_NAMES = 1000
_DEVICES = ("/dev/", "/proc/")
# A key of many parts takes time with the square of them, and a kilobyte for each; no file of
# ours has more than two.
_DEEP_KEY = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*){8}"""
)


def instead(path: Path) -> str:
    """Say which file of its kind there is where one that is asked for is not: ends a sentence."""
    if not path.parent.is_dir():
        return f"; there is no folder {path.parent}"
    found = sorted(each.name for each in islice(path.parent.glob(f"*{path.suffix}"), _MOST_NAMES))
    near = get_close_matches(path.name, found, n=1)
    if near:
        return f"; did you mean {path.parent / near[0]}?"
    if not path.suffix:
        return ""
    where = "this folder" if path.parent == Path() else str(path.parent)
    return f"; {where} has {', '.join(found[:3]) or f'no *{path.suffix}'}"


def read_bytes(path: Path, most: int) -> bytes:
    """Read a regular file of at most ``most`` bytes; links are followed.

    Raises UsageError for one that is missing or too large, and for folders, pipes and devices,
    from which one could read for ever.
    """
    try:
        # opened without waiting: a pipe that nobody writes to would keep us
        opened = os.open(path, os.O_RDONLY | _flag("O_NONBLOCK") | _flag("O_BINARY"))
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist{instead(path)}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {_why(error)}") from None
    with os.fdopen(opened, "rb", closefd=True) if _is_file(opened) else _closing(opened) as file:
        if file is None:
            raise UsageError(f"{path} is a folder, a pipe or a device, but should be a file")
        try:
            content = file.read(most + 1)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {_why(error)}") from None
    if len(content) > most:
        raise UsageError(f"{path} is too large: at most {most:,} bytes are read of such a file")
    return content


def read_text(path: Path, most: int) -> str:
    """Read a regular file of at most ``most`` bytes as UTF-8.

    Raises UsageError as `read_bytes` does, and for what is no UTF-8.
    """
    try:
        return read_bytes(path, most).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start + 1} cannot be decoded") from None


def read_toml(path: Path, most: int) -> dict[str, Any]:
    """Read a TOML file of at most ``most`` bytes, in time and memory that grow as it does.

    Raises UsageError as `read_text` does, and for what is no TOML or is nested deeply.
    """
    text = read_text(path, most)
    if deep := _DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise UsageError(f"{path} has too many names with dots between them in line {line}")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{path} cannot be read as TOML: it is nested too deeply") from None
    except ValueError as error:  # also for integers that Python does not read
        raise UsageError(f"{path} cannot be read as TOML: {error}") from None


def is_stream(path: Path) -> bool:
    """Whether what is written there goes somewhere at once: a device, or a pipe."""
    if str(path.absolute()).startswith(_DEVICES):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


def check_writable(path: Path, what: str) -> None:
    """Try whether a file can be written, and leave nothing behind.

    what: what is going to be written, as the start of a sentence

    Raises UsageError with the reason why not.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{what} cannot be written to {str(path)!r}, which is a folder")
        if not path.parent.is_dir():
            raise UsageError(f"{what}'s folder {str(path.parent)!r} does not exist; make it first")
        if is_stream(path):
            return  # to open it would be the beginning of writing
        try:
            os.close(os.open(path, os.O_WRONLY))
        except FileNotFoundError:
            beside = _beside(Path(os.path.realpath(path)))
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            beside.unlink()
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} cannot be written to {str(path)!r}: {_why(error)}") from None


def write(path: Path, content: bytes) -> None:
    """Write a file so that there is the old one or the whole new one at any moment.

    Links are followed. Devices, and files whose folder takes no new ones, are written in place.

    Raises OSError where it cannot be written; what was there is then kept.
    """
    if is_stream(path):
        # without waiting: nobody may ever read from a pipe
        opened = os.open(path, os.O_WRONLY | os.O_TRUNC | _flag("O_NONBLOCK") | _flag("O_BINARY"))
        with os.fdopen(opened, "wb") as file:
            if hasattr(os, "set_blocking"):
                os.set_blocking(opened, True)
            file.write(content)
        return
    path = Path(os.path.realpath(path))
    beside = _beside(path)
    try:
        try:
            opened = os.open(
                beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _flag("O_BINARY"), 0o666
            )
        except PermissionError:
            path.write_bytes(content)
            return
        with os.fdopen(opened, "wb") as file:
            file.write(content)
        with contextlib.suppress(OSError):  # there was none before
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def make_ignored(folder: Path) -> None:
    """Make a folder that git ignores, unless it is there: then it stays as it is.

    Raises OSError where it cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        return
    with contextlib.suppress(OSError):  # it is a service, and what comes into the folder counts
        (folder / ".gitignore").write_text("*\n", encoding="ascii")


def _beside(path: Path) -> Path:
    return path.with_name(f".bncheck-{secrets.token_hex(6)}.tmp")


def _is_file(opened: int) -> bool:
    return stat.S_ISREG(os.fstat(opened).st_mode)


@contextlib.contextmanager
def _closing(opened: int) -> Iterator[None]:
    try:
        yield None
    finally:
        os.close(opened)


def _flag(name: str) -> int:
    flag: int = getattr(os, name, 0)  # not every system has each
    return flag


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
