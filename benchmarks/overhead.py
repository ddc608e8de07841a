"""What verifying costs beside the layer itself: all outside the target over the target's own.

    python benchmarks/overhead.py [--sizes N,...] [--dtypes NAME,...] [--runs N] [--laws]
                                  [--only-ours]

For each size of x and dtype, on ``examples/numpy_layer.py`` and the laws that read the plain run:
processor time of each stage and, with ``--laws``, of each law, as multiples of the target's own,
and the floor: the target, one wider evaluation and one comparison of each output. Then other
checks of the same layer in float64, as multiples of one forward and backward pass. Figures are
the median of so many runs in one process, by turns, and the range of all.
"""

from __future__ import annotations

# bound before the target is loaded, which may replace what the module holds
from time import process_time  # isort: skip

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from math import prod
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import numpy as np

from bncheck.cases import REGIMES, build, from_plain
from bncheck.cases.drawing import Block, draw
from bncheck.cases.recipe import Recipe, Values
from bncheck.engine.options import Options
from bncheck.engine.service import Service
from bncheck.engine.worker.replaceable import Worker
from bncheck.laws import LAWS
from bncheck.model import BATCH
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import format_of
from bncheck.targets import adapt, load
from bncheck.truth import derived
from bncheck.truth.oracle.evaluate import oracle_dtype

ROOT = Path(__file__).parent.parent
TARGET = str(ROOT / "examples" / "numpy_layer.py")
SHAPES = {8: (4, 2), 64: (8, 8), 1000: (125, 8), 100_000: (12_500, 8), 6_422_528: (32, 64, 56, 56)}
# gradcheck's Jacobian is of the square of the size: beyond this it takes minutes
SLOW_MODE = 1000
STAGES = ("build", "truth", "bounds", "calls", "laws")
FUNCTIONS = ("forward", "backward", "infer", "infer_backward", "update")


class Stages:
    """Processor time by stage, each without what other stages spend inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, its time noted."""

        def wrapped(*args: Any, **options: Any) -> Any:
            began = process_time()
            self._inside.append(0.0)
            try:
                return function(*args, **options)
            finally:
                took = process_time() - began
                self.spent[stage] += took - self._inside.pop()
                if self._inside:
                    self._inside[-1] += took

        return wrapped

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note the time of every stage of measuring; a name that a module has not is left out."""
        with ExitStack() as stack:
            for stage, module, names in (
                ("build", "bncheck.engine.measure", ("build", "from_plain")),
                ("truth", "bncheck.truth.oracle", ("training", "inference")),
                (
                    "bounds",
                    "bncheck.truth.oracle.evaluate",
                    ("training_bounds", "inference_bounds"),
                ),
                ("bounds", "bncheck.trial.truths", ("training_bounds", "inference_bounds")),
                ("bounds", "bncheck.truth.rounding.training", ("gradient_bounds",)),
                ("laws", "bncheck.engine.bench", ("reduced",)),
                ("calls", "bncheck.trial.trial.Trial", ("train", "infer")),
            ):
                held = resolve_name(module)
                for name in names:
                    original = getattr(held, name)
                    setattr(held, name, self.timed(stage, original))
                    stack.callback(setattr, held, name, original)
            yield


def recipe_of(shape: tuple[int, ...], dtype: str) -> Recipe:
    """A case of ordinary numbers."""
    noise = Values((1, -3, 4, 1, -5, 9, 2, -6), "noise", (-2,), (0.5, 3.0))
    return Recipe(dtype, shape, noise, Values((2, -7, 1, 8), "noise", (-3,)), (1.5, -0.75), (0.25,),
                  (0.5,), (1.5,))  # fmt: skip


class Ours:
    """Measuring all laws that read the plain run on one case."""

    def __init__(self, dtype: str, shape: tuple[int, ...]) -> None:
        self.watched = Stages()
        module = load(TARGET)
        for name in FUNCTIONS:
            setattr(module, name, self._timed(getattr(module, name)))
        implementation = adapt(module, name=TARGET)
        self.service = Service(implementation)
        known = self.service.answer({"do": "observe", "dtypes": [dtype]})["known"]
        self.service.answer({"do": "convention", "known": known})
        able = [law for law in LAWS if law.shared and law.about(BATCH)]
        laws = [law.id for law in able if law.needs <= implementation.abilities]
        # as on most cases of a run: what follows from other laws is measured on a share of them
        self.request = {
            "do": "measure",
            "recipe": recipe_of(shape, dtype).plain(),
            "laws": laws,
            "inferred": [law.id for law in able if getattr(law, "follows", ())],
        }
        self.case = build(recipe_of(shape, dtype), BATCH)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **options: Any) -> Any:
            return self.watched.timed("target", function)(*args, **options)

        return timed

    def stages(self) -> tuple[float, dict[str, float]]:
        """Return the target's own processor time, and that of each stage without it.

        What stands between bncheck and the target's functions counts as "calls".
        """
        self.watched = stages = Stages()
        with stages.watching():
            began = process_time()
            self.answer = self.service.answer(self.request)
            whole = process_time() - began
        target = stages.spent.pop("target")
        spent = {name: stages.spent[name] for name in STAGES}
        return target, {**spent, "rest": whole - target - sum(spent.values())}

    def by_law(self) -> dict[str, float]:
        """Seconds of each law; what laws share is with the first that reads it."""
        return {r["law"]: r["seconds"] for r in self.answer["results"] if "seconds" in r}

    def floor(self) -> float:
        """Processor time of one wider evaluation and one comparison of each output."""
        case, wide = self.case, oracle_dtype(self.case.dtype)
        given = (case.x, case.dy, case.x, case.dy)
        bound = np.ones((), wide)
        began = process_time()
        outputs = plain_evaluation(case, wide)
        for answer, true in zip(given, outputs, strict=True):
            (np.abs(as_wide(flatten(answer), wide) - true) <= bound).all()
        return process_time() - began


def plain_evaluation(case: Any, wide: Any) -> tuple[Any, ...]:
    """The formulas once, in training and in inference, with nothing around them."""
    x, dy = as_wide(flatten(case.x), wide), as_wide(flatten(case.dy), wide)
    gamma, beta, eps = as_wide(case.gamma, wide), as_wide(case.beta, wide), wide.type(case.eps)
    centered = x - x.mean(0)
    w = (centered * centered).mean(0) + eps
    y = derived.forward(centered, w, gamma, beta).y
    dx = derived.backward(centered, w, gamma, dy).dx
    centered, w = x - as_wide(case.running_mean, wide), as_wide(case.running_var, wide) + eps
    inferred = derived.inference(centered, w, gamma, beta).y
    return y, dx, inferred, derived.inference_backward(centered, w, gamma, dy)[0]


def before_measuring(dtype: str) -> tuple[float, float]:
    """Seconds to draw a case, and to send it to a worker and its answer back, without measuring."""
    regime = next(r for r in REGIMES if r.name == "plain")
    block = Block(regime, format_of(dtype), "", 1, 32)
    draw(block)
    began = process_time()
    count = len(draw(block))
    drawn = (process_time() - began) / count
    worker = Worker(TARGET, Options())
    request = {"do": "measure", "recipe": recipe_of((4, 2), dtype).plain(), "laws": ["P07"]}
    worker.ask(request)
    began = process_time()
    for _ in range(100):
        from_plain(worker.ask(request) and request["recipe"])
    sent = (process_time() - began) / 100
    worker.close()
    return drawn, sent


# -- other checks of the same layer, float64 ---------------------------------------------------


def layer() -> Any:
    """The functions of the target's file."""
    return load(TARGET)


