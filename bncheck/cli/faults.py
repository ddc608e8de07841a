"""What happens when bncheck itself is at fault: one sentence, and the traceback in a file."""

from __future__ import annotations

import platform
import shlex
import textwrap
import traceback
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from bncheck import files
from bncheck.cli.streams import complain
from bncheck.version import __version__


def report_fault(error: Exception, argv: Sequence[str], folder: Path = files.OWN_FOLDER) -> None:
    """Save the traceback under ``folder`` and say on standard error where it is."""
    told = textwrap.shorten("".join(traceback.format_exception_only(error)), 300)
    try:
        where = f"the traceback is in {_save(error, argv, folder)}; please report it"
    except OSError as refused:
        where = f"the traceback could not be saved: {refused}"
    complain(f"a fault of bncheck itself: {told} ({where})")


def _save(error: Exception, argv: Sequence[str], folder: Path) -> Path:
    text = "\n".join(
        [
            f"bncheck {__version__}, python {platform.python_version()}, {platform.platform()}",
            shlex.join(["bncheck", *argv]),
            "",
            "".join(traceback.format_exception(error)),
        ]
    ).encode("utf-8", "backslashreplace")
    # the name is a digest: the same fault again makes no second file, another one does
    path = folder / f"fault-{sha256(text).hexdigest()[:12]}.txt"
    files.make_ignored(folder)
    files.write(path, text)
    return path
