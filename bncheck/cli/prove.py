"""``bncheck prove [NAME...]``: re-check the symbolic proofs."""

from __future__ import annotations

import argparse
import json

from bncheck.cli import options, output, streams
from bncheck.cli.commands import SUMMARIES

NAME = "prove"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Re-check the theorems: by a normal form for every batch size, by SymPy at "
        "m = 2 and 3 (and for whole numbers at m = 4 and 5), and in exact rational arithmetic at "
        "random points.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a law's id or a proof's file name"
    )
    parser.add_argument(
        "--coq",
        action="store_true",
        help="have Coq check certificates of the theorems instead, and say why some have none",
    )
    parser.add_argument("--jobs", type=options.jobs, metavar="N", help="with --coq: processes (1)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Check the proofs, say what came out, return the exit code."""
    from bncheck.symbolic import proving

    output.check(args.output)
    if args.coq:
        return _coq(args)
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


def _coq(args: argparse.Namespace) -> int:
    """Have Coq check what it can; where Coq is missing nothing was checked, and that is said."""
    from bncheck.symbolic import certifying, coq

    results: list[coq.CoqResult] = []
    shown: list[str] = []
    try:
        for result in certifying.certify(args.names, args.jobs or 1):
            results.append(result)
            shown.append(certifying.line(result))
            if args.format == "text" and args.output is None:  # as they come: it takes a while
                streams.emit(shown[-1] + "\n")
        shown += certifying.summary(results)
    except coq.CoqMissing as reason:
        shown = [f"Coq: not checked: {reason}"]
        results = []
    if args.format == "json":
        data = json.dumps(certifying.as_data(results), indent=2)
        output.write_text(data + "\n", args.output)
    elif args.output is None:
        streams.emit("\n".join(shown[len(results) :]) + "\n")
    else:
        output.write_text("\n".join(shown) + "\n", args.output)
    return certifying.exit_code(results)
