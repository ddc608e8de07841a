"""``bncheck help [COMMAND]``: what ``--help`` says, of bncheck or of one command."""

from __future__ import annotations

import argparse

from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError
from bncheck.terminal import nearest

NAME = "help"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Say how bncheck, or one of its commands, is used.",
        allow_abbrev=False,
    )
    parser.add_argument("about", nargs="?", metavar="COMMAND", help="none: bncheck as a whole")
    # this mapping still grows, by the commands that are added after this one
    parser.set_defaults(commands=subparsers.choices)


def run(args: argparse.Namespace) -> int:
    """Print the help that was asked for. Raises UsageError for a command that does not exist."""
    if args.about is None:
        args.whole.print_help()
        return 0
    if args.about not in args.commands:
        near = nearest(args.about, args.commands)
        raise UsageError(f"command {args.about!r} does not exist; {near}")
    args.commands[args.about].print_help()
    return 0
