"""``bncheck claim FILE``: judge published formulas."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bncheck.cli import output
from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError

NAME = "claim"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Judge a formula, or those of a TOML file: true for every batch size, true "
        "under conditions, false with the smallest counterexample, or undecided with a reason; and "
        "its tables of numbers: by which rule every digit comes out, or which cell is wrong.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "file",
        metavar="FILE|FORMULA",
        help="TOML with [[claim]] and [[table]] entries, or one formula in LaTeX",
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="SYMBOL=MEANING",
        help="what a symbol of the formula means: z=y, s=std+eps (again for another)",
    )
    parser.add_argument(
        "--norm",
        metavar="NAME",
        default="batch",
        help="the normalization that the formula, or those of a file that say none, are about: "
        "batch (the default), layer, rms, group or instance",
    )
    parser.add_argument("--echo", action="store_true", help="say how each formula was read, too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Judge the claims, say what came out, return the exit code."""
    from bncheck.symbolic.claims import files

    output.check(args.output, [args.file])
    if files.is_formula(args.file):
        judged = [files.judge_formula(args.file, args.where, args.norm)]
    elif args.where:
        raise UsageError(f"--where is for one formula; in {args.file} it is a key of a claim")
    elif not Path(args.file).suffix and not Path(args.file).exists():
        raise UsageError(
            f"{args.file} is neither a file nor a formula, which has a relation sign: "
            r"'y_i = \gamma \hat{x}_i + \beta'"
        )
    else:
        judged = list(files.judge_file(args.file, args.norm))
    if args.format == "json":
        text = json.dumps(files.as_data(judged, args.file, echoed=args.echo), indent=2)
    else:
        told = [line for one in judged for line in files.lines(one, echoed=args.echo)]
        text = "\n".join([*told, *([] if files.is_formula(args.file) else [files.summary(judged)])])
    output.write_text(text + "\n", args.output)
    return files.exit_code(judged)
