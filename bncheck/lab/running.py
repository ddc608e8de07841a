"""Doing the work: units in an order, side by side if asked, each kept as soon as it is done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bncheck.lab import catalogue, datasets
from bncheck.lab.judging import FIRST_LOOK, judged, undecided
from bncheck.lab.model import BUDGETS, Budget, Cell, Experiment, Record
from bncheck.lab.store import Stored

# seeds of a budget; `thorough` adds as many where something is undecided
SEEDS: dict[Budget, int] = {"quick": 6, "standard": FIRST_LOOK, "thorough": FIRST_LOOK}


@dataclass(frozen=True)
class Unit:
    """One cell with one seed: its arms are measured once, for all experiments that read them."""

    readers: tuple[str, ...]
    cell: str
    seed: int
    given: Path | None


@dataclass(frozen=True)
class Done:
    """Some records that are done, and how far the run is. spent, left: seconds by the clock."""

    records: tuple[Record, ...]
    done: int
    total: int
    spent: float
    left: float


@dataclass(frozen=True)
class LeftOut:
    """Cells that cannot be tried, and why: one sentence."""

    cells: tuple[str, ...]
    reason: str


def planned(
    experiments: Sequence[Experiment],
    budget: Budget,
    seed: int,
    given: Path | None,
    stored: Stored,
    more: set[tuple[str, str]] | None = None,
) -> tuple[list[Unit], list[LeftOut]]:
    """Return the units that are not stored yet, cheap data first, and what is left out.

    more: experiments and cells that get a second dozen of seeds; None: the first dozen for all
    """
    have = {(r.experiment, r.cell, r.seed, r.digest) for r in stored.records}
    units: dict[tuple[str, str, int], list[str]] = {}
    out: dict[str, list[str]] = {}
    for experiment in experiments:
        made = catalogue.definition(experiment)
        for cell in _cells(experiment, budget):
            reason = datasets.available(cell.data, given) if cell.data else ""
            if reason:
                out.setdefault(reason, []).append(f"{experiment.id} {cell.name}")
                continue
            for s in _seeds(experiment, cell, budget, seed, more):
                if (experiment.id, cell.name, s, made) not in have:
                    key = experiment.runs or experiment.id, cell.name, s
                    units.setdefault(key, []).append(experiment.id)
    return (
        [Unit(tuple(readers), cell, s, given) for (_, cell, s), readers in units.items()],
        [LeftOut(tuple(cells), reason) for reason, cells in out.items()],
    )


def _cells(experiment: Experiment, budget: Budget) -> list[Cell]:
    most = BUDGETS.index(budget)
    return [cell for cell in experiment.cells if BUDGETS.index(cell.budget) <= most]


def _seeds(
    experiment: Experiment,
    cell: Cell,
    budget: Budget,
    seed: int,
    more: set[tuple[str, str]] | None,
) -> range:
    first = SEEDS[budget]
    if experiment.seeds:
        return range(seed, seed + (min(first, experiment.seeds) if more is None else 0))
    if more is None:
        return range(seed, seed + first)
    wanted = (experiment.id, cell.name) in more
    return range(seed + first, seed + 2 * first) if wanted else range(0)


def run(
    experiments: Sequence[Experiment],
    *,
    budget: Budget,
    seed: int,
    stored: Stored,
    given: Path | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
) -> Generator[Done | LeftOut, None, None]:
    """Do what is not stored yet, and tell of each unit as it is done.

    executor: of the caller, in place of ``jobs`` processes. What was told of is done: a caller
    that keeps it can stop at any time.
    """
    units, out = planned(experiments, budget, seed, given, stored)
    yield from out
    records = list(stored.records)
    with _executor(jobs, executor) as pool:
        for done in _worked(units, pool):
            records += done.records
            yield done
        if budget == "thorough":
            more = undecided(judged(experiments, records))
            units, _ = planned(experiments, budget, seed, given, Stored(tuple(records)), more)
            yield from _worked(units, pool)


def _worked(units: Sequence[Unit], pool: Executor | None) -> Iterator[Done]:
    began = time.perf_counter()
    for number, records in enumerate(_records(units, pool), start=1):
        spent = time.perf_counter() - began
        left = spent / number * (len(units) - number)
        yield Done(records, number, len(units), spent, left)


def _records(units: Sequence[Unit], pool: Executor | None) -> Iterator[tuple[Record, ...]]:
    if pool is None:
        yield from map(measured, units)
        return
    waiting: list[Future[tuple[Record, ...]]] = [pool.submit(measured, unit) for unit in units]
    try:
        for future in as_completed(waiting):
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _executor(jobs: int, executor: Executor | None) -> Iterator[Executor | None]:
    if executor is not None or jobs <= 1:
        yield executor
        return
    with _one_thread(), ProcessPoolExecutor(jobs, get_context("spawn"), _undisturbed) as pool:
        yield pool


@contextmanager
def _one_thread() -> Iterator[None]:
    """Have processes that are started meanwhile multiply matrices in one thread each."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _undisturbed() -> None:
    """Leave Ctrl-C to the process that has started this one, and finish what is on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def measured(unit: Unit) -> tuple[Record, ...]:
    """Measure all arms of a unit, and make the record of each experiment that reads them.

    Arms and seconds are kept with the first of these only.
    """
    began = time.process_time()
    readers = [catalogue.BY_ID[name] for name in unit.readers]
    cell = readers[0].cell(unit.cell)
    data = datasets.load(cell.data, unit.given)
    arms = {arm: readers[0].measure(cell, arm, data, unit.seed) for arm in cell.arms}
    seconds = time.process_time() - began
    return tuple(
        Record(
            reader.id,
            catalogue.definition(reader),
            unit.cell,
            unit.seed,
            data.digest,
            round(seconds, 3) if reader is readers[0] else 0.0,
            reader.effects(cell, arms),
            arms if reader is readers[0] else {},
        )
        for reader in readers
    )
