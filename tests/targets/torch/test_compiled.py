"""torch.compile: what is checked is what was compiled, at every shape and after every error."""

import shutil
import subprocess
import sys
import warnings

import numpy as np
import pytest

from bncheck import verify
from bncheck.errors import TargetError
from bncheck.model import Case
from bncheck.targets import adapt

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch


class Backend:
    """Runs what was traced as it is, or with an error that the module does not have."""

    def __init__(self, factor=1.0):
        self.factor, self.compiled, self.runs = factor, 0, 0

    def __call__(self, graph, inputs):
        self.compiled += 1

        def run(*given):
            self.runs += 1
            first, *others = graph(*given)
            return (first * self.factor, *others)

        return run


class Raising(torch.nn.BatchNorm2d):
    """Checks its input as a lookalike would, in its own code."""

    def forward(self, x):
        if x.shape[0] == 1:
            raise ValueError("one image is too few")
        return super().forward(x)


def case(shape, eps=1e-5):
    draws = np.random.default_rng(0)
    x, dy = (draws.normal(3, 1, shape).astype(np.float32) for _ in range(2))
    one = np.ones(shape[1], np.float32)
    return Case(x, one, one, dy, one, one, eps, 0.1)


@pytest.fixture(autouse=True)
def _nothing_compiled_before():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def compiled(backend, module=None, **options):
    module = torch.nn.BatchNorm2d(3) if module is None else module
    return adapt(torch.compile(module, backend=backend, **options), name="compiled")


def test_what_is_compiled_holds_at_its_own_eps_and_momentum():
    given = compiled(Backend(), torch.nn.BatchNorm2d(3, eps=1e-3, momentum=0.25))
    domain = given.domain
    assert (domain.fixed_eps, domain.fixed_momentum, domain.channels) == (1e-3, 0.25, 3)
    assert domain.few_shapes
    assert not given.abilities & {"jvp", "double_backward"}
    laws = ("F00", "B01", "I01", "I14", "P01")
    report = verify(given, budget="quick", laws=laws, dtypes=("float32",), save=None)
    assert report.exit_code == 0, [(f.law, f.reason) for f in report.findings]


def test_an_error_in_compiled_code_only_is_found():
    given = compiled(Backend(factor=1.001))
    report = verify(
        given, budget="quick", laws=("F00",), dtypes=("float32",), save=None, diagnose=False
    )
    assert [f.verdict for f in report.findings] == ["fails"]


def test_more_shapes_than_pytorch_would_compile_for_are_compiled():
    backend = Backend()
    given = compiled(backend, dynamic=False)
    before = torch._dynamo.config.recompile_limit
    for n in range(2, before + 5):
        runs = backend.runs
        layer = given.make(case((n, 3, 2, 2)))
        layer.train(case((n, 3, 2, 2)).x)
        assert backend.runs == runs + 1
    assert backend.compiled > before
    assert torch._dynamo.config.recompile_limit == before


def test_after_an_error_of_the_module_it_is_still_compiled():
    backend = Backend()
    given = compiled(backend, Raising(3))
    with pytest.raises(ValueError, match="one image"):
        given.make(case((1, 3, 4, 4))).train(case((1, 3, 4, 4)).x)
    runs = backend.runs
    given.make(case((6, 3, 4, 5))).train(case((6, 3, 4, 5)).x)
    assert backend.runs == runs + 1


def test_gradients_can_be_asked_for_twice():
    given = compiled("aot_eager")
    inputs = case((4, 3, 2, 2))
    layer = given.make(inputs)
    layer.train(inputs.x)
    assert layer.backward(inputs.dy).dx.tobytes() == layer.backward(inputs.dy).dx.tobytes()


def test_what_was_compiled_in_place_is_refused():
    module = torch.nn.BatchNorm2d(3)
    module.compile(backend="eager")
    with pytest.raises(TargetError, match=r"compiled in place.*give torch.compile\(module\)"):
        adapt(module, name="mine")


