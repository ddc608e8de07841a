"""Correct batch normalizations: what "a correct algorithm" means everywhere in bncheck.

Each is put together from small stages (how to sum, how to get the statistics, how to take the
inverse root, how to form y, how to go backward), in one arithmetic dtype. No check may ever
blame one of `CORRECT`; `PROMISED` are right only where their convention says what they use.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bncheck.model import Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import FORMATS
from bncheck.truth import derived

ALL_DTYPES = ("float32", "float64", "float16", "bfloat16")


# ---- how to sum over axis 0


def sequential(a):
    return np.add.accumulate(a, axis=0)[-1]


def backwards(a):
    return sequential(a[::-1])


def pairwise(a):
    while a.shape[0] > 1:
        half = a.shape[0] // 2
        left = a[2 * half :]
        a = np.concatenate([a[:half] + a[half : 2 * half], left])
    return a[0]


def blocked(a, size=8):
    return sequential(np.stack([sequential(a[i : i + size]) for i in range(0, len(a), size)]))


def library(a):
    """NumPy along contiguous memory: pairwise with unrolled blocks."""
    return np.add.reduce(np.ascontiguousarray(a.T), axis=1)


def blas(a):
    return np.ones(len(a), a.dtype) @ a


def widened(a):
    """Accumulated in the next wider dtype, as many reductions are."""
    wider = np.float32 if a.dtype.itemsize == 2 else np.longdouble
    return a.astype(wider).sum(0).astype(a.dtype)


SUMS = (sequential, backwards, pairwise, blocked, library, blas, widened)


# ---- mean and biased variance; ``total`` sums


def two_pass(x, total):
    m = x.dtype.type(len(x))
    mean = total(x) / m
    return mean, total((x - mean) ** 2) / m


def corrected(x, total):
    """Two-pass with Chan's correction, clamped at 0."""
    mean, var = corrected_unclamped(x, total)
    return mean, np.maximum(var, x.dtype.type(0))


def corrected_unclamped(x, total):
    m = x.dtype.type(len(x))
    mean = total(x) / m
    d = x - mean
    left = total(d)
    return mean, (total(d * d) - left * left / m) / m


def welford(x, total):
    mean, squares = np.zeros_like(x[0]), np.zeros_like(x[0])
    for k, row in enumerate(x, start=1):
        delta = row - mean
        mean = mean + delta / x.dtype.type(k)
        squares = squares + delta * (row - mean)
    return mean, squares / x.dtype.type(len(x))


def _merge(a, b):
    (n_a, mean_a, m2_a), (n_b, mean_b, m2_b) = a, b
    n, kind = n_a + n_b, mean_a.dtype.type
    delta = mean_b - mean_a
    mean = mean_a + delta * kind(n_b / n)
    return n, mean, m2_a + m2_b + delta * delta * kind(n_a * n_b / n)


