"""The parser of the command line, light and without effects: help, completion and pages read it.

A command is one module with ``NAME``, ``add(subparsers)`` and ``run(args) -> int``; to add one,
write it and put it into `bncheck.cli.commands.SUMMARIES`. Only the one that is asked for is
imported: what it imports at its top takes longer than all the rest.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from bncheck.cli.commands import SUMMARIES, module
from bncheck.cli.exit_codes import EXIT_CODES
from bncheck.cli.streams import emit
from bncheck.errors import UsageError
from bncheck.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# what is about the other commands needs all of them
_ABOUT_OTHERS = ("help", "completion")

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
    return _made(list(SUMMARIES))[0]


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the arguments. Raises UsageError with the nearest that there is for one that is not."""
    named = _command(argv)
    parser, commands = _made(list(SUMMARIES) if named in _ABOUT_OTHERS else [named])
    args, unknown = parser.parse_known_args(argv)
    wrong = [word for word in unknown if word.startswith("-")]
    if wrong or (unknown and not hasattr(args, "targets")):
        # of a command with commands of its own, the one that was named
        own = getattr(args, "own", commands.choices[args.command])
        raise UsageError(_unknown((wrong or unknown)[0], own))
    if unknown:  # argparse takes a list only where it stands in one piece
        args.targets += unknown
    return args


def _made(
    whole: list[str | None],
) -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    """Make the parser. whole: commands whose options it knows; it knows the names of the others."""
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
    for name, summary in SUMMARIES.items():
        if name in whole:
            import_module(module(name)).add(commands)
        else:
            commands.add_parser(name, help=summary, add_help=False)
    return parser, commands


def _command(argv: list[str]) -> str | None:
    """Return the command; None where --help or --version is all that is asked.

    Raises UsageError with the nearest that there is, where there is no such command or none.
    """
    # no option of the top parser takes a value, so the first plain word is the command
    named = next((word for word in argv if not word.startswith("-")), None)
    if named in SUMMARIES or (named is None and set(argv) & {"-h", "--help", "--version"}):
        return named
    from bncheck.terminal import nearest

    if named is not None:
        hint = _ELSEWHERE.get(named) or nearest(named, SUMMARIES)
        raise UsageError(f"command {named!r} does not exist; {hint}")
    what = f"option {argv[0]!r} does not exist" if argv else "a command is missing"
    raise UsageError(f"{what}; {nearest(argv[0] if argv else '', [*SUMMARIES, '--version'])}")


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    from bncheck.terminal import nearest

    if not word.startswith("-"):
        return f"{word!r} is one argument too many"
    word = word.split("=")[0]
    options = {w.strip("[],") for w in parser.format_usage().split() if w.startswith("[-")}
    return f"option {word!r} does not exist; {nearest(word, sorted(options))}"
