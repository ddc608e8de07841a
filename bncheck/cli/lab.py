"""``bncheck lab list|run|report|check``: what is said about batch normalization, measured."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck.cli import options, output, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bncheck.lab.model import Experiment, Record

NAME = "lab"

BUDGETS = ("quick", "standard", "thorough")
FORMATS = ("text", "markdown", "html", "json")
STORE = Path(".bncheck", "lab.jsonl")
REGISTERED = Path("registered")
# seeds of what is registered begin at 1000, and rates were chosen on 0 to 2
FIRST_SEED = 100


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command, what it can do, and their options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="What is said about batch normalization that no algebra decides, as "
        "experiments: each with its definition, an effect, an interval and a verdict. A verdict "
        "of 'opposite' is a finding and no error.",
        allow_abbrev=False,
    )
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    declared = {
        "list": ("list the claims with their registered verdicts, or explain some", _ids),
        "run": ("measure what is not stored yet", _add_run),
        "report": ("show what is stored; measures nothing", _add_report),
        "check": (
            "whether what is registered comes out again: exact laws, first steps",
            _add_check,
        ),
    }
    for name, (summary, declare) in declared.items():
        one = what.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.set_defaults(own=one)
        declare(one)


def _add_check(parser: argparse.ArgumentParser) -> None:
    _ids(parser)
    _data(parser)


def _ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="as E01; none for all")


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="a folder with the four files of MNIST's format, for cells with many images",
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    _ids(parser)
    parser.add_argument(
        "--budget",
        choices=BUDGETS,
        default="quick",
        help="quick (default): 6 seeds on small data, a preview under a minute; standard: 12 "
        "seeds; thorough: large data as well, and 12 seeds more where something is undecided",
    )
    parser.add_argument("--jobs", type=options.jobs, default=1, metavar="N", help="processes (1)")
    parser.add_argument(
        "--seed",
        type=options.seed,
        default=FIRST_SEED,
        metavar="N",
        help=f"the first seed ({FIRST_SEED})",
    )
    _data(parser)
    parser.add_argument(
        "--output",
        type=Path,
        default=STORE,
        metavar="FILE",
        help=f"where records are kept ({STORE}); what it has is not measured again",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin a new file; the old one is kept as FILE.old"
    )
    parser.add_argument(
        "--target",
        metavar="TARGET",
        help="with E19: train the net with this layer, and show what verify finds beside it",
    )


def _add_report(parser: argparse.ArgumentParser) -> None:
    _ids(parser)
    parser.add_argument(
        "--input",
        type=Path,
        metavar="FILE",
        help=f"records of `bncheck lab run` ({STORE}); 'registered': those of the package",
    )
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument(
        "--figures", type=Path, metavar="DIR", help="draw figures there (needs matplotlib)"
    )
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Do what was asked, return the exit code."""
    import numpy as np

    from bncheck.lab import catalogue

    if not hasattr(np, "trapezoid"):
        raise UsageError(
            f"the lab needs NumPy 2, here is {np.__version__}: pip install 'bncheck[lab]'"
        )
    does = {"list": _list, "run": _run, "report": _report, "check": _check}
    return does[args.what](args, catalogue.chosen(args.ids))


def _list(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    from bncheck.lab.judging import registered_claims
    from bncheck.lab.renderers import text

    known = registered_claims()
    claims = [known[experiment.id] for experiment in chosen]
    style = streams.style()
    streams.emit(text.render(claims, style) if args.ids else text.listed(claims, style))
    return 0


def _run(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    if args.target is not None:
        return _own_layer(args, chosen)
    if args.data is not None and args.budget != "thorough":
        raise UsageError("--data is read with --budget thorough only: say so, or leave it out")
    from bncheck.cli.lab_running import measured

    return measured(args, chosen)


def _own_layer(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    if [experiment.id for experiment in chosen] != ["E19"]:
        raise UsageError("--target is for E19 alone: bncheck lab run E19 --target TARGET")
    unused = {
        "--output": args.output != STORE,
        "--fresh": args.fresh,
        "--jobs": args.jobs != 1,
        "--data": args.data is not None,
    }
    for name, asked in unused.items():
        if asked:
            raise UsageError(
                f"{name} says nothing to --target, which keeps no records; leave it out"
            )
    from bncheck.cli.lab_running import with_own_layer

    return with_own_layer(args)


def _report(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    from bncheck.lab import judging, renderers

    output.check(args.output)
    claims = judging.judged(chosen, _records(args.input))
    if not any(claim.records for claim in claims):
        which = f" of {', '.join(e.id for e in chosen)}" if args.ids else ""
        raise UsageError(
            f"{args.input or STORE} has no records{which} as experiments are defined today; "
            "`bncheck lab run` measures them, '--input registered' shows those of the package"
        )
    if args.figures is not None:
        from bncheck.lab import figures

        for path in figures.draw(claims, args.figures):
            streams.complain(f"wrote {path}")
    style = streams.style() if args.output is None else None
    output.write_text(renderers.render(args.format, claims, style), args.output)
    return int(any(claim.word == "broken" for claim in claims))


def _records(given: Path | None) -> Sequence[Record]:
    """Return records of a file, or of the package."""
    from bncheck.lab import store

    if given == REGISTERED:
        return store.registered()
    if given is not None and not given.exists():
        raise UsageError(f"--input {given}: there is no such file; `bncheck lab run` makes one")
    stored = store.read(given or STORE)
    if stored.torn:
        streams.complain(stored.torn)
    store.check_arms(stored.records, str(given or STORE))
    return stored.records


def _check(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    from bncheck.lab import checking

    wrong = checked = 0
    missing: dict[str, list[str]] = {}
    for found in checking.check(chosen, args.data):
        name = f"{found.experiment} {found.cell}".strip()
        if found.left_out:
            missing.setdefault(found.left_out, []).append(name)
            continue
        checked += 1
        wrong += bool(found.wrong)
        streams.emit(f"{name}: {found.wrong or 'as registered'}\n")
    for reason, cells in missing.items():
        streams.complain(f"left out: {', '.join(cells)}: {reason}")
    streams.emit(f"{checked - wrong} of {checked} come out as registered\n")
    if wrong:
        return 1
    return 0 if checked else 2
