"""``bncheck fingerprint TARGET``: the conventions and the numerics of a black box."""

from __future__ import annotations

import argparse
import json

from bncheck.cli import output, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.verify import add_limits
from bncheck.version import __version__

NAME = "fingerprint"

SCHEMA = "bncheck/fingerprint/1"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Tell, in a handful of calls, which conventions a black box follows, how it "
        "computes the variance, and how its errors grow.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("target", metavar="TARGET", help="file.py, package.module, module:NAME or model.onnx")
    add("--dtype", metavar="NAME", help="look at this one (the first that the target takes)")
    add("--profile", metavar="NAME", help="promise the conventions of torch, keras, flax, onnx ...")
    add_limits(parser)
    add("--format", choices=("text", "json"), default="text")
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Look at the target and say what was told: 0 if anything was, else 2."""
    output.check(args.output, [args.target])
    from bncheck.engine import Options, fingerprint
    from bncheck.reports.json import plain
    from bncheck.reports.text.fingerprint import render
    from bncheck.terminal import Style

    dtypes = () if args.dtype is None else (args.dtype,)
    told = fingerprint(
        args.target,
        Options(
            dtypes=dtypes,
            profile=args.profile,
            timeout=args.timeout,
            load_timeout=args.load_timeout,
        ),
    )
    code = 0 if any(trait.value for trait in told.traits) else 2
    if args.format == "json":
        shape = {"schema": SCHEMA, "ok": code == 0, "exit_code": code, "bncheck": __version__}
        text = json.dumps({**shape, **plain(told.plain())}, indent=2) + "\n"
    elif args.output is None:
        text = render(told, __version__, streams.style())
    else:
        text = render(told, __version__, Style())
    output.write_text(text, args.output)
    return code
