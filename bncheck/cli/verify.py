"""``bncheck verify TARGET...``: run the laws on implementations and report."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck.cli import asked, options, output, several
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.progress import Progress
from bncheck.reports import FORMATS

if TYPE_CHECKING:
    from bncheck.engine import Options
    from bncheck.model import Report

NAME = "verify"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Run the laws on an implementation: what holds, what fails with the "
        "smallest input that shows it, and why.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="file.py, package.module, module:NAME or model.onnx, or a name from [tool.bncheck] in "
        "pyproject.toml; all that are listed there where none is given",
    )
    add_choice(parser)
    add(
        "--jobs",
        type=options.jobs,
        metavar="N",
        help="worker processes; of several targets, N at a time (1)",
    )
    add(
        "--fail-fast",
        action=argparse.BooleanOptionalAction,
        help="stop at the first law that fails",
    )
    add_limits(parser)
    add(
        "--save",
        type=options.folder,
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
    add(
        "--shard",
        type=options.shard,
        metavar="I/N",
        help="only the I-th of N parts of the targets, sorted by name and dealt out in turn; "
        "`bncheck merge` puts the JSON reports together",
    )
    add(
        "--resume",
        action=argparse.BooleanOptionalAction,
        help="show the report of an earlier run where nothing has changed since",
    )
    add("--device", metavar="NAME", help="where torch or JAX computes, as cuda:0")
    add_verbosity(parser)
    add(
        "--data",
        type=Path,
        metavar="FILE.npz",
        help="try these batches only: arrays x, dy, gamma, beta, running_mean, running_var, eps, "
        "momentum; x alone will do; x0, x1 ... for several",
    )
    add(
        "--known",
        action=argparse.BooleanOptionalAction,
        help="expect the known faults of this version",
    )
    add_baseline(parser)
    add(
        "--format",
        action="append",
        default=[],
        metavar="NAME[=FILE]",
        help=f"{', '.join(FORMATS)}; =FILE writes it besides what is printed, which is text where "
        "nothing else is named; repeatable",
    )
    output.add(parser)
    # what is not given may be configured, and has its default otherwise
    parser.set_defaults(**dict.fromkeys(asked.CONFIGURED))


def add_baseline(parser: argparse.ArgumentParser) -> None:
    """Declare the options that compare with what failed before."""
    add = parser.add_argument
    add(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="TOML file of what fails today, as --update wrote it",
    )
    add("--update", action="store_true", help="write what fails now to the baseline")
    add("--prune", action="store_true", help="take out of the baseline what no longer fails")
    add(
        "--against",
        type=Path,
        metavar="REPORT",
        help="an earlier JSON report: says what is new, fixed or worse; changes no exit code",
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
        help="smoke (the ten most telling laws), quick (for a first look; a few times as fast), "
        "standard (default), thorough, or a limit in seconds",
    )
    add("--seed", type=options.seed, default=0, metavar="N", help="of the cases that are tried (0)")
    add("--profile", metavar="NAME", help="promise the conventions of torch, keras, flax, onnx ...")
    add(
        "--norm",
        metavar="NAME",
        help="which normalization it is: batch, layer, rms, group or instance; wins over the NORM "
        "of its file",
    )
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
    run = asked.asked(args)
    if len(run.targets) > 1 or run.shard is not None:
        return several.run(
            run,
            lambda each, awaited: _verify(each.target, each.options, args.signals, awaited),
            args.signals,
        )
    (only,) = run.targets
    wanted = [*run.destinations, *only.destinations]
    try:
        report = _verify(only.target, only.options, args.signals, lambda: True)
    except (Exception, KeyboardInterrupt) as error:
        unchecked = several.unchecked(only.target, error, args.signals)
        output.write_unchecked(unchecked, wanted, beside=run.annotates)
        raise  # it is told on standard error, where that is done for every command
    try:
        report = asked.beside(report, run, only)
    finally:  # what was found is shown, even where a baseline cannot be written after all
        output.write(report, wanted, run.verbosity, beside=run.annotates)
    return report.exit_code


def _verify(
    target: str, wanted: Options, pressed: list[int], awaited: Callable[[], bool]
) -> Report:
    """Run to the report.

    pressed: signals that came, also one that nobody was told of; awaited: whether progress shows
    """
    from bncheck.engine import events, run
    from bncheck.errors import InternalError

    happening = run(target, wanted)
    with Progress() as bar:
        told = False
        while True:
            try:
                event = next(happening, None)
                if isinstance(event, events.Progress) and awaited():
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
