"""``bncheck derive [NAME...]``: list theorems; write derivations, books of them, or code."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bncheck.cli import documents, output, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.symbolic.programs import Program

NAME = "derive"

CODE = ("numpy", "torch", "jax", "c")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Print derivations step by step, each line with its rule, and how they were "
        "checked; or the code that is printed from the proved expressions. Without a NAME, list "
        "the theorems.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "names",
        nargs="*",
        metavar="NAME",
        help="a law's id, a proof's file, or for code also a function",
    )
    what = parser.add_mutually_exclusive_group().add_argument
    what("--all", action="store_true", help="every theorem; with --output a folder, a file each")
    what("--book", action="store_true", help="all theorems as a book, in chapters")
    what("--summary", action="store_true", help="the formulas on two pages")
    what("--claims", action="store_true", help="formulas that were printed elsewhere, judged")
    what("--exercises", action="store_true", help="wrong layers to find, with answers")
    add(
        "--format",
        choices=(*documents.FORMATS, *CODE),
        default="text",
        help="pdf needs pip install 'bncheck[documents]'; a notebook's cells check theorems again",
    )
    add("--output", type=output.place, metavar="PATH", help="a file; with --all a folder")


def run(args: argparse.Namespace) -> int:
    """Print or write what was asked for."""
    kind = next((name for name in documents.BOOKS if getattr(args, name)), "")
    whole = f"--{kind}" if kind else "--all" if args.all else ""
    if whole and args.names:
        raise UsageError(f"{whole} already means every name; leave the names out")
    if args.format in CODE:
        if kind:
            raise UsageError(f"--{kind} is a document, but {args.format} is for code")
        output.check(args.output)
        output.write_text(_code(args.format, args.names), args.output)
        return 0
    if not args.names and not whole:
        output.check(args.output)
        return _list(args)
    documents.check(args.format, args.output, folder=args.all and _is_folder(args))
    return _book(args, kind) if kind else _derivations(args)


def _is_folder(args: argparse.Namespace) -> bool:
    return args.output is not None or args.format in documents.BINARY


def _list(args: argparse.Namespace) -> int:
    """Print all theorems. Raises UsageError where something was to be written or rendered."""
    from bncheck.cli import theorems
    from bncheck.symbolic.library import find

    if args.output is not None or args.format != "text":
        raise UsageError(
            "name a theorem, for example B01, or write --all; `bncheck derive` lists them"
        )
    streams.emit("\n".join(theorems.listing(find(), streams.style())) + "\n")
    return 0


def _book(args: argparse.Namespace, kind: str) -> int:
    from bncheck.symbolic import proving

    outcomes = list(proving.prove()) if kind == "book" else []
    documents.write(documents.book(kind, outcomes), args.format, args.output, outcomes)
    return proving.exit_code(outcomes) if outcomes else 0


def _derivations(args: argparse.Namespace) -> int:
    from bncheck.symbolic import proving

    if args.all and args.output is not None:
        return _folder(args)
    outcomes = list(proving.prove(args.names))
    documents.write(documents.theorems(outcomes), args.format, args.output, outcomes)
    return proving.exit_code(outcomes)


def _folder(args: argparse.Namespace) -> int:
    """Write a file for each theorem into a folder, which is made before the work."""
    from bncheck.symbolic import proving

    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise UsageError(f"the folder cannot be made: {refused}") from None
    suffix = documents.suffix(args.format)
    outcomes = []
    for outcome in proving.prove():
        outcomes.append(outcome)
        path = args.output / f"{outcome.proof.stem}{suffix}"
        documents.write(documents.theorems([outcome]), args.format, path, [outcome])
    return proving.exit_code(outcomes)


def _code(language: str, names: list[str]) -> str:
    from bncheck.symbolic.printers import c, module
    from bncheck.symbolic.programs import PROGRAMS

    chosen = tuple({p.name: p for p in map(_program, names)}.values()) or PROGRAMS
    return c.module(chosen) if language == "c" else module.module(language, chosen)


def _program(name: str) -> Program:
    """Return the program that a function's name, a law's id or a proof's file means.

    Raises UsageError with all that there is code for.
    """
    from bncheck.symbolic.programs import PROGRAMS, called

    program = called(name)
    if program is not None:
        return program
    known = ", ".join(f"{p.name} ({', '.join(p.laws)})" if p.laws else p.name for p in PROGRAMS)
    raise UsageError(f"there is no code for {name!r}; there is for {known}")
