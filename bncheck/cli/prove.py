"""``bncheck prove [NAME...]``: re-check the symbolic proofs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bncheck.cli import output, streams

NAME = "prove"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="re-check the symbolic proofs",
        description="Re-check the theorems: by a normal form for every batch size, by SymPy at "
        "m = 2 and 3 (and for whole numbers at m = 4 and 5), and in exact rational arithmetic at "
        "random points.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a law's id or a proof's file name"
    )
    parser.add_argument("--coq", action="store_true", help="check the Coq proofs and certificates")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--output", type=output.place, metavar="FILE", help="write there")


def run(args: argparse.Namespace) -> int:
    """Check the proofs, say what came out, return the exit code."""
    from bncheck.symbolic import proving

    output.check(args.output)
    if args.coq:
        return _coq(args.output)
    outcomes = []
    shown: list[str] = []
    for outcome in proving.prove(args.names):
        outcomes.append(outcome)
        shown += proving.lines(outcome)
        if args.format == "text" and args.output is None:  # as they come: it takes a while
            streams.emit("\n".join(proving.lines(outcome)) + "\n")
    proved = sum(outcome.proved for outcome in outcomes)
    shown.append(f"{proved} of {len(outcomes)} theorems proved")
    if args.format == "json":
        output.write_text(json.dumps(proving.as_data(outcomes), indent=2) + "\n", args.output)
    elif args.output is None:
        streams.emit(shown[-1] + "\n")
    else:
        output.write_text("\n".join(shown) + "\n", args.output)
    return proving.exit_code(outcomes)


def _coq(path: Path | None) -> int:
    """Check what Coq can check; where Coq is missing nothing was checked, and that is said."""
    from bncheck.symbolic import coq

    result = coq.check()
    output.write_text(f"Coq: {result.says}\n", path)
    return 2 if result.accepted is None else int(not result.accepted)
