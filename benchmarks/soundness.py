"""The long run: no false alarm over many seeds, and every mutant failed over as many.

    python benchmarks/soundness.py --seeds 20 --budget standard

Prints one line a target and a summary line; exits 1 if a correct algorithm was blamed or a
mutant was not failed.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))


@dataclass(frozen=True)
class Job:
    kind: str  # correct, torch or mutant
    name: str
    seed: int
    budget: str
    dtypes: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    job: Job
    good: bool
    examples: int
    seconds: float
    told: str


def run(job: Job) -> Outcome:
    warnings.simplefilter("ignore")
    from correct import CORRECT, PROMISED

    from bncheck.deviations import BY_NAME
    from bncheck.engine import verify

    began = time.perf_counter()
    options = {"budget": job.budget, "seed": job.seed, "save": None}
    if job.kind == "correct":
        target = next(i for i in (*CORRECT, *PROMISED) if i.name == job.name)
        options["dtypes"] = tuple(d for d in job.dtypes if d in target.domain.dtypes)
        if not options["dtypes"]:
            return Outcome(job, True, 0, 0.0, "")
    elif job.kind == "torch":
        target = job.name
        options["dtypes"] = ("float32", "float64")
    else:
        target = BY_NAME[job.name].apply()
        options["fail_fast"] = True
    report = verify(target, **options)
    wrong = [f for f in report.findings if f.verdict in ("fails", "error")]
    told = "; ".join(f"{f.law} {f.dtype}: {f.reason} {f.case and f.case.recipe}" for f in wrong[:3])
    examples = sum(f.examples for f in report.findings)
    good = bool(wrong) == (job.kind == "mutant")
    return Outcome(job, good, examples, time.perf_counter() - began, told)


def jobs(kinds: list[str], seeds: int, budget: str, dtypes: tuple[str, ...]) -> list[Job]:
    from correct import CORRECT, PROMISED

    from bncheck.deviations import MUTANTS

    names = {
        "correct": [i.name for i in (*CORRECT, *PROMISED)],
        "torch": [f"torch.nn:BatchNorm{d}d" for d in (1, 2, 3)],
        "mutant": list(MUTANTS.values()),
    }
    return [Job(k, n, s, budget, dtypes) for s in range(seeds) for k in kinds for n in names[k]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--kinds", default="mutant,torch,correct")
    parser.add_argument("--dtypes", default="float32,float64,float16,bfloat16")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    bad, examples, done = 0, {}, {}
    began = time.perf_counter()
    with ProcessPoolExecutor(given.jobs) as pool:
        dtypes = tuple(given.dtypes.split(","))
        planned = jobs(given.kinds.split(","), given.seeds, given.budget, dtypes)
        for outcome in pool.map(run, planned):
            job = outcome.job
            examples[job.kind] = examples.get(job.kind, 0) + outcome.examples
            done[job.kind] = done.get(job.kind, 0) + 1
            bad += not outcome.good
            if not outcome.good:
                print(
                    f"WRONG {job.kind} {job.name} seed {job.seed}: {outcome.told or 'not failed'}"
                )
            sys.stdout.flush()
    for kind in done:
        print(f"{kind}: {done[kind]} runs, {examples[kind]} examples")
    print(f"{bad} wrong; {time.perf_counter() - began:.0f} s; budget {given.budget}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
