"""What people check generated kernels with today, forward only; see `generated_checks.py`.

- KernelBench's own check: five random inputs of the problem's shape, `torch.allclose` with
  atol = rtol = 1e-2 (its versions 0 and 0.1), and what it takes since: 1e-4 in float32, 1e-2 in
  half precision (`src/kernelbench/eval.py`, `run_and_check_correctness`). Both models stay in
  training mode there, with fresh parameters, under `torch.no_grad()`.
- Shape fuzzing in the style of arXiv 2606.20128: 30 seeded cases a dtype, sizes of which some are
  boundaries, values and parameters from U[-10, 10], a reference in float64 that is rounded to the
  dtype, and one absolute tolerance for each dtype; NaN, another shape or another dtype fails. The
  paper prints no tolerances. "By hand" are those that its companion ("Operator-Aware
  Mixed-Precision Tolerance Calibration for Tensor Kernels") says it had: 1e-4 for layer
  normalization in float32, 5e-2 the most for any operator in float16; the others are the defaults
  of their software (gpuemu), 1e-5 and 1e-3. That is our reading. Their client has no bfloat16.
"""

import importlib.util
import math
import random
import sys
import time

TRIALS = 5
CASES = 30
KERNELBENCH = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 1e-2}
KERNELBENCH_FIRST = dict.fromkeys(KERNELBENCH, 1e-2)
FUZZ = {"float32": 1e-5, "float16": 1e-3}
FUZZ_BY_HAND = {"float32": 1e-4, "float16": 5e-2}
WIDTHS = (1, 3, 7, 256, 1025)  # of the paper
FEW, SIDES, GROUPS = (1, 3, 7), (1, 3, 8), (1, 2, 8)


def loaded(path):
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def told(error):
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:160]


# -- KernelBench ---------------------------------------------------------------------------------


def kernelbench(problem, new, dtype, tolerances):
    """Return why the benchmark rejects it, nothing where it accepts it."""
    import torch

    wide = getattr(torch, dtype)
    torch.manual_seed(42)
    seeds = [torch.randint(0, 2**32 - 1, (1,)).item() for _ in range(TRIALS)]
    with torch.no_grad():
        torch.manual_seed(42)
        model = problem.Model(*problem.get_init_inputs()).to(wide)
        torch.manual_seed(42)
        model_new = new.ModelNew(*problem.get_init_inputs()).to(wide)
        for seed in seeds:
            torch.manual_seed(seed)
            inputs = [x.to(wide) for x in problem.get_inputs()]
            output, output_new = model(*inputs), model_new(*inputs)
            if output.shape != output_new.shape:
                return "another shape"
            bound = tolerances[dtype]
            if not torch.allclose(output, output_new, atol=bound, rtol=bound):
                off = float((output - output_new).abs().max())
                return f"off by {off:.1e}"
    return ""


# -- shape fuzzing -------------------------------------------------------------------------------


def drawn(kind, pick):
    """Return what the constructor is given, and the shape of x."""
    if kind == "rows":
        width = pick(WIDTHS)
        return (width,), (pick(FEW), pick(FEW), width)
    if kind == "groups":
        groups, each = pick(GROUPS), pick(FEW)
        return (groups * each, groups), (pick(FEW), groups * each, pick(SIDES), pick(SIDES))
    if kind == "volumes":
        shape = (pick(FEW), pick(SIDES), pick(SIDES))
        return (shape,), (pick(FEW), *shape)
    channels = pick(WIDTHS)
    return (channels,), (pick(FEW), channels, pick(SIDES), pick(SIDES))


def fuzzed(problem, new, kind, dtype):
    """Return the largest error of 30 cases, infinite where it raises or is of another kind."""
    import torch

    narrow = getattr(torch, dtype)
    chosen = random.Random(0)  # noqa: S311 # cases, not keys
    torch.manual_seed(0)
    made, worst, cases = {}, 0.0, 0
    while cases < CASES:
        init, shape = drawn(kind, chosen.choice)
        x = (torch.rand(shape) * 20 - 10).to(narrow)
        if init not in made:
            made[init] = problem.Model(*init).double(), new.ModelNew(*init)
        reference, model = made[init]
        with torch.no_grad():
            for wide, own in zip(reference.parameters(), model.parameters(), strict=True):
                values = (torch.rand(wide.shape) * 20 - 10).to(narrow)
                wide.copy_(values)
                own.data = values.reshape(own.shape).clone()
            try:
                right = reference(x.double()).to(narrow)
            except ValueError:  # torch's layers take no single value to train on
                continue
            cases += 1
            try:
                y = model.to(narrow)(x.clone())
            except Exception as error:  # whatever it is, that is the answer
                return math.inf, told(error)
            if y.shape != right.shape or y.dtype != right.dtype:
                return math.inf, f"{y.dtype}, {tuple(y.shape)} for {tuple(shape)}"
            off = float((y.double() - right.double()).abs().max())
            worst = max(worst, math.inf if math.isnan(off) else off)
    return worst, f"off by {worst:.1e}"


def others(path_of_problem, path, kind, dtypes):
    """Return what each of the four says: "accepts", or why it does not; and the seconds."""
    import torch

    torch.set_num_threads(1)
    problem = loaded(path_of_problem)
    said = dict.fromkeys(("kernelbench_first", "kernelbench", "fuzz_by_hand", "fuzz"), "")
    new = loaded(path)
    began = time.perf_counter()
    for dtype in dtypes:
        for name, bounds in (
            ("kernelbench_first", KERNELBENCH_FIRST),
            ("kernelbench", KERNELBENCH),
        ):
            try:
                why = kernelbench(problem, new, dtype, bounds)
            except Exception as error:
                why = told(error)
            said[name] = said[name] or (why and f"{dtype}: {why}")
    benched = time.perf_counter()
    for dtype in [dtype for dtype in dtypes if dtype in FUZZ]:
        worst, why = fuzzed(problem, new, kind, dtype)
        for name, bounds in (("fuzz_by_hand", FUZZ_BY_HAND), ("fuzz", FUZZ)):
            if worst > bounds[dtype]:
                said[name] = said[name] or f"{dtype}: {why}"
    seconds = {"kernelbench": benched - began, "fuzz": time.perf_counter() - benched}
    return {**said, "seconds": {name: round(each, 2) for name, each in seconds.items()}}