def passes(module: Any, case: Any) -> float:
    """Processor time of one forward and one backward pass."""
    began = process_time()
    module.forward(case.x, case.gamma, case.beta, case.eps)
    module.backward(case.dy, case.x, case.gamma, case.beta, case.eps)
    return process_time() - began


def gradcheck(module: Any, case: Any, fast: bool) -> float:
    import torch

    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *given: Any) -> Any:
            ctx.save_for_backward(*given)
            return torch.from_numpy(module.forward(*(g.detach().numpy() for g in given), case.eps))

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            given = (saved.detach().numpy() for saved in ctx.saved_tensors)
            return tuple(map(torch.from_numpy, module.backward(dy.numpy(), *given, case.eps)))

    given = [torch.tensor(a, requires_grad=True) for a in (case.x, case.gamma, case.beta)]
    began = process_time()
    torch.autograd.gradcheck(Layer.apply, given, fast_mode=fast, raise_exception=False)
    return process_time() - began


def check_grads(module: Any, case: Any) -> float:
    import jax
    from jax.test_util import check_grads as check

    @jax.custom_vjp
    def normalize(x: Any, gamma: Any, beta: Any) -> Any:
        shape = jax.ShapeDtypeStruct(x.shape, x.dtype)
        return jax.pure_callback(lambda *g: module.forward(*map(np.asarray, g), case.eps), shape,
                                 x, gamma, beta)  # fmt: skip

    def forward(*given: Any) -> Any:
        return normalize(*given), given

    def backward(given: Any, dy: Any) -> Any:
        shapes = tuple(jax.ShapeDtypeStruct(g.shape, g.dtype) for g in given)
        return jax.pure_callback(
            lambda dy, *g: module.backward(np.asarray(dy), *map(np.asarray, g), case.eps), shapes,
            dy, *given)  # fmt: skip

    normalize.defvjp(forward, backward)
    with jax.enable_x64(True):
        given = tuple(map(jax.numpy.asarray, (case.x, case.gamma, case.beta)))
        began = process_time()
        with suppress(AssertionError):  # what it says is not the question here
            check(normalize, given, order=1, modes=["rev"])
        return process_time() - began


