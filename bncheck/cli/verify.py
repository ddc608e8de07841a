"""``bncheck verify TARGET``: run the laws on an implementation and report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck import arguments, files
from bncheck.cli import options, output
from bncheck.cli.progress import Progress

if TYPE_CHECKING:
    from bncheck.engine import Options
    from bncheck.model import Report

NAME = "verify"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="run the laws on an implementation",
        description="Run the laws on an implementation: what holds, what fails with the "
        "smallest input that shows it, and why.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("target", metavar="TARGET", help="file.py, package.module, module:NAME or model.onnx")
    add_choice(parser)
    add("--jobs", type=options.jobs, default=1, metavar="N", help="worker processes (1)")
    add("--fail-fast", action="store_true", help="stop at the first law that fails")
    add_limits(parser)
    add(
        "--save",
        type=options.folder,
        default=files.OWN_FOLDER,
        metavar="DIR",
        help="folder of saved counterexamples, the newest 200 (.bncheck)",
    )
    add(
        "--require",
        action="append",
        default=[],
        metavar="ABILITY",
        help="exit 1 where the target lacks it: eval, running, backward, eval_backward ...; "
        "with commas or repeatable",
    )
    add("--device", default="", metavar="NAME", help="where torch or JAX computes, as cuda:0")
    add_verbosity(parser)
    add(
        "--data",
        type=Path,
        metavar="FILE.npz",
        help="try these batches only: arrays x, dy, gamma, beta, running_mean, running_var, eps, "
        "momentum; x alone will do; x0, x1 ... for several",
    )
    add("--known", action="store_true", help="expect the known faults of this version")
    add(
        "--format",
        action="append",
        default=[],
        metavar="NAME[=FILE]",
        help="text (default) or json; =FILE writes it besides what is printed; repeatable",
    )
    add(
        "--output",
        type=output.place,
        metavar="FILE",
        help="write there in place of standard output",
    )


def add_verbosity(parser: argparse.ArgumentParser) -> None:
    """Declare how much the text says."""
    add = parser.add_mutually_exclusive_group().add_argument
    add("-q", "--quiet", action="store_true", help="one line")
    add(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="-v: with the laws by family and the inputs as Python; -vv: everything",
    )


def verbosity(args: argparse.Namespace) -> int:
    """Return how much the text says, as `bncheck.reports.text.render` counts it."""
    return -1 if args.quiet else min(args.verbose, 2)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say what is checked."""
    add = parser.add_argument
    add(
        "--laws",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only laws with such an id, for example 'B*'; '!PATTERN' leaves out; repeatable",
    )
    add("--dtype", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    add(
        "--budget",
        type=options.budget,
        default="standard",
        metavar="AMOUNT",
        help="quick, standard (default), thorough, or a limit in seconds",
    )
    add("--seed", type=options.seed, default=0, metavar="N", help="of the cases that are tried (0)")
    add("--profile", metavar="NAME", help="promise the conventions of torch, keras, flax, onnx ...")
    add("--expected", type=Path, metavar="FILE", help="TOML file of laws that are known to fail")


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare the limits on the target's time."""
    for name, kind, default, what in (
        (
            "--timeout",
            options.timeout,
            10.0,
            "one call of the target, three times that where it is compiled",
        ),
        ("--load-timeout", options.load_timeout, 60.0, "loading it"),
    ):
        parser.add_argument(
            name,
            type=kind,
            default=default,
            metavar="SECONDS",
            help=f"limit for {what} ({default:g})",
        )


def run(args: argparse.Namespace) -> int:
    """Run the laws, write the report, return its exit code."""
    inputs = [args.target, *(str(path) for path in (args.expected, args.data) if path)]
    wanted = output.destinations(args.format, args.output, inputs)
    report = _verify(args.target, _options(args), args.signals)
    output.write(report, wanted, verbosity(args))
    return report.exit_code


def _options(args: argparse.Namespace) -> Options:
    from bncheck.engine import Options
    from bncheck.laws import LAWS
    from bncheck.model.formats import FORMATS

    arguments.dtypes(args.dtype, FORMATS)
    options.matching([pattern.removeprefix("!") for pattern in args.laws], LAWS)
    return Options(
        laws=tuple(args.laws),
        dtypes=tuple(args.dtype),
        budget=args.budget,
        seed=args.seed,
        jobs=args.jobs,
        fail_fast=args.fail_fast,
        profile=args.profile,
        expected=args.expected,
        timeout=args.timeout,
        load_timeout=args.load_timeout,
        save=args.save,
        require=tuple(args.require),
        device=args.device,
        known=args.known,
        data=args.data,
    )


def _verify(target: str, wanted: Options, pressed: list[int]) -> Report:
    """Run to the report. pressed: signals that came, also one that nobody was told of."""
    from bncheck.engine import events, run
    from bncheck.errors import InternalError

    happening = run(target, wanted)
    with Progress() as bar:
        told = False
        while True:
            try:
                event = next(happening, None)
                if isinstance(event, events.Progress):
                    bar.show(event)
                told = told or isinstance(event, events.Interrupted)
                if pressed and not told:
                    raise KeyboardInterrupt
            except KeyboardInterrupt:
                # it came here and not in the engine, which knows what to do; where it came
                # before there was anything to tell, the engine raises it again
                told = True
                event = happening.throw(KeyboardInterrupt)
            if isinstance(event, events.Finished):
                return event.report
            if event is None:
                raise InternalError("the engine ended without a report")
