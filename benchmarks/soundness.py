"""The long run: no false alarm over many seeds, and every mutant failed over as many.

    python benchmarks/soundness.py --seeds 20 --budget standard [--record FILE]

Prints what is wrong as it comes, a line a seed, and the figures; exits 1 if a correct algorithm
was blamed or a mutant was not failed. With a record, a line of JSON for each run, a run that is
already in the file is not done again: delete it when bncheck changes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))


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


def jobs(kinds: list[str], seeds: range, budget: str, dtypes: tuple[str, ...]) -> list[Job]:
    from correct import CORRECT, PROMISED

    from bncheck.deviations import MUTANTS

    names = {
        "correct": [i.name for i in (*CORRECT, *PROMISED)],
        "torch": [f"torch.nn:BatchNorm{d}d" for d in (1, 2, 3)],
        "mutant": list(MUTANTS.values()),
    }
    return [Job(k, n, s, budget, dtypes) for s in seeds for k in kinds for n in names[k]]


def recorded(file: Path | None) -> dict[Job, Outcome]:
    lines = file.read_text(encoding="utf-8").splitlines() if file and file.exists() else []
    done = {}
    for line in map(json.loads, lines):
        job = Job(**{**line["job"], "dtypes": tuple(line["job"]["dtypes"])})
        done[job] = Outcome(**{**line, "job": job})
    return done


def outcomes(planned: list[Job], workers: int, file: Path | None) -> Iterator[Outcome]:
    """The outcome of each job, in their order; from the record where it has them."""
    done = recorded(file)
    with ProcessPoolExecutor(workers) as pool:
        fresh = pool.map(run, [job for job in planned if job not in done])
        for job in planned:
            if job in done:
                yield done[job]
                continue
            outcome = next(fresh)
            if file:
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(outcome)) + "\n")
            yield outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--kinds", default="mutant,torch,correct")
    parser.add_argument("--dtypes", default="float32,float64,float16,bfloat16")
    parser.add_argument("--named", default="", help="only those with this in their names")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    began = time.perf_counter()
    seeds = range(given.first, given.first + given.seeds)
    planned = jobs(given.kinds.split(","), seeds, given.budget, tuple(given.dtypes.split(",")))
    planned = [job for job in planned if given.named in job.name]
    bad, done = 0, {}
    for seed, some in groupby(outcomes(planned, given.jobs, given.record), lambda o: o.job.seed):
        for outcome in some:
            job = outcome.job
            runs, examples = done.get(job.kind, (0, 0))
            done[job.kind] = runs + 1, examples + outcome.examples
            if not outcome.good:
                bad += 1
                print(f"WRONG {job.kind} {job.name} seed {job.seed}: "
                      f"{outcome.told or 'not failed'}", flush=True)  # fmt: skip
        print(f"seed {seed}: {time.perf_counter() - began:.0f} s, {bad} wrong so far", flush=True)
    for kind, (runs, examples) in done.items():
        print(f"{kind}: {runs} runs, {examples} examples")
    print(f"{bad} wrong; budget {given.budget}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