def test_a_module_of_which_nothing_is_compiled_is_refused():
    class Never(torch.nn.BatchNorm2d):
        @torch._dynamo.disable
        def forward(self, x):
            return super().forward(x)

    with pytest.raises(TargetError, match="nothing of it is compiled: what would be checked"):
        compiled("eager", Never(3))


def test_a_module_can_be_taken_twice():
    backend = Backend()
    target = torch.compile(torch.nn.BatchNorm2d(3), backend=backend)
    assert adapt(target, name="one").domain == adapt(target, name="two").domain


def test_without_gamma_and_beta():
    given = compiled(Backend(), torch.nn.BatchNorm2d(3, affine=False))
    laws = ("F00", "B01", "I01")
    report = verify(given, budget="quick", laws=laws, dtypes=("float32",), save=None)
    assert report.exit_code == 0, [(f.law, f.reason) for f in report.findings]


def test_a_cumulative_average_is_refused_since_nothing_of_it_is_compiled():
    """PyTorch reads the count of batches as a number, and gives up on the whole module."""
    with pytest.raises(TargetError, match="nothing of it is compiled"):
        compiled(Backend(), torch.nn.BatchNorm2d(3, momentum=None))


def test_a_backend_that_fails_is_said():
    def broken(graph, inputs):
        raise RuntimeError("no compiler")

    with pytest.raises(
        TargetError, match=r"could not be compiled: backend='broken' .*no compiler$"
    ):
        compiled(broken)


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a compiler of C++")
def test_inductor():
    """By its own sums, which are not those of the plain module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own
        target = torch.compile(torch.nn.BatchNorm2d(3))
    given = adapt(target, name="compiled")
    report = verify(
        given, budget="quick", laws=("F00", "B01"), dtypes=("float32",), save=None, diagnose=False
    )
    assert report.exit_code == 0, [(f.law, f.reason) for f in report.findings]
    assert report.observed["variance_algorithm"] == "Welford or merging"


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # torch's, of itself
def test_gradients_from_rounded_statistics_are_named_as_that():
    """Inductor's decomposition, which needs no compiler of C++; one such answer is 1.02 B off."""
    target = torch.compile(torch.nn.BatchNorm2d(3), backend="aot_eager_decomp_partition")
    made = adapt(target, name="compiled", profile="torch-autocast")
    report = verify(
        made, budget="quick", dtypes=("float16",), laws=("F00", "B*"), shrink=False, save=None
    )
    failing = {f.law for f in report.findings if f.verdict == "fails"}
    assert "B01" in failing
    assert "F00" not in failing
    assert [cause["deviation"] for cause in report.causes] == ["saved-in-half"]


def test_a_decorated_function_is_compiled_for_every_eps():
    backend = Backend()
    normalize = torch.compile(torch.nn.functional.batch_norm, backend=backend, dynamic=False)

    class Mine(torch.nn.BatchNorm2d):
        def forward(self, x):
            parts = (self.running_mean, self.running_var, self.weight, self.bias, self.training)
            return normalize(x, *parts, self.momentum, self.eps)

    given = adapt(Mine, name="mine")
    assert given.domain.fixed_eps is None
    for k in range(torch._dynamo.config.recompile_limit + 4):
        runs, inputs = backend.runs, case((4, 3, 2, 2), eps=10.0**-k)
        given.make(inputs).train(inputs.x)
        assert backend.runs == runs + 1


PLAIN = """
import sys, numpy, torch
from bncheck.targets import adapt
from bncheck.targets.common import probing
from bncheck.targets.torch import compiled
case = probing.case(4, 3, numpy.float32)
adapt(torch.nn.BatchNorm2d, name="plain").make(case).jvp(case.x, case.dy)
print("torch._dynamo" in sys.modules, compiled.compiles(torch.nn.BatchNorm2d(3)))
"""


def test_plain_modules_are_not_slowed_down():
    """Forward mode loads what compiles, but compiles nothing; in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLAIN], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]
