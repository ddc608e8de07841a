"""``bncheck completion SHELL``: a script by which a shell completes what is typed."""

from __future__ import annotations

import argparse
from typing import Any

from bncheck.cli import streams
from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError

NAME = "completion"

SHELLS = ("bash", "zsh", "tcsh")

# what the arguments of commands are, by how the help names them
_FILES = ("FILE", "FILE|FORMULA", "NOTES", "REPORT.json", "TARGET", "A", "B")
_FOLDERS = ("DIR",)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Print a script by which a shell completes commands, options, files, and the "
        "names of laws, deviations and conventions. It is made by shtab: pip install "
        "'bncheck[completion]'.",
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell that reads it")
    # this mapping still grows, by the commands that are added after this one
    parser.set_defaults(commands=subparsers.choices)


def run(args: argparse.Namespace) -> int:
    """Print the script. Raises UsageError where shtab is not installed."""
    try:
        import shtab
    except ModuleNotFoundError:
        raise UsageError(
            "the script is made by shtab, which is not installed; "
            "install it with pip install 'shtab>=1.7'"
        ) from None
    for command, parser in args.commands.items():
        for action in parser._actions:
            if action.metavar == "COMMAND":
                action.choices = list(args.commands)
            _tell(command, action, shtab.FILE, shtab.DIRECTORY)
    script: str = shtab.complete(args.whole, shell=args.shell)
    streams.emit(f"{script.rstrip()}\n")
    return 0


def _tell(command: str, action: Any, file: object, folder: object) -> None:
    """Note at an argument what it may be completed to: shtab reads it there."""
    if action.metavar in _FILES:
        action.complete = file
    elif action.metavar in _FOLDERS:
        action.complete = folder
    elif action.choices is None:
        action.choices = _names(command, action.dest) or None


def _names(command: str, name: str) -> list[str]:
    """Return what an argument may be called, where it is one of a known list."""
    from bncheck.cli.explain import meanings
    from bncheck.deviations import DEVIATIONS
    from bncheck.engine.options import BUDGETS
    from bncheck.laws import LAWS
    from bncheck.model.formats import FORMATS
    from bncheck.model.keys import KEYS
    from bncheck.model.norm import NORMS
    from bncheck.reports import FORMATS as REPORTS
    from bncheck.symbolic.library import stems
    from bncheck.targets.profiles import PROFILES

    if name == "names" and command != "deviations":
        return stems()
    if command == "explain":
        return list(dict.fromkeys(meaning.names[0] for meaning in meanings()))
    known = {
        "laws": [law.id for law in LAWS],
        "ids": [law.id for law in LAWS],
        "names": [deviation.name for deviation in DEVIATIONS],
        "keys": KEYS,
        "dtype": FORMATS,
        "format": REPORTS,
        "budget": BUDGETS,
        "profile": PROFILES,
        "norm": NORMS,
    }
    return list(known.get(name, ()))
