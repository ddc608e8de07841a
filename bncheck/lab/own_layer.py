"""E19 with somebody's own layer: what training notices, and what ``bncheck verify`` finds.

The command line calls it so, where ``bncheck lab run E19 --target TARGET`` is given, and shows
progress from the events:

    for event in own_layer.run(args.target, budget=args.budget, seed=args.seed):
        if isinstance(event, own_layer.Finished):
            streams.emit(own_report.render(event.result))  # of bncheck.lab.own_report

Two nets are trained for each seed, from the same start and on the same batches: one with the
layer, in training, and one with the proved formulas. The layer lives in a worker and is asked for
single steps, see `bncheck.engine.stepping`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path

from bncheck.engine import Options, events, opening, stepping
from bncheck.engine import run as checked
from bncheck.engine.session import Died, Session
from bncheck.errors import BncheckError, TargetError, TargetRaised
from bncheck.lab import datasets, own_net, training
from bncheck.lab.data import Data
from bncheck.lab.experiments.e19_it_trains import CELLS
from bncheck.lab.model import Budget, Cell
from bncheck.lab.own_fitting import Fitted, fitted
from bncheck.lab.statistics import FEWEST, Decision, decision
from bncheck.lab.training import Setup
from bncheck.model import Implementation, Report
from bncheck.model.formats import Array

# a point of accuracy, as in E19
MARGIN = 1.0
SEEDS: dict[Budget, int] = {"quick": FEWEST, "standard": 12, "thorough": 24}
# the cell of E19 whose net is trained
CELL: dict[Budget, str] = {"quick": "digits", "standard": "relu", "thorough": "relu"}
# progress is told once in so many steps
_STEPS = 25


@dataclass(frozen=True)
class Pair:
    """Test accuracies of one seed: of the net with the layer, and of that with the proved one.

    diverged: the step from which on there were no numbers any more, None where there was none
    """

    seed: int
    own: float
    right: float
    diverged: int | None = None

    @property
    def lost(self) -> float:
        """Points that the layer loses."""
        return 100 * (self.right - self.own)


@dataclass(frozen=True)
class Result:
    """What came out.

    failure: why training did not come to its end, a sentence; seeds: how many were asked for
    report: of ``bncheck verify``, None where it was not run; unchecked: why not, a sentence
    """

    target: str
    data: str
    setup: Setup
    dtype: str
    seeds: int
    pairs: tuple[Pair, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    report: Report | None = None
    unchecked: str = ""

    @property
    def done(self) -> str:
        """How many seeds were trained: "7 seeds", "3 of 7 seeds"."""
        count = len(self.pairs)
        told = f"{count} of {self.seeds}" if count < self.seeds else str(self.seeds)
        return f"{told} seed{'' if self.seeds == 1 else 's'}"

    @property
    def decision(self) -> Decision:
        """About points lost: "supported" where training notices, "not supported" where not."""
        return decision([pair.lost for pair in self.pairs], "greater", MARGIN)


@dataclass(frozen=True)
class Training:
    """So many of so many steps, of all seeds, are made; pairs: the seeds that are done."""

    done: int
    total: int
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Checking:
    """What ``bncheck verify`` tells of how far it is."""

    progress: events.Progress


@dataclass(frozen=True)
class Finished:
    """The last event, always."""

    result: Result


Event = Training | Checking | Finished


@dataclass
class _Asked:
    """The layer as a part of a net: each call is a step in the worker."""

    session: Session
    step: stepping.Step
    name: str = field(default="it")

    def output(self, x: Array, gamma: Array, beta: Array) -> Array:
        return stepping.output(self.session, self.step, x, gamma, beta)

    def gradients(
        self, x: Array, gamma: Array, beta: Array, dy: Array
    ) -> tuple[Array, Array, Array]:
        given = stepping.gradients(self.session, self.step, x, gamma, beta, dy)
        missing = [name for name in ("dx", "dgamma", "dbeta") if name not in given]
        if missing:
            raise TargetError(
                f"{self.name} gives no {' and no '.join(missing)}, and the net trains its gamma "
                "and beta too: let backward return dx, dgamma and dbeta"
            )
        return given["dx"], given["dgamma"], given["dbeta"]


def run(
    target: str | Path | Implementation,
    *,
    budget: Budget = "quick",
    seed: int = 100,
    options: Options | None = None,
    cell: Cell | None = None,
    seeds: int | None = None,
) -> Generator[Event, None, None]:
    """Train with a layer, then verify it. The last event is `Finished`.

    options: of both; None: budget quick for verify, and nothing is saved
    cell, seeds: in place of those of the budget; after Ctrl-C what was trained is told

    Raises UsageError where the data is not there, UsageError, TargetError or NotSupported where
    the net cannot be trained with this target.
    """
    target, options = opening.asked(target, options or Options(budget="quick", save=None))
    result: Result | None = None
    for event in train(target, budget=budget, seed=seed, options=options, cell=cell, seeds=seeds):
        if isinstance(event, Finished):
            result = event.result
        else:
            yield event
    if result is None:
        return
    if not result.interrupted:
        result = yield from _verified(target, options, result)
    yield Finished(result)


def train(
    target: str | Path | Implementation,
    *,
    budget: Budget = "quick",
    seed: int = 100,
    options: Options | None = None,
    cell: Cell | None = None,
    seeds: int | None = None,
) -> Generator[Training | Finished, None, None]:
    """Train with a layer, and with the proved one beside it; as `run`, without its second half."""
    target, options = opening.asked(target, options)
    cell = cell or next(c for c in CELLS if c.name == CELL[budget])
    wanted, data = SEEDS[budget] if seeds is None else seeds, datasets.load(cell.data)
    name = target if isinstance(target, str) else target.name
    pool = opening.pool(target, options, single=True)
    try:
        fit = fitted(name, pool.first.loaded, next(iter(cell.arms.values())), options)
        asked = _Asked(pool.first, fit.step, name)
        result = Result(name, cell.data, fit.setup, fit.step.dtype, wanted)
        pairs: list[Pair] = []
        try:
            yield from _pairs(fit, data, range(seed, seed + wanted), asked, pairs)
        except _Stopped as stopped:
            result = replace(result, failure=str(stopped))
        except TargetError as error:  # what it did to its process, or gradients it does not give
            if not pairs:
                raise
            result = replace(result, failure=str(error))
        except KeyboardInterrupt:
            pool.abandon()
            result = replace(result, interrupted=True)
        yield Finished(replace(result, pairs=tuple(pairs), notes=pool.remarks.told()))
    finally:
        pool.close()


class _Stopped(Exception):
    """Training came to no end; a sentence."""


def _pairs(
    fit: Fitted, data: Data, seeds: range, asked: _Asked, pairs: list[Pair]
) -> Iterator[Training]:
    """Train seed by seed, and keep each pair that is done."""
    setup, total = fit.setup, fit.setup.steps * len(seeds)
    for number, seed in enumerate(seeds):
        start, made = training.started(setup, data, seed), 0
        diverged: int | None = None
        try:
            for step, loss in own_net.steps(setup, start, asked):
                if step % _STEPS == 0:
                    yield Training(number * setup.steps + step, total, tuple(pairs))
                diverged, made = None if isfinite(loss) else step, step + 1
        except (TargetRaised, Died) as error:
            raise _Stopped(_told(error, made, seed)) from error
        right = training.started(setup, data, seed)
        curve = training.trained(setup, right, (setup.steps,))
        pairs.append(Pair(seed, own_net.accuracy(setup, start), curve["acc"][-1], diverged))
        yield Training((number + 1) * setup.steps, total, tuple(pairs))


def _told(error: TargetRaised | Died, step: int, seed: int) -> str:
    where = f"after {step} step{'' if step == 1 else 's'} of seed {seed}"
    if isinstance(error, Died):
        return f"{where} {error.detail}"
    if error.kind in ("shape", "type"):
        return f"{where} {error.message}"
    return f"{where} {error.where} raised {error.kind}: {error.message}"


def _verified(
    target: str | Implementation, options: Options, result: Result
) -> Generator[Checking, None, Result]:
    """Verify the target; what refuses there is told, and what was trained stays."""
    try:
        for event in checked(target, options):
            if isinstance(event, events.Progress):
                yield Checking(event)
            elif isinstance(event, events.Finished):
                return replace(result, report=event.report)
    except BncheckError as error:
        return replace(result, unchecked=str(error))
    return result
