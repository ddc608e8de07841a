"""``bncheck lab run``: the work with its progress; what is done is kept, whatever ends it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bncheck import files
from bncheck.cli import streams
from bncheck.cli.progress import Progress
from bncheck.errors import UsageError
from bncheck.lab import judging, own_layer, own_report, running, store
from bncheck.lab.model import Experiment
from bncheck.lab.renderers import text
from bncheck.terminal import Style


@dataclass(frozen=True)
class _Asked:
    """What was measured by now, and whether it was interrupted."""

    stored: store.Stored
    new: int = 0
    interrupted: bool = False


def measured(args: argparse.Namespace, chosen: Sequence[Experiment]) -> int:
    """Measure what is not stored yet, show what came out, return the exit code."""
    _check_place(args.output)
    asked = _work(args, chosen, _Asked(_begun(args.output, fresh=args.fresh)))
    claims = judging.judged(chosen, asked.stored.records)
    if asked.interrupted:
        streams.complain(f"interrupted; {asked.new} new records are kept in {args.output}")
    if not any(claim.records for claim in claims):
        streams.complain("nothing was measured")
        return 2
    style = streams.style()
    streams.emit(text.render(claims, style) if args.ids else _short(claims, style))
    if asked.interrupted:
        return 2
    return int(any(claim.word == "broken" for claim in claims))


def with_own_layer(args: argparse.Namespace) -> int:
    """Train E19's net with a target, show what verify finds beside it, return the exit code.

    What training notices is a finding; the exit code is that of verify, or 1 where the target
    did not come through the training.
    """
    result: own_layer.Result | None = None
    with (
        Progress() as progress,
        closing(own_layer.run(args.target, budget=args.budget, seed=args.seed)) as events,
    ):
        for event in events:
            if isinstance(event, own_layer.Finished):
                result = event.result
            elif isinstance(event, own_layer.Checking):
                progress.show(event.progress)
            else:
                progress.tell(f"training: {event.done} of {event.total} steps")
    if result is None:
        return 2
    streams.emit(own_report.render(result))
    if result.interrupted:
        return 2
    checked = result.report.exit_code if result.report is not None else 0
    return 1 if result.failure else checked


def _short(claims: Sequence[judging.Claim], style: Style) -> str:
    told = "`bncheck lab report` shows definitions and all statistics, `bncheck lab list` what is"
    return text.listed(claims, style) + "\n".join(["", *style.wrap(f"{told} registered."), ""])


def _check_place(path: Path) -> None:
    """Make the folder of results, and try to write there before anything is measured."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror}; give another file") from None
    files.check_writable(path, "the file of records")


def _begun(path: Path, *, fresh: bool) -> store.Stored:
    if fresh and path.exists():
        old = path.with_name(path.name + ".old")
        os.replace(path, old)
        streams.complain(f"{path} was there; it is kept as {old}")
    stored = store.read(path)
    store.check_arms(stored.records, str(path))
    if stored.torn:
        streams.complain(stored.torn)
    return stored


def _work(args: argparse.Namespace, chosen: Sequence[Experiment], asked: _Asked) -> _Asked:
    events = running.run(
        chosen,
        budget=args.budget,
        seed=args.seed,
        stored=asked.stored,
        given=args.data,
        jobs=args.jobs,
    )
    try:
        with Progress() as progress, closing(events):
            for event in events:
                if isinstance(event, running.LeftOut):
                    # at once: the rest may take long, and the data may be put right meanwhile
                    streams.complain(f"left out: {', '.join(event.cells)}: {event.reason}")
                    continue
                store.add(args.output, event.records)
                whole = replace(asked.stored, records=(*asked.stored.records, *event.records))
                asked = replace(asked, stored=whole, new=asked.new + len(event.records))
                progress.tell(_told(event))
    except KeyboardInterrupt:
        asked = replace(asked, interrupted=True)
    except BrokenProcessPool:
        streams.complain("a process was ended from outside (is memory full?); run the same again")
        asked = replace(asked, interrupted=True)
    except OSError as error:
        raise UsageError(
            f"{args.output}: cannot be written: {error.strerror}; give another --output"
        ) from None
    return asked


def _told(event: running.Done) -> str:
    last, left = event.records[0], _time(event.left)
    return f"{event.done} of {event.total}, {left} left, {last.experiment} {last.cell}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
