"""What `verify` is asked for: the command line first, then pyproject.toml, then defaults.

All of it is read and refused before the first target is loaded.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bncheck import arguments
from bncheck.cli import github, options, output
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.configuration import Target
    from bncheck.engine import Options
    from bncheck.model import Report
    from bncheck.model.shard import Shard
    from bncheck.reports.earlier import EarlierRun

# option of the command line -> field of `Options`: what may also be configured
CONFIGURED = {
    **{name: name for name in ("laws", "budget", "seed", "jobs", "timeout", "load_timeout")},
    **{
        name: name
        for name in ("profile", "norm", "require", "known", "device", "fail_fast", "save", "data")
    },
    **{name: name for name in ("expected", "baseline", "resume")},
    "dtype": "dtypes",
}


@dataclass(frozen=True)
class Asked:
    """One target, and how it is to be run.

    label: what the last lines call it; destinations: of reports that are of it alone
    baseline: where it is kept; one that is going to be made is not among the options
    """

    target: str
    label: str
    options: Options
    baseline: Path | None = None
    destinations: tuple[output.Destination, ...] = ()


@dataclass(frozen=True)
class Run:
    """All targets, where the reports go, and what is done beside the verdicts.

    annotates: GitHub is told beside the text
    shard: which part of the list of targets these are, where they are one
    """

    targets: tuple[Asked, ...]
    destinations: list[output.Destination]
    update: bool = False
    prune: bool = False
    against: EarlierRun | None = None
    argv: tuple[str, ...] = ()
    verbosity: int = 0
    annotates: bool = False
    shard: Shard | None = None


def asked(args: argparse.Namespace) -> Run:
    """Read everything. Raises UsageError for what cannot be done."""
    from bncheck.configuration import read
    from bncheck.known import wanted as readable
    from bncheck.reports import earlier
    from bncheck.targets.onnx.every import expanded

    _check(args)
    configured = read()
    chosen = configured.chosen([one for word in args.targets for one in expanded(word)])
    targets = tuple(_asked(args, each) for each in chosen)
    inputs = [text for each in targets for text in _inputs(each)]
    alone = len(chosen) == 1 and args.shard is None
    formats = list(args.format or (alone and chosen[0].own_formats) or configured.formats)
    wanted = output.destinations(formats, args.output, inputs, several=not alone)
    for each in () if alone else targets:  # told once, and not for each of them
        readable(each.options.expected, each.options.baseline)
    if not alone and not args.format:
        targets = tuple(
            replace(each, destinations=_own(entry, inputs))
            for each, entry in zip(targets, chosen, strict=True)
        )
    shard, targets = _part(targets, args.shard)
    _apart(targets, wanted)
    against = earlier.read(args.against) if args.against else None
    return Run(
        targets,
        wanted,
        args.update,
        args.prune,
        against,
        tuple(args.argv),
        verbosity(args),
        annotates=github.annotates(formats, args.output),
        shard=shard,
    )


def beside(report: Report, run: Run, one: Asked) -> Report:
    """Return the report with what is new in it, and as the baseline judges it that is written.

    Raises UsageError where the baseline cannot be changed.
    """
    from bncheck.known import revised

    if run.against is not None:
        report = replace(report, changes=run.against.changes(report))
    if one.baseline is not None and (run.update or run.prune):
        expected = one.options.expected
        how = {"update": run.update, "prune": run.prune}
        report = revised(report, one.baseline, expected=expected, **how)
    return report


def verbosity(args: argparse.Namespace) -> int:
    """Return how much the text says, as `bncheck.reports.text.render` counts it."""
    return -1 if args.quiet else min(args.verbose, 2)


def _check(args: argparse.Namespace) -> None:
    """Refuse on the command line, in its words, what a run would refuse."""
    from bncheck.laws import LAWS
    from bncheck.model.formats import FORMATS

    arguments.dtypes(args.dtype, FORMATS)
    options.matching([pattern.removeprefix("!") for pattern in args.laws or ()], LAWS)


def _asked(args: argparse.Namespace, entry: Target) -> Asked:
    from bncheck.engine import Options
    from bncheck.known import existing

    told = {field: getattr(args, name) for name, field in CONFIGURED.items()}
    given: dict[str, Any] = {
        **entry.given,
        **{field: value for field, value in told.items() if value is not None},
    }
    given["keep"] = _resumes_here(given)
    baseline = given.get("baseline")
    if baseline is not None:
        given["baseline"] = existing(baseline, update=args.update)
    elif args.update or args.prune:
        option = "update" if args.update else "prune"
        raise UsageError(f"--{option} needs a file: --baseline FILE")
    return Asked(entry.target, entry.name or entry.target, Options(**_tuples(given)), baseline)


def _resumes_here(given: Mapping[str, Any]) -> bool:
    """Whether somebody has asked for --resume here before: to keep a report costs a second."""
    from bncheck.engine.resuming.keeping import FOLDER as CHECKED
    from bncheck.engine.saved import FOLDER

    save = given.get("save", FOLDER)
    return save is not None and Path(save, CHECKED).is_dir()


def _tuples(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}


# what a machine may choose by itself, and what only says how long or how fast
_OF_A_LIST = ("laws", "dtypes", "budget", "seed", "profile", "norm", "require", "known", "device")
_FILES_OF_A_LIST = ("expected", "baseline", "data")


def _part(
    targets: tuple[Asked, ...], wanted: tuple[int, int] | None
) -> tuple[Shard | None, tuple[Asked, ...]]:
    """Return the targets of one part of the list, sorted by name; all where none is wanted."""
    from bncheck.model.shard import dealt

    if wanted is None:
        return None, targets
    return dealt(targets, [_told_apart(each) for each in targets], *wanted)


def _told_apart(one: Asked) -> tuple[str, ...]:
    """Return a target's name, and what else tells it from others, the same on every machine."""
    files = (getattr(one.options, name) for name in _FILES_OF_A_LIST)
    ways = [repr(getattr(one.options, name)) for name in _OF_A_LIST]
    places = [Path(file).as_posix() if file is not None else "" for file in files]
    return (one.label, one.target, *ways, *places)


def _inputs(one: Asked) -> list[str]:
    """Return what must not be overwritten by a report."""
    files = (one.options.expected, one.baseline, one.options.data)
    return [one.target, *(str(file) for file in files if file is not None)]


def _own(entry: Target, inputs: list[str]) -> tuple[output.Destination, ...]:
    """Return where the reports on one of several targets go that are of it alone."""
    wanted = output.destinations(list(entry.own_formats), None, inputs)
    return tuple(place for place in wanted if place[1] is not None)


def _apart(targets: tuple[Asked, ...], wanted: list[output.Destination]) -> None:
    """Refuse two things that would be written to one file."""
    places = [path for _, path in wanted]
    places += [path for each in targets for _, path in each.destinations]
    places += {each.baseline for each in targets if each.baseline is not None}
    files = [os.path.realpath(path) for path in places if path is not None]
    for path in files:
        if files.count(path) > 1:
            raise UsageError(f"several things would be written to {path!r}; name other files")