def chan(x, total):
    """Merging in a balanced tree of single values."""
    parts = [(1, row, np.zeros_like(row)) for row in x]
    while len(parts) > 1:
        merged = [_merge(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = merged + parts[2 * len(merged) :]
    return parts[0][1], parts[0][2] / x.dtype.type(len(x))


def chan_blocks(x, total, size=4):
    """Two-pass in blocks, which are merged one after the other."""
    merged = None
    for i in range(0, len(x), size):
        block = x[i : i + size]
        mean, var = two_pass(block, total)
        part = (len(block), mean, var * x.dtype.type(len(block)))
        merged = part if merged is None else _merge(merged, part)
    return merged[1], merged[2] / x.dtype.type(len(x))


def reciprocal_count(x, total):
    """Two-pass that multiplies by a rounded 1/m."""
    weight = x.dtype.type(1 / len(x))
    mean = total(x) * weight
    return mean, total(np.square(x - mean)) * weight


def shifted(x, total):
    m = x.dtype.type(len(x))
    d = x - x[0]
    mean = total(d) / m
    return x[0] + mean, np.maximum(total(d * d) / m - mean * mean, x.dtype.type(0))


def one_pass(x, total):
    m = x.dtype.type(len(x))
    mean = total(x) / m
    return mean, np.maximum(total(x * x) / m - mean * mean, x.dtype.type(0))


STABLE = (
    two_pass,
    corrected,
    corrected_unclamped,
    welford,
    chan,
    chan_blocks,
    reciprocal_count,
)


# ---- the inverse root of w = var + eps


def reciprocal_of_root(w):
    return w.dtype.type(1) / np.sqrt(w)


def root_of_reciprocal(w):
    return np.sqrt(w.dtype.type(1) / w)


def power(w):
    return np.power(w, w.dtype.type(-0.5))


ROOTS = (reciprocal_of_root, root_of_reciprocal, power)


# ---- y, from x, mean, inv, gamma, beta


def centered(x, mean, inv, gamma, beta):
    return (x - mean) * inv * gamma + beta


def centered_scaled(x, mean, inv, gamma, beta):
    return (x - mean) * (gamma * inv) + beta


def folded(x, mean, inv, gamma, beta):
    k = gamma * inv
    return x * k + (beta - mean * k)


def folded_late(x, mean, inv, gamma, beta):
    return gamma * (x * inv - mean * inv) + beta


def scaled_first(x, mean, inv, gamma, beta):
    return gamma * (x - mean) * inv + beta


OUTPUTS = (centered, centered_scaled, folded, folded_late, scaled_first)


# ---- dx, dgamma, dbeta, from x, mean, inv, gamma, dy


def compact(x, mean, inv, gamma, dy, total):
    m, xhat = dy.dtype.type(len(dy)), (x - mean) * inv
    dbeta, dgamma = total(dy), total(dy * xhat)
    return gamma * inv * (dy - dbeta / m - xhat * (dgamma / m)), dgamma, dbeta


def times_m(x, mean, inv, gamma, dy, total):
    m, xhat = dy.dtype.type(len(dy)), (x - mean) * inv
    dbeta, dgamma = total(dy), total(dy * xhat)
    return (gamma * inv / m) * (m * dy - dbeta - xhat * dgamma), dgamma, dbeta


def scale_last(x, mean, inv, gamma, dy, total):
    m, xhat = dy.dtype.type(len(dy)), (x - mean) * inv
    dbeta, dgamma = total(dy), total(dy * xhat)
    return dy.dtype.type(1) / m * gamma * inv * (m * dy - dbeta - xhat * dgamma), dgamma, dbeta


def through_xhat(x, mean, inv, gamma, dy, total):
    m, xhat = dy.dtype.type(len(dy)), (x - mean) * inv
    dxhat = dy * gamma
    dx = inv / m * (m * dxhat - total(dxhat) - xhat * total(dxhat * xhat))
    return dx, total(dy * xhat), total(dy)


def projected(x, mean, inv, gamma, dy, total):
    """The form of PyTorch's CPU kernel."""
    m, c = dy.dtype.type(len(dy)), x - mean
    dot, dbeta = total(dy * c), total(dy)
    k = dot * inv * inv / m
    return (dy - dbeta / m - c * k) * inv * gamma, dot * inv, dbeta


def chain(x, mean, inv, gamma, dy, total):
    """The six equations of Ioffe & Szegedy 2015, section 3, as printed."""
    kind = dy.dtype.type
    m, c = kind(len(dy)), x - mean
    dxhat = dy * gamma
    dvar = total(dxhat * c) * kind(-0.5) * (inv * inv * inv)
    dmean = total(dxhat * -inv) + dvar * total(kind(-2) * c) / m
    dx = dxhat * inv + dvar * kind(2) * c / m + dmean / m
    return dx, total(dy * (c * inv)), total(dy)


def chain_shortened(x, mean, inv, gamma, dy, total):
    """The same without the term of dmean that vanishes."""
    kind = dy.dtype.type
    m, c = kind(len(dy)), x - mean
    dxhat = dy * gamma
    dvar = total(dxhat * c * kind(-0.5) * inv * inv * inv)
    dmean = -inv * total(dxhat)
    return dxhat * inv + dvar * (kind(2) * c / m) + dmean / m, total(dy * (c * inv)), total(dy)


def graph(x, mean, inv, gamma, dy, total):
    """Backpropagation node by node, as automatic differentiation and course notes do it."""
    kind = dy.dtype.type
    m, c = kind(len(dy)), x - mean
    dxhat = dy * gamma
    droot = -(inv * inv) * total(dxhat * c)
    dvar = kind(0.5) * inv * droot
    dc = dxhat * inv + kind(2) * c * (dvar / m)
    return dc - total(dc) / m, total(dy * (c * inv)), total(dy)


BACKWARDS = (
    compact,
    times_m,
    scale_last,
    through_xhat,
    projected,
    chain,
    chain_shortened,
    graph,
)


def through_moments(x, mean, inv, gamma, dy, total):
    """The gradient of ``mean(x^2) - mean(x)^2``, node by node: only as good as that variance."""
    kind = dy.dtype.type
    m = kind(len(dy))
    dxhat = dy * gamma
    dvar = kind(-0.5) * inv * inv * inv * total(dxhat * (x - mean))
    dmean = -total(dxhat * inv) - kind(2) * mean * dvar
    dx = dxhat * inv + dvar * kind(2) / m * x + dmean / m
    return dx, total(dy * ((x - mean) * inv)), total(dy)


# ---- gradients of inference, where the statistics are constants


def slope_first(x, mean, inv, gamma, dy, total):
    return gamma * inv * dy, total(dy * ((x - mean) * inv)), total(dy)


def slope_last(x, mean, inv, gamma, dy, total):
    return dy * inv * gamma, total(dy * (x - mean)) * inv, total(dy)


def scaled_cotangent(x, mean, inv, gamma, dy, total):
    return gamma * dy * inv, total(dy * (x - mean) * inv), total(dy)


INFERENCE_BACKWARDS = (slope_first, slope_last, scaled_cotangent)


# ---- moving averages: (old, statistic, weight of the statistic)


def convex(old, statistic, weight):
    return (1 - weight) * old + weight * statistic


def step(old, statistic, weight):
    return old + (statistic - old) * weight


# ---- an implementation out of stages


@dataclass(frozen=True)
class Stages:
    """One choice for every stage, the arithmetic dtype and the convention."""

    statistics: Callable[..., Any] = two_pass
    total: Callable[..., Any] = sequential
    root: Callable[..., Any] = reciprocal_of_root
    output: Callable[..., Any] = centered
    backward: Callable[..., Any] = compact
    inference_backward: Callable[..., Any] = slope_first
    average: Callable[..., Any] = convex
    accumulates: str | None = None
    convention: Convention = field(default_factory=Convention)

    def dtype(self, storage):
        """The arithmetic dtype: float32 for half precision, unless told otherwise."""
        if self.accumulates is not None:
            return FORMATS[self.accumulates].dtype
        return np.dtype(np.float32) if storage.itemsize == 2 else storage


TORCH = Convention(momentum_weighs="new", running_var="unbiased", debiased=False, one_value="beta")
ABILITIES = frozenset(
    {"backward", "eval", "eval_backward", "running", "cumulative", "state_before_step"}
)


class _Batchnorm:
    """One living layer; all arithmetic is in one dtype, outputs have their inputs' dtypes."""

    def __init__(self, case: Case, stages: Stages):
        self.stages, self.momentum, self.steps = stages, case.momentum, 0
        self.dtype = stages.dtype(case.x.dtype)
        self.kept = case.gamma.dtype
        self.mean, self.var = case.running_mean.copy(), case.running_var.copy()
        self.sums = [np.zeros(self.mean.shape, self.dtype)] * 2  # where averages are debiased
        with np.errstate(all="ignore"):
            self.gamma, self.beta = case.gamma.astype(self.dtype), case.beta.astype(self.dtype)
            self.eps = self.dtype.type(case.eps)
        self.saved = None

    def wide(self, x):
        return flatten(x).astype(self.dtype)

    def batch(self, x):
        flat = self.wide(x)
        mean, var = self.stages.statistics(flat, self.stages.total)
        return flat, mean, var, self.stages.root(var + self.eps)

    def train(self, x):
        flat, mean, var, inv = self.batch(x)
        if len(flat) == 1 and self.stages.convention.one_value == "raises":
            raise ValueError(f"expected more than 1 value per channel, got shape {x.shape}")
        self.update(mean, var, len(flat))
        self.saved = (flat, mean, inv, self.stages.backward)
        y = self.stages.output(flat, mean, inv, self.gamma, self.beta)
        return unflatten(y.astype(x.dtype), x.shape)

    def update(self, mean, var, m):
        kind, convention = self.dtype.type, self.stages.convention
        self.steps += 1
        weight = kind(1 / self.steps) if self.momentum is None else kind(self.momentum)
        if convention.momentum_weighs == "old" and self.momentum is not None:
            weight = 1 - weight
        if convention.running_var == "unbiased" and m > 1:
            var = var * kind(m / (m - 1))
        average = self.stages.average
        if convention.debiased and self.momentum is not None:
            self.sums = [average(s, b, weight) for s, b in zip(self.sums, (mean, var), strict=True)]
            share = 1 - (1 - weight) ** kind(self.steps)
            self.mean, self.var = ((s / share).astype(self.kept) for s in self.sums)
            return
        self.mean = average(self.mean.astype(self.dtype), mean, weight).astype(self.kept)
        self.var = average(self.var.astype(self.dtype), var, weight).astype(self.kept)

    def eval(self, x):
        flat, mean, var = self.wide(x), self.mean.astype(self.dtype), self.var.astype(self.dtype)
        inv = self.stages.root(var + self.eps)
        self.saved = (flat, mean, inv, self.stages.inference_backward)
        y = self.stages.output(flat, mean, inv, self.gamma, self.beta)
        return unflatten(y.astype(x.dtype), x.shape)

    def backward(self, dy):
        x, mean, inv, form = self.saved
        dx, dgamma, dbeta = form(x, mean, inv, self.gamma, self.wide(dy), self.stages.total)
        return Gradients(
            unflatten(dx.astype(dy.dtype), dy.shape),
            dgamma.astype(self.kept),
            dbeta.astype(self.kept),
        )

    def state(self):
        return State(self.mean.copy(), self.var.copy())

    def jvp(self, x, tangent):
        flat, mean, var, _ = self.batch(x)
        y = derived.jvp(flat - mean, var + self.eps, self.gamma, self.wide(tangent))
        return unflatten(y.astype(x.dtype), x.shape)

    def double_backward(self, x, dy, weights):
        flat, mean, var, _ = self.batch(x)
        by_x, by_dy, by_gamma = derived.double_backward(
            flat - mean, var + self.eps, self.gamma, self.wide(dy), self.wide(weights)
        )
        return (
            unflatten(by_x.astype(x.dtype), x.shape),
            unflatten(by_dy.astype(x.dtype), x.shape),
            by_gamma.astype(self.kept),
        )


def _quiet(function):
    """Overflow and NaN are part of floating point here, not of interest."""

    def call(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    return call


def algorithm(
    name: str | None = None,
    *,
    dtypes: tuple[str, ...] = ALL_DTYPES,
    second_order: bool = False,
    **stages: Any,
) -> Implementation:
    """An implementation out of named stages (see `Stages`), with torch's convention by default.

    second_order: also has jvp and double_backward, which centre and take plain sums.
    """
    made = Stages(**({"convention": TORCH} | stages))
    parts = (made.statistics, made.total, made.root, made.output, made.backward)
    label = name or " ".join(p.__name__ for p in parts)

    def make(case: Case) -> Layer:
        layer = _Batchnorm(case, made)
        return Layer(
            train=_quiet(layer.train),
            eval=_quiet(layer.eval),
            backward=_quiet(layer.backward),
            state=layer.state,
            jvp=_quiet(layer.jvp) if second_order else None,
            double_backward=_quiet(layer.double_backward) if second_order else None,
        )

    more = {"jvp", "double_backward"} if second_order else set()
    promises = replace(made.convention, dtypes=dtypes, accumulates=made.accumulates)
    return Implementation(
        name=label,
        make=make,
        abilities=ABILITIES | more,
        convention=promises,
        domain=Domain(dtypes=dtypes),
    )


KERAS = Convention(momentum_weighs="old", running_var="biased", debiased=False, one_value="beta")
HAIKU = replace(KERAS, debiased=True)

CORRECT: tuple[Implementation, ...] = (
    algorithm("reference", second_order=True),
    algorithm("pairwise sums", total=pairwise, second_order=True),
    algorithm("blocked sums, power", total=blocked, root=power),
    algorithm("library sums, times m", total=library, backward=times_m, output=scaled_first),
    algorithm("blas sums, folded", total=blas, output=folded),
    algorithm("backwards sums, chain", total=backwards, backward=chain),
    algorithm("widened sums", total=widened, output=centered_scaled),
    algorithm("reciprocal count", statistics=reciprocal_count, backward=through_xhat),
    algorithm("corrected", statistics=corrected, backward=projected),
    algorithm("corrected unclamped", statistics=corrected_unclamped, total=pairwise),
    algorithm("corrected, folded, chain", statistics=corrected, output=folded, backward=chain),
    algorithm("welford", statistics=welford, second_order=True),
    algorithm("welford, folded, projected", statistics=welford, output=folded, backward=projected),
    algorithm("welford, shortened chain", statistics=welford, backward=chain_shortened),
    algorithm("chan tree", statistics=chan, total=pairwise, backward=times_m),
    algorithm("chan tree, folded late", statistics=chan, output=folded_late, backward=chain),
    algorithm("chan blocks", statistics=chan_blocks, total=library, root=root_of_reciprocal),
    algorithm("chan blocks, power, chain", statistics=chan_blocks, root=power, backward=chain),
    algorithm(
        "torch-like",
        total=blocked,
        output=folded,
        backward=projected,
        inference_backward=slope_last,
        average=step,
    ),
    algorithm("folded late, through xhat", output=folded_late, backward=through_xhat),
    algorithm(
        "root of reciprocal",
        root=root_of_reciprocal,
        output=centered_scaled,
        backward=scale_last,
        inference_backward=scaled_cotangent,
    ),
    algorithm("step average", total=pairwise, average=step, backward=chain_shortened),
    algorithm("keras convention", total=library, convention=KERAS, average=step),
    algorithm("keras convention, welford", statistics=welford, convention=KERAS, output=folded),
    algorithm("debiased, haiku's weights", convention=HAIKU, second_order=True),
    algorithm(
        "debiased, torch's weights", total=pairwise, convention=replace(TORCH, debiased=True)
    ),
    algorithm("course notes", total=library, root=power, backward=graph),
    algorithm("merged, node by node", statistics=chan, backward=graph, output=folded),
    algorithm("raises for one value", convention=replace(TORCH, one_value="raises")),
    algorithm("promises nothing", convention=Convention(one_value="beta"), total=pairwise),
)

_SHIFTED = replace(TORCH, variance="shifted")
_ONE_PASS = replace(TORCH, variance="one-pass")

PROMISED: tuple[Implementation, ...] = (
    algorithm("shifted", statistics=shifted, convention=_SHIFTED),
    algorithm(
        "shifted, folded, chain",
        statistics=shifted,
        output=folded,
        backward=chain,
        convention=_SHIFTED,
    ),
    algorithm("one-pass", statistics=one_pass, convention=_ONE_PASS),
    algorithm(
        "one-pass, pairwise, folded",
        statistics=one_pass,
        total=pairwise,
        output=folded,
        convention=_ONE_PASS,
    ),
    algorithm("flax-like", statistics=one_pass, backward=through_moments, convention=_ONE_PASS),
    algorithm("wide", accumulates="float64", dtypes=("float32", "float16", "bfloat16")),
    algorithm("all in float16", accumulates="float16", dtypes=("float16",), total=pairwise),
    algorithm("all in bfloat16", accumulates="bfloat16", dtypes=("bfloat16",), total=pairwise),
)
