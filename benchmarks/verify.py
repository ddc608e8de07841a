"""What `bncheck verify` costs, and what a gradient check of the same layer costs and sees.

    python benchmarks/verify.py

Prints (a) where the time of a run goes, per case; (b) wall time and peak memory of whole runs;
(c) the time to check one backward pass here and with ``torch.autograd.gradcheck``, and which
wrong backward passes each accepts. Figures depend on the machine: run it on an idle one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import bncheck
from bncheck.engine.options import BUDGETS, Options
from bncheck.engine.service import Service
from bncheck.engine.survey import tasks
from bncheck.engine.worker.replaceable import Worker
from bncheck.laws import LAWS
from bncheck.model import Case, Convention, Gradients, Implementation, Layer
from bncheck.targets import adapt, load
from bncheck.trial import truths
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.truth import oracle

ROOT = Path(__file__).parent.parent
TARGET = "examples/numpy_layer.py"


# -- (a) where the time goes --------------------------------------------------------------------


@contextmanager
def timed(spent: dict[str, float], name: str, holder: Any, attribute: str) -> Iterator[None]:
    """Replace a function by one that adds its seconds to ``spent[name]``."""
    original = getattr(holder, attribute)

    def wrapped(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return original(*args, **options)
        finally:
            spent[name] += time.perf_counter() - began

    setattr(holder, attribute, wrapped)
    try:
        yield
    finally:
        setattr(holder, attribute, original)


def overhead(budget: str) -> None:
    implementation = adapt(load(TARGET), name=TARGET)
    laws = [law for law in LAWS if law.needs <= implementation.abilities]
    dtypes = [("float32", "float32"), ("float64", "float64")]

    began = time.perf_counter()
    planned = list(tasks(laws, implementation.domain, dtypes, BUDGETS[budget], 0))
    generation = time.perf_counter() - began
    requests = [
        {"do": "measure", "recipe": task.recipe.plain(), "laws": list(task.laws)}
        for task in planned
    ]

    worker = Worker(TARGET, Options())
    known = worker.ask({"do": "observe", "dtypes": ["float32"]})["known"]
    worker.ask({"do": "convention", "known": known})
    began = time.perf_counter()
    answers = [worker.ask(request) for request in requests]
    asked = time.perf_counter() - began
    worker.close()
    measured = sum(answer["measure_s"] for answer in answers)
    target = sum(answer["target_s"] for answer in answers)

    # the same once more in this process, to tell the parts of the worker's time apart
    service = Service(implementation)
    service.answer({"do": "convention", "known": known})
    spent: dict[str, float] = defaultdict(float)
    with (
        timed(spent, "oracle", oracle, "training"),
        timed(spent, "oracle", oracle, "inference"),
        timed(spent, "bounds", truths, "training_bounds"),
        timed(spent, "bounds", truths, "inference_bounds"),
        timed(spent, "building", sys.modules["bncheck.engine.measure"], "build"),
        timed(spent, "building", sys.modules["bncheck.engine.measure"], "from_plain"),
    ):
        again = [service.answer(request) for request in requests]
    whole = sum(answer["measure_s"] for answer in again)
    inside = sum(answer["target_s"] for answer in again)
    laws_own = whole - inside - sum(spent.values())

    cases, tried = len(planned), sum(len(task.laws) for task in planned)
    calls = sum(answer["calls"] for answer in answers)
    print(f"(a) {budget} on {TARGET}: {cases} cases, {tried} laws tried on them, {calls} calls")
    print(f"    {'':32}{'ms per case':>12}{'ms per law tried':>18}")
    parts = {
        "target": target,
        "oracle, with its own bounds": spent["oracle"],
        "generation (Hypothesis)": generation,
        "transport (pipe and JSON)": asked - measured,
        "building cases from recipes": spent["building"],
        "bounds": spent["bounds"],
        "laws: variants, balls, comparing": laws_own,
    }
    for name, seconds in parts.items():
        print(f"    {name:32}{1e3 * seconds / cases:12.3f}{1e3 * seconds / tried:18.4f}")
    outside = sum(list(parts.values())[2:])
    carrying = sum(list(parts.values())[2:5])
    for name, seconds in (
        ("all but target and oracle", outside),
        ("without bounds, laws", carrying),
    ):
        print(f"    {name:32}{1e3 * seconds / cases:12.3f}{1e3 * seconds / tried:18.4f}")


# -- (b) whole runs ------------------------------------------------------------------------------


def resident(pid: int) -> int:
    """Resident memory of a process and all below it, in bytes; 0 where that cannot be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGESIZE") + sum(resident(int(child)) for child in below)