def hypothesis_test(module: Any, case: Any) -> float:
    """An ordinary property test, per example: drawn arrays, a reference in float64, allclose."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    count = 0

    @settings(max_examples=20, database=None, deadline=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.integers(0, 2**32 - 1), st.floats(-8, 8), st.floats(0.125, 8))
    def test(seed: int, shift: float, scale: float) -> None:
        nonlocal count
        count += 1
        random = np.random.default_rng(seed)
        x = random.standard_normal(case.x.shape) * scale + shift
        dy = random.standard_normal(case.x.shape)
        y = module.forward(x, case.gamma, case.beta, case.eps)
        dx, dgamma, dbeta = module.backward(dy, x, case.gamma, case.beta, case.eps)
        flat, dflat = flatten(x), flatten(dy)
        centered = flat - flat.mean(0)
        w = (centered * centered).mean(0) + case.eps
        back = derived.backward(centered, w, case.gamma, dflat)
        true = derived.forward(centered, w, case.gamma, case.beta).y
        np.testing.assert_allclose(flatten(y), true, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(flatten(dx), back.dx, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(dgamma, back.dgamma, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(dbeta, back.dbeta, rtol=1e-5, atol=1e-6)

    began = process_time()
    test()
    return (process_time() - began) / count


# -- the table ---------------------------------------------------------------------------------


def told(ratios: list[float]) -> str:
    """Median and range."""
    return f"{statistics.median(ratios):.3g} ({min(ratios):.3g} to {max(ratios):.3g})"


def ours(dtype: str, shape: tuple[int, ...], runs: int, laws: bool) -> None:
    """Print the rows of one size and dtype."""
    bench = Ours(dtype, shape)
    repeat = max(1, 20_000 // prod(shape))
    bench.stages()  # the first call of everything makes what later ones find
    rows: dict[str, list[float]] = defaultdict(list)
    by_law: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        seconds: dict[str, float] = defaultdict(float)
        for _ in range(repeat):
            own, stages = bench.stages()
            for name, spent in {"target": own, "floor": own + bench.floor(), **stages}.items():
                seconds[name] += spent
        own = seconds.pop("target")
        rows["floor"].append(seconds.pop("floor") / own)
        rows["all"].append(sum(seconds.values()) / own)
        for name, spent in seconds.items():
            rows[name].append(spent / own)
        for law, spent in bench.by_law().items():
            by_law[law].append(spent / (own / repeat))
    print(f"{dtype} {prod(shape)} values {shape}: target {1e3 * own / repeat:.3g} ms")
    for name, ratios in rows.items():
        print(f"    {name:10}{told(ratios)}")
    if laws:
        for law, ratios in by_law.items():
            print(f"    {law:10}{told(ratios)}")


def others(shape: tuple[int, ...], runs: int) -> None:
    """Print what other checks of the same layer cost."""
    module, case = layer(), build(recipe_of(shape, "float64"), BATCH)
    checks: dict[str, Callable[[], float]] = {
        "gradcheck, fast": lambda: gradcheck(module, case, True),
        "gradcheck, slow": lambda: gradcheck(module, case, False),
        "check_grads": lambda: check_grads(module, case),
        "Hypothesis and allclose, an example": lambda: hypothesis_test(module, case),
    }
    if prod(shape) > SLOW_MODE:
        del checks["gradcheck, slow"]
    own = statistics.median(passes(module, case) for _ in range(max(5, 100_000 // prod(shape))))
    print(f"float64 {prod(shape)} values {shape}: forward and backward {1e3 * own:.3g} ms")
    for name, check in checks.items():
        try:
            check()
        except ImportError as missing:
            print(f"    {name:36}not installed: {missing.name}")
            continue
        print(f"    {name:36}{told([check() / own for _ in range(runs)])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default=",".join(map(str, SHAPES)))
    parser.add_argument("--dtypes", default="float32,float64")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--laws", action="store_true", help="each law for itself, too")
    parser.add_argument("--only-ours", action="store_true", help="leave other checks out")
    given = parser.parse_args()
    shapes = [SHAPES[int(size)] for size in given.sizes.split(",")]
    drawn, sent = before_measuring("float32")
    print(f"drawing a case {1e3 * drawn:.3g} ms; sending it and its answer {1e3 * sent:.3g} ms")
    for dtype in given.dtypes.split(","):
        for shape in shapes:
            ours(dtype, shape, given.runs, given.laws)
            sys.stdout.flush()
    if not given.only_ours:
        for shape in shapes:
            others(shape, given.runs)


if __name__ == "__main__":
    main()
