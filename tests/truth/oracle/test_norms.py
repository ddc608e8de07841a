"""The oracle of every norm: against torch's float64, against itself in exact arithmetic."""

import numpy as np
import pytest

from bncheck.model import NORMS, Case, Convention
from bncheck.model.arrays import flatten
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds

torch = pytest.importorskip("torch")
functional = torch.nn.functional

SHAPES = [(5, 6), (7, 4), (2, 6, 3), (3, 4, 2, 2)]
CASES = [(name, shape) for name in NORMS for shape in SHAPES]


def case_of(name, shape, dtype, simple=False):
    norm = NORMS[name].fitted(shape)
    norm = norm.simple if simple else norm
    rng = np.random.default_rng(len(shape))
    count = norm.parameters(shape)
    gamma, beta = (rng.normal(size=count).astype(dtype) for _ in range(2))
    x = (rng.normal(size=shape) + 3).astype(dtype)
    state = np.ones(norm.states(shape), dtype)
    dy = rng.normal(size=shape).astype(dtype)
    beta = beta if norm.shifted else 0 * beta
    return Case(x, gamma, beta, dy, state, state, norm=norm)


def by_torch(case):
    norm, shape = case.norm, case.x.shape
    laid = [np.ascontiguousarray(norm.laid_out(a)) for a in (case.x, case.dy)]
    x, dy = (torch.tensor(a) for a in laid)
    x.requires_grad_()
    gamma, beta = (torch.tensor(a, requires_grad=True) for a in (case.gamma, case.beta))
    sizes = x.shape[1:]
    if norm.name == "batch":
        y = functional.batch_norm(x, None, None, gamma, beta, True, 0.1, case.eps)
    elif norm.name == "layer":
        y = functional.layer_norm(x, sizes, gamma.reshape(sizes), beta.reshape(sizes), case.eps)
    elif norm.name == "rms":
        y = functional.rms_norm(x, sizes, gamma.reshape(sizes), case.eps) + 0 * beta.sum()
    elif norm.name == "group":
        y = functional.group_norm(x, case.channels // norm.samples, gamma, beta, case.eps)
    else:
        y = functional.instance_norm(x, None, None, gamma, beta, True, 0.1, case.eps)
    dx, dgamma, dbeta = torch.autograd.grad(y, (x, gamma, beta), dy)
    back = [flatten(norm.taken_back(a.detach().numpy(), shape)) for a in (y, dx)]
    found = {"y": back[0], "dx": back[1], "dgamma": dgamma.numpy()}
    return found if norm.name == "rms" else found | {"dbeta": dbeta.numpy()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "shape"), CASES)
def test_torch_is_within_the_bounds(name, shape, dtype):
    case = case_of(name, shape, dtype)
    values, own = oracle.train(case)
    allowed = training_bounds(values, Algorithms.of(dtype, Convention()))
    for output, answer in by_torch(case).items():
        bound = getattr(allowed, output) + getattr(own, output)
        assert np.isfinite(bound).all()
        assert (np.abs(answer - getattr(values, output)) <= bound).all(), output


@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize(("name", "shape"), CASES)
def test_the_fast_oracle_is_within_its_bounds_of_the_exact_one(name, shape, simple):
    case = case_of(name, shape, "float32", simple)
    (values, own), (exact, last) = oracle.train(case), oracle.train(case, exact=True)
    for output in ("mean", "var", "inv", "xhat", "y", "dx", "dgamma", "dbeta"):
        error = np.abs(getattr(values, output) - getattr(exact, output))
        bound = getattr(own, output) + getattr(last, output)
        assert error.shape == bound.shape
        assert (error <= bound).all(), output
        assert (bound < 1e-9).all(), output


@pytest.mark.parametrize("name", ["layer", "rms", "group"])
def test_gamma_in_front_of_the_bracket_is_not_within_them(name):
    case = case_of(name, (5, 6), "float64")
    values, own = oracle.train(case)
    wrong = values.gamma * values.inv * _bracket(values)
    allowed = training_bounds(values, Algorithms.of("float64", Convention()))
    assert (np.abs(wrong - values.dx) > allowed.dx + own.dx).any()


def _bracket(values):
    mean = values.dy.mean(0) if values.norm.centred else 0
    return values.dy - mean - values.xhat * (values.dy * values.xhat).mean(0)