def whole_run(*options: str) -> None:
    words = [sys.executable, "-m", "bncheck", "verify", TARGET, *options]
    began, peak = time.perf_counter(), 0
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while running.poll() is None:
        peak = max(peak, resident(running.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    verdict = running.stdout.read().splitlines()[-1] if running.stdout else ""
    told = f"{peak / 1e6:.0f} MB at most" if peak else "memory not told on this system"
    print(f"(b) {' '.join(options):28} {seconds:5.1f} s, {told}; {verdict}")


# -- (c) one backward pass ------------------------------------------------------------------------

Backward = Callable[[Any, Any, Any], Any]

# dx of one pass from dxhat = dy gamma, xhat and 1/s; means over the first axis, for both libraries
BACKWARDS: dict[str, Backward] = {
    "correct": lambda g, xhat, inv: inv * (g - g.mean(0) - xhat * (g * xhat).mean(0)),
    "dx = 0": lambda g, xhat, inv: 0 * g,
    "-dx": lambda g, xhat, inv: -BACKWARDS["correct"](g, xhat, inv),
    "dx/2": lambda g, xhat, inv: BACKWARDS["correct"](g, xhat, inv) / 2,
    "mean term dropped": lambda g, xhat, inv: inv * (g - xhat * (g * xhat).mean(0)),
    "variance term dropped": lambda g, xhat, inv: inv * (g - g.mean(0)),
    "m - 1 for m": lambda g, xhat, inv: inv * (
        g - (g.sum(0) + xhat * (g * xhat).sum(0)) / (len(g) - 1)
    ),
}  # fmt: skip
EPS = 1e-5


def ours(backward: Backward, shape: tuple[int, int]) -> tuple[float, list[str]]:
    """Check one case with all backward laws; return the seconds and the laws that fail."""
    random = np.random.default_rng(0)
    x, dy = random.standard_normal(shape), random.standard_normal(shape)
    ones, zeros = np.ones(shape[1]), np.zeros(shape[1])
    case = Case(x, ones, zeros, dy, zeros, ones, EPS)

    def make(case: Case) -> Layer:
        kept: dict[str, Any] = {}

        def train(x: Any) -> Any:
            centered = x - x.mean(0)
            kept["inv"] = 1 / np.sqrt((centered * centered).mean(0) + x.dtype.type(case.eps))
            kept["xhat"] = centered * kept["inv"]
            return case.gamma * kept["xhat"] + case.beta

        def back(dy: Any) -> Gradients:
            dx = backward(dy * case.gamma, kept["xhat"], kept["inv"])
            return Gradients(dx, (dy * kept["xhat"]).sum(0), dy.sum(0))

        return Layer(train=train, backward=back)

    implementation = Implementation("mine", make, frozenset({"backward"}))
    laws = [law for law in LAWS if fnmatchcase(law.id, "B*") and law.needs <= {"backward"}]
    failing = []
    began = time.perf_counter()
    bench = Trial(case, implementation, Convention(one_value="beta"))
    for law in laws:
        with np.errstate(all="ignore"):
            try:
                failed = any(each.error > each.bound for each in law.measure(bench))
            except Inapplicable:
                continue
        if failed:
            failing.append(law.id)
    return time.perf_counter() - began, failing


def gradcheck(backward: Backward, shape: tuple[int, int], fast: bool) -> tuple[float, bool]:
    """Run torch's check in float64 with its defaults; return the seconds and what it says.

    Where fast mode rejects, it runs slow mode for the text of its message, which is left out.
    """
    import torch

    class Normalize(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            centered = x - x.mean(0)
            inv = 1 / torch.sqrt((centered * centered).mean(0) + EPS)
            ctx.save_for_backward(centered * inv, inv)
            return centered * inv

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return backward(dy, *ctx.saved_tensors)

    x = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
    module = sys.modules["torch.autograd.gradcheck"]
    with patch.object(module, "_run_slow_mode_and_get_error", return_value="", create=True):
        began = time.perf_counter()
        accepted = torch.autograd.gradcheck(
            Normalize.apply, (x,), fast_mode=fast, raise_exception=False
        )
        return time.perf_counter() - began, bool(accepted)


def backward_pass(rows: int, slow_rows: int, draws: int) -> None:
    shape, small = (rows, 2), (slow_rows, 2)
    try:
        import torch

        torch.manual_seed(0)
    except ImportError:
        torch = None
        print("(c) torch is not installed, so only bncheck's column is filled")
    print(f"(c) one backward pass, float64; x of shape {shape}, for gradcheck's slow mode {small}")
    print("    (its Jacobians are quadratic in the size: time and memory at "
          f"{shape} are {(rows / slow_rows) ** 2:.0f} times as much)")  # fmt: skip
    print(f"    {'':24}{'bncheck, laws B*':>24}{'gradcheck fast':>30}{'gradcheck slow':>24}")
    for name, backward in BACKWARDS.items():
        seconds, failing = ours(backward, shape)
        told = f"{len(failing)} laws fail" if failing else "accepted"
        line = f"    {name:24}{told:>14}{1e3 * seconds:7.0f} ms"
        if torch is not None:
            fast = [gradcheck(backward, shape, fast=True) for _ in range(draws)]
            accepted = sum(verdict for _, verdict in fast)
            spent = sum(seconds for seconds, _ in fast) / draws
            line += f"{f'accepted {accepted} of {draws}':>20}{1e3 * spent:7.0f} ms"
            seconds, verdict = gradcheck(backward, small, fast=False)
            line += f"{'accepted' if verdict else 'rejected':>14}{1e3 * seconds:7.0f} ms"
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=5000, help="rows of x in (c)")
    parser.add_argument("--slow-rows", type=int, default=300, help="rows for gradcheck's slow mode")
    parser.add_argument("--draws", type=int, default=10, help="runs of gradcheck's fast mode")
    given = parser.parse_args()
    os.chdir(ROOT)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"bncheck {bncheck.__version__}, numpy {np.__version__}, {cores} cores, "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
    overhead("quick")
    whole_run("--budget", "quick")
    whole_run("--budget", "standard")
    whole_run("--budget", "standard", "--jobs", "2")
    backward_pass(given.rows, given.slow_rows, given.draws)


if __name__ == "__main__":
    main()
