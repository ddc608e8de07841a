"""Correct algorithms on a million cases: none may be blamed.

    python benchmarks/false_alarms.py [--cases N] [--first SEED] [--jobs N] [--record FILE]

A case is an algorithm of `tests/support/correct.py` on an input, and inputs are drawn by the
regimes, seed after seed, in every dtype. All algorithms get the same input, so that its truth and
its bounds are worked out once. The laws that say what the outputs are, F00, B01 and B19, are tried
on each case, and the others that read the plain run on every third in turn. What looks like a
failure is measured as a run of bncheck does, confirmed exactly, and printed if it stands: exit
code 1. With a record, a line of JSON for each seed and dtype, what is in the file is not done
again: delete it when bncheck changes. Laws that make calls of their own are for `soundness.py`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from correct import CORRECT, PROMISED

from bncheck.cases import build
from bncheck.engine.measure import ARRAYS, Target, measure
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import Task, tasks
from bncheck.laws import LAWS
from bncheck.model import Domain, Implementation
from bncheck.trial.law import Law
from bncheck.trial.trial import Guard, Inapplicable, Trial

ALGORITHMS = (*CORRECT, *PROMISED)
SHARED = tuple(law for law in LAWS if law.shared)
ALWAYS = {"F00", "B01", "B19"}
DTYPES = ("float32", "float64", "float16", "bfloat16")
MOST_VALUES = 1 << 14  # larger inputs would take most of the time; soundness.py has them


@dataclass
class Count:
    """What one seed and dtype came to; alarms are sentences."""

    seed: int
    dtype: str
    inputs: int = 0
    cases: int = 0
    examples: int = 0
    alarms: tuple[str, ...] = ()


def sweep(job: tuple[int, str]) -> Count:
    """Try all inputs of a seed in one dtype on all algorithms."""
    count = Count(*job)
    domain = Domain(dtypes=(count.dtype,))
    pairs = [(count.dtype, count.dtype)]
    with np.errstate(all="ignore"):
        for task in tasks(SHARED, domain, pairs, BUDGETS["standard"], count.seed):
            if task.recipe.size <= MOST_VALUES:
                count.inputs += 1
                _all_algorithms(task, count)
    return count


def _all_algorithms(task: Task, count: Count) -> None:
    laws = [law for law in SHARED if law.id in task.laws]
    case = build(task.recipe)
    before = [getattr(case, name).tobytes() for name in ARRAYS]
    known: dict[object, Trial] = {}
    for algorithm in ALGORITHMS:
        if count.dtype not in algorithm.domain.dtypes:
            continue
        trial = Trial(case, algorithm, algorithm.convention)
        first = known.setdefault(trial.algorithms(trial.case), trial)
        if first is not trial:  # the same truth, with the same bounds
            trial.__dict__["exact_training"] = first.exact_training
            trial.__dict__["exact_inference"] = first.exact_inference
        count.cases += 1
        for j, law in enumerate(laws):
            if law.id not in ALWAYS and (count.cases + j) % 3:
                continue
            count.examples += 1
            if _suspicious(law, trial):
                count.alarms += _confirmed(law, algorithm, task)
    if before != [getattr(case, name).tobytes() for name in ARRAYS]:
        raise RuntimeError(f"an algorithm wrote to the arrays of {task.recipe.plain()}")


def _suspicious(law: Law, trial: Trial) -> bool:
    try:
        return any(residual.error > residual.bound for residual in law.measure(trial))
    except Inapplicable:
        return False


def _confirmed(law: Law, algorithm: Implementation, task: Task) -> tuple[str, ...]:
    target = Target(algorithm, algorithm.convention, Guard())
    (result,) = measure(target, task.recipe.plain(), [law], confirm=True, explain=False)
    if result["status"] == "measured" and not result["fails"]:
        return ()
    return (f"{law.id} blames {algorithm.name} on {task.recipe.plain()}: {result}",)


def main() -> int:
    """Sweep seeds until there are enough cases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    lines = given.record.read_text().splitlines() if given.record and given.record.exists() else []
    done = [Count(**json.loads(line)) for line in lines]
    known = {(count.seed, count.dtype) for count in done}
    began = time.perf_counter()
    with ProcessPoolExecutor(given.jobs) as pool:
        planned = ((s, d) for s in itertools.count(given.first) for d in DTYPES)
        while sum(count.cases for count in done) < given.cases:
            some = list(itertools.islice((j for j in planned if j not in known), given.jobs))
            for count in pool.map(sweep, some):
                done.append(count)
                for alarm in count.alarms:
                    print(alarm)
                if given.record:
                    with given.record.open("a") as file:
                        file.write(json.dumps(count.__dict__) + "\n")
            print(f"{sum(c.cases for c in done)} cases, {time.perf_counter() - began:.0f} s")
            sys.stdout.flush()
    alarms = sum(len(count.alarms) for count in done)
    examples, inputs = sum(c.examples for c in done), sum(c.inputs for c in done)
    print(f"{sum(c.cases for c in done)} cases on {inputs} inputs, {examples} examples, "
          f"{len({c.seed for c in done})} seeds: {alarms} false alarms")  # fmt: skip
    return bool(alarms)


if __name__ == "__main__":
    sys.exit(main())
