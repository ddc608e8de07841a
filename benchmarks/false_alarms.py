"""Correct algorithms on a million cases: none may be blamed.

    python benchmarks/false_alarms.py [--cases N] [--first SEED] [--jobs N] [--record FILE]
        [--norms batch | layer,rms,group,instance]

A case is an algorithm of `tests/support/correct.py`, or `correct_relatives.py`, on an input, and
inputs are drawn by the regimes, seed after seed, in every dtype. In the relatives the laws see the
layer's own parameters, or a gamma for each set, as in a run. All algorithms get the same input, so
that its truth and its bounds are worked out once. The laws that say what the outputs are, F00, B01
and B19, are tried on each case, and the others that read the plain run on every third in turn. What
looks like a failure is measured as a run of bncheck does, confirmed exactly, and printed if it
stands: exit code 1. With a record, a line of JSON for each seed and dtype, what is in the file is
not done again: delete it when bncheck changes. Laws that make calls of their own are for
`soundness.py`.
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
from correct_relatives import CORRECT_RELATIVES

from bncheck.cases import build
from bncheck.engine.bench import ARRAYS
from bncheck.engine.measure import measure
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import Task, tasks
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.model import NORMS, Case, Domain, Implementation
from bncheck.trial.law import Law
from bncheck.trial.trial import Guard, Inapplicable, Trial

ALGORITHMS = {"batch": (*CORRECT, *PROMISED), **CORRECT_RELATIVES}
SHARED = tuple(law for law in LAWS if law.shared)
ALWAYS = {"F00", "B01", "B19"}
DTYPES = ("float32", "float64", "float16", "bfloat16")
MOST_VALUES = 1 << 14  # larger inputs would take most of the time; soundness.py has them


@dataclass
class Count:
    """What one seed, dtype and normalization came to; alarms are sentences."""

    seed: int
    dtype: str
    norm: str = "batch"
    inputs: int = 0
    cases: int = 0
    examples: int = 0
    alarms: tuple[str, ...] = ()


def sweep(job: tuple[int, str, str]) -> Count:
    """Try all inputs of a seed in one dtype on all algorithms of one normalization."""
    count = Count(*job)
    norm = NORMS[count.norm]
    laws = tuple(law for law in SHARED if law.about(norm))
    domain = Domain(dtypes=(count.dtype,), norm=norm)
    pairs = [(count.dtype, count.dtype)]
    with np.errstate(all="ignore"):
        for task in tasks(laws, domain, pairs, BUDGETS["standard"], count.seed):
            if task.recipe.size <= MOST_VALUES:
                count.inputs += 1
                asked = [law for law in laws if law.id in task.laws]
                own = [law for law in asked if law.native and not norm.of_sets]
                _all_algorithms(build(task.recipe, norm), own, task, count)
                others = [law for law in asked if law not in own]
                _all_algorithms(build(task.recipe, norm.simple), others, task, count)
    return count


def _all_algorithms(case: Case, laws: list[Law], task: Task, count: Count) -> None:
    if not laws:
        return
    before = [getattr(case, name).tobytes() for name in ARRAYS]
    known: dict[object, Trial] = {}
    for algorithm in ALGORITHMS[count.norm]:
        if count.dtype not in algorithm.domain.dtypes:
            continue
        trial = Trial(case, algorithm, algorithm.convention)
        first = known.setdefault(trial.algorithms(trial.case), trial)
        if first is not trial:  # the same truth, with the same bounds
            trial.__dict__["exact_training"] = first.exact_training
            if case.norm.of_sets:  # no law asks for inference otherwise
                trial.__dict__["exact_inference"] = first.exact_inference
        count.cases += 1
        for j, law in enumerate(laws):
            if law.id not in ALWAYS and (count.cases + j) % 3:
                continue
            if law.needs - algorithm.abilities:
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
    parser.add_argument("--norms", default="batch")
    given = parser.parse_args()
    lines = given.record.read_text().splitlines() if given.record and given.record.exists() else []
    done = [Count(**json.loads(line)) for line in lines]
    known = {(count.seed, count.dtype, count.norm) for count in done}
    began = time.perf_counter()
    with ProcessPoolExecutor(given.jobs) as pool:
        norms = given.norms.split(",")
        seeds = itertools.count(given.first)
        planned = ((s, d, n) for s in seeds for d in DTYPES for n in norms)
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
