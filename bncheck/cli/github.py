"""On GitHub: annotations beside the text, and a job's summary, where nothing else is asked for.

What GitHub is asked by is its environment; only the command line reads that.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck import files
from bncheck.cli import streams

if TYPE_CHECKING:
    from bncheck.model import Outcome

_SUMMARY = "GITHUB_STEP_SUMMARY"
# bytes: with less room than this in the file, nothing is added
_LEAST = 4096


def is_here() -> bool:
    """Whether this is a step of a job on GitHub."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotates(formats: Sequence[str], output: Path | None) -> bool:
    """Whether annotations are shown: on GitHub, where no format is named for standard output.

    formats: as they were given, NAME or NAME=FILE; output: the file that is in its place
    """
    return is_here() and output is None and all("=" in each for each in formats)


def guarded(text: str) -> str:
    """Return a text of which no line is a command to GitHub's runner, where it is here."""
    if not is_here():
        return text
    from bncheck.reports.github import harmless

    return harmless(text)


def tell(
    outcomes: Sequence[Outcome], wanted: Sequence[tuple[str, Path | None]], *, beside: bool
) -> None:
    """Annotate, and write the summary, where annotations are shown.

    wanted: where the reports went; beside: annotations are shown beside what went there
    """
    if beside:
        from bncheck.reports import github

        streams.emit(github.render_several(outcomes))
    if is_here() and (beside or ("github", None) in wanted):
        _summarise(outcomes)


def _summarise(outcomes: Sequence[Outcome]) -> None:
    """Add to the summary of the step; it changes no exit code where that cannot be done."""
    from bncheck.reports import markdown

    path = Path(os.environ.get(_SUMMARY, ""))
    if path == Path() or files.is_stream(path):
        return
    try:
        room = markdown.MOST_BYTES - (path.stat().st_size if path.exists() else 0)
        if room < _LEAST:
            return
        with path.open("ab") as file:
            file.write(markdown.render_several(outcomes, most=room).encode("utf-8"))
    except OSError as error:
        streams.complain(f"the summary of the job cannot be written to {path}: {error.strerror}")
