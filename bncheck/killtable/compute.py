"""Computing the kill table: every deviation is verified like anybody's implementation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from bncheck.deviations import BY_NAME
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.targets import attribute
from bncheck.engine import verify
from bncheck.engine.judge import SURVIVES
from bncheck.killtable.table import KillTable, Row
from bncheck.model import Implementation

# tried in turn, until a law catches the deviation
BUDGETS = ("quick", "standard")

# calls that never return cost this much each, in the worker where they are made
TIMEOUT = 1.0


def rows(
    deviations: Iterable[Deviation],
    *,
    seed: int = 0,
    budgets: Sequence[str] = BUDGETS,
    laws: Sequence[str] = (),
    jobs: int = 1,
) -> Iterator[Row]:
    """Verify each deviation at the smallest budget that catches it; yields as it goes.

    laws: only these are tried; empty for all; jobs: processes
    """
    each = partial(_row, seed=seed, budgets=budgets, laws=laws)
    names = [deviation.name for deviation in deviations]
    if jobs == 1:
        yield from map(each, names)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(each, names)


def _row(name: str, *, seed: int, budgets: Sequence[str], laws: Sequence[str]) -> Row:
    row = Row(name, budgets[-1], ())
    for budget in budgets:
        row = Row(name, budget, catching(BY_NAME[name], budget=budget, seed=seed, laws=laws))
        if row.laws:
            break
    return row


def catching(
    deviation: Deviation,
    *,
    budget: str = "quick",
    seed: int = 0,
    fail_fast: bool = False,
    laws: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the ids of the laws that fail, or end in an error, on a deviation."""
    target: str | Implementation = deviation.apply()
    if deviation.dangerous:
        target = f"bncheck.deviations.targets:{attribute(deviation.name)}"
    report = verify(
        target,
        # a target that raises is the merit of one law, as when all are tried
        laws=(*laws, SURVIVES) if laws else (),
        budget=budget,
        seed=seed,
        fail_fast=fail_fast,
        shrink=False,
        diagnose=False,
        save=None,
        timeout=TIMEOUT,
    )
    failing = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    if laws and SURVIVES not in laws:
        failing.discard(SURVIVES)
    # a process that is gone leaves other laws unmeasured, which is no merit of theirs
    return (SURVIVES,) if deviation.dangerous and SURVIVES in failing else tuple(sorted(failing))


def minimal_cover(table: KillTable) -> tuple[str, ...]:
    """Return a smallest set of laws that catches every deviation that any law catches.

    Minimum set cover as an integer program (scipy's HiGHS solves it exactly at this size).
    """
    import numpy as np  # noqa: PLC0415 # only the command that computes the table needs these
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 # as above

    caught = [row for row in table.rows if row.laws]
    laws = sorted({law for row in caught for law in row.laws})
    if not laws:
        return ()
    covers = np.array([[law in row.laws for law in laws] for row in caught], float)
    solved = milp(
        np.ones(len(laws)),
        constraints=LinearConstraint(covers, lb=1),
        integrality=np.ones(len(laws)),
        bounds=Bounds(0, 1),
    )
    return tuple(law for law, chosen in zip(laws, solved.x, strict=True) if chosen > 0.5)
