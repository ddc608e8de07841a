"""The parser of the command line, light and without effects: help, completion and pages read it.

A command is one module with ``NAME``, ``add(subparsers)`` and ``run(args) -> int``; to add one,
write it and put it into `COMMANDS`.
"""

from __future__ import annotations

import argparse
from typing import NoReturn

from bncheck.cli import (
    check,
    claim,
    compare,
    completion,
    conventions,
    derive,
    deviations,
    explain,
    fingerprint,
    helping,
    init,
    laws,
    merge,
    prove,
    replay,
    schema,
    verify,
)
from bncheck.cli.exit_codes import EXIT_CODES
from bncheck.cli.streams import emit
from bncheck.errors import UsageError
from bncheck.terminal import nearest
from bncheck.version import __version__

_ALL = (
    *(verify, init, fingerprint, compare, merge),
    *(prove, derive, claim, check),
    *(laws, deviations, conventions, explain),
    *(replay, schema, helping, completion),
)
COMMANDS = {command.NAME: command for command in _ALL}

# words of the field that no command is called by -> what to type
_ELSEWHERE = {
    **dict.fromkeys(("theorem", "theorems", "proofs"), "`bncheck derive` lists the theorems"),
    **dict.fromkeys(("check", "test", "run"), "did you mean 'verify'?"),
}

EPILOG = """exit codes: 0 {}; 1 {};
2 {}; 3 {}""".format(*EXIT_CODES.values())


class _Parser(argparse.ArgumentParser):
    """Raises UsageError in place of printing the usage and exiting; prints as `emit` does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def _print_message(self, message: str, file: object = None) -> None:
        del file  # help and the version go to standard output
        emit(message)


def make() -> argparse.ArgumentParser:
    """Return a new parser of all commands and their options.

    What it has read holds ``command``, and ``whole``: the parser itself, for commands that are
    about the others.
    """
    return _made()[0]


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the arguments. Raises UsageError with the nearest that there is for one that is not."""
    parser, commands = _made()
    _check_command(argv)
    args, unknown = parser.parse_known_args(argv)
    wrong = [word for word in unknown if word.startswith("-")]
    if wrong or (unknown and not hasattr(args, "targets")):
        raise UsageError(_unknown((wrong or unknown)[0], commands.choices[args.command]))
    if unknown:  # argparse takes a list only where it stands in one piece
        args.targets += unknown
    return args


def _made() -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    parser: argparse.ArgumentParser = _Parser(
        prog="bncheck",
        description="Is this batch normalization right, where does it break, and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"bncheck {__version__}")
    parser.set_defaults(whole=parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add(commands)
    return parser, commands


def _check_command(argv: list[str]) -> None:
    # no option of the top parser takes a value, so the first plain word is the command
    named = next((word for word in argv if not word.startswith("-")), None)
    if named is not None and named not in COMMANDS:
        hint = _ELSEWHERE.get(named) or nearest(named, COMMANDS)
        raise UsageError(f"command {named!r} does not exist; {hint}")
    if named is None and not set(argv) & {"-h", "--help", "--version"}:
        what = f"option {argv[0]!r} does not exist" if argv else "a command is missing"
        raise UsageError(f"{what}; {nearest(argv[0] if argv else '', [*COMMANDS, '--version'])}")


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{word!r} is one argument too many"
    word = word.split("=")[0]
    options = {w.strip("[],") for w in parser.format_usage().split() if w.startswith("[-")}
    return f"option {word!r} does not exist; {nearest(word, sorted(options))}"
