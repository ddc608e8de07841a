"""``bncheck derive [NAME...]``: list theorems, print or write derivations, or code made of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bncheck.cli import output, streams
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.documents.model import Document
    from bncheck.symbolic.programs import Program

NAME = "derive"

PROSE = {"text": ".txt", "markdown": ".md", "latex": ".tex"}
CODE = ("numpy", "torch", "jax", "c")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="list the theorems, print or write derivations",
        description="Print derivations step by step, each line with its rule and how it was "
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
    add("--all", action="store_true", help="the book of all theorems")
    add("--format", choices=(*PROSE, *CODE), default="text")
    add("--output", type=output.place, metavar="PATH", help="a file; with --all a folder")


def run(args: argparse.Namespace) -> int:
    """Print or write what was asked for."""
    folder = args.all and args.format not in CODE
    if not folder:
        output.check(args.output)
    if args.all and args.names:
        raise UsageError("--all already means every name; leave the names out")
    if args.format in CODE:
        output.write_text(_code(args.format, args.names), args.output)
        return 0
    if not args.names and not args.all:
        return _list(args)
    return _prose(args)


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


def _prose(args: argparse.Namespace) -> int:
    from bncheck.documents import theorems
    from bncheck.symbolic import proving

    if args.all and args.output is not None:
        return _folder(args)
    outcomes = list(proving.prove(args.names))
    document = theorems.book(outcomes, "Batch normalization: derivations")
    output.write_text(_rendered(document, args.format), args.output)
    return proving.exit_code(outcomes)


def _folder(args: argparse.Namespace) -> int:
    """Write a file for each theorem into a folder, which is made before the work."""
    from bncheck.documents import theorems
    from bncheck.symbolic import proving

    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise UsageError(f"the folder cannot be made: {refused}") from None
    outcomes = list(proving.prove(args.names))
    for outcome in outcomes:
        title = f"{outcome.proof.theorem.id}: {outcome.proof.theorem.title}"
        text = _rendered(theorems.book([outcome], title), args.format)
        output.write_text(text, args.output / f"{outcome.proof.stem}{PROSE[args.format]}")
    return proving.exit_code(outcomes)


def _rendered(document: Document, name: str) -> str:
    from bncheck.documents import latex, markdown, text

    renderers = {"text": text.render, "markdown": markdown.render, "latex": latex.render}
    return renderers[name](document)


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
