"""The command line. The arguments are read before anything heavy is imported.

A command is one module with ``NAME``, ``add(subparsers)`` and ``run(args) -> int``; to add one,
write it and put it into `COMMANDS`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from bncheck.cli import (
    claim,
    compare,
    derive,
    deviations,
    fingerprint,
    init,
    interrupts,
    laws,
    prove,
    replay,
    verify,
)
from bncheck.cli.faults import report_fault
from bncheck.cli.streams import complain, emit, stand_in
from bncheck.errors import NotSupported, TargetError, UsageError
from bncheck.terminal import nearest
from bncheck.version import __version__

_ALL = (verify, fingerprint, compare, prove, derive, claim, laws, deviations, replay, init)
COMMANDS = {command.NAME: command for command in _ALL}

EPILOG = """exit codes: 0 everything checked holds; 1 something is wrong with the target;
2 nothing could be checked; 3 a fault of bncheck itself"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code and never raise."""
    stand_in()
    with interrupts.noted(last=argv is None) as signals:
        code = _main(list(sys.argv[1:] if argv is None else argv), signals)
    if argv is None and signals:
        interrupts.leave(code)
    return code


def _main(argv: list[str], signals: list[int]) -> int:
    try:
        args = _parse(argv)
        args.signals, args.argv = signals, argv
        code: int = COMMANDS[args.command].run(args)
    except SystemExit as request:  # argparse has answered --help or --version
        code = int(request.code or 0)
    except (UsageError, TargetError, NotSupported) as error:
        complain(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        complain("interrupted before anything was checked")
        return 2
    except Exception as error:
        if signals:  # some imports make another error of it
            complain("interrupted before anything was checked")
            return 2
        report_fault(error, argv)
        return 3
    return code


class _Parser(argparse.ArgumentParser):
    """Raises UsageError in place of printing the usage and exiting; prints as `emit` does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def _print_message(self, message: str, file: object = None) -> None:
        del file  # help and the version go to standard output
        emit(message)


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="bncheck",
        description="Is this batch normalization right, where does it break, and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"bncheck {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add(subparsers)
    _check_command(argv)
    args, unknown = parser.parse_known_args(argv)
    wrong = [word for word in unknown if word.startswith("-")]
    if wrong or (unknown and not hasattr(args, "targets")):
        raise UsageError(_unknown((wrong or unknown)[0], subparsers.choices[args.command]))
    if unknown:  # argparse takes a list only where it stands in one piece
        args.targets += unknown
    return args


def _check_command(argv: list[str]) -> None:
    # no option of the top parser takes a value, so the first plain word is the command
    named = next((word for word in argv if not word.startswith("-")), None)
    if named is not None and named not in COMMANDS:
        raise UsageError(f"command {named!r} does not exist; {nearest(named, COMMANDS)}")
    if named is None and not set(argv) & {"-h", "--help", "--version"}:
        what = f"option {argv[0]!r} does not exist" if argv else "a command is missing"
        raise UsageError(f"{what}; {nearest(argv[0] if argv else '', [*COMMANDS, '--version'])}")


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{word!r} is one argument too many"
    word = word.split("=")[0]
    options = {w.strip("[],") for w in parser.format_usage().split() if w.startswith("[-")}
    return f"option {word!r} does not exist; {nearest(word, sorted(options))}"
