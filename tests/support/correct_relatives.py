"""Correct layer, RMS, group and instance normalizations, as kernels of different hands have them.

Each is put together from the stages of `correct`; new are the backward passes, in which gamma
stands inside the means, and how what shares a gamma is added up. No check may ever blame one.
"""

from dataclasses import replace

import numpy as np
from correct import (
    ALL_DTYPES,
    Stages,
    _Batchnorm,
    _quiet,
    backwards,
    blas,
    blocked,
    chan,
    chan_blocks,
    corrected,
    folded,
    folded_late,
    library,
    one_pass,
    pairwise,
    power,
    reciprocal_count,
    root_of_reciprocal,
    scaled_first,
    sequential,
    two_pass,
    welford,
    widened,
)

from bncheck.model import NORMS, Convention, Domain, Gradients, Implementation, Layer
from bncheck.model.arrays import unflatten


def _mean_square(x, total):
    """The statistics of RMS normalization: no mean is taken off."""
    return np.zeros_like(x[0]), total(x * x) / x.dtype.type(len(x))


def _mean_square_by_reciprocal(x, total):
    return np.zeros_like(x[0]), total(np.square(x)) * x.dtype.type(1 / len(x))


# ---- dx from d = x - mean, the inverse root, gamma, dy; ``centred``: there is a mean


def compact(d, inv, gamma, dy, total, centred):
    n, h, xhat = dy.dtype.type(len(dy)), gamma * dy, d * inv
    mean = total(h) / n if centred else n * 0
    return inv * (h - mean - xhat * (total(h * xhat) / n))


def products_first(d, inv, gamma, dy, total, centred):
    """The products of dgamma times gamma, added up."""
    n, h, xhat = dy.dtype.type(len(dy)), gamma * dy, d * inv
    mean = total(h) / n if centred else n * 0
    return inv * (h - mean - xhat * (total((dy * xhat) * gamma) / n))


def times_n(d, inv, gamma, dy, total, centred):
    """Apex's."""
    n, h, xhat = dy.dtype.type(len(dy)), gamma * dy, d * inv
    mean = total(h) if centred else n * 0
    return inv / n * (n * h - mean - xhat * total(h * xhat))


def cube(d, inv, gamma, dy, total, centred):
    """Liger's, llm.c's."""
    n, h = dy.dtype.type(len(dy)), gamma * dy
    mean = total(h) / n * inv if centred else n * 0
    return h * inv - mean - d * (inv * inv * inv) * (total(h * d) / n)


def graph(d, inv, gamma, dy, total, centred):
    """Node by node, as automatic differentiation goes."""
    kind = dy.dtype.type
    n, h = kind(len(dy)), gamma * dy
    dvar = kind(0.5) * inv * (-(inv * inv) * total(h * d))
    dd = h * inv + kind(2) * d * (dvar / n)
    return dd - total(dd) / n if centred else dd


class _Relative(_Batchnorm):
    """A living layer; gamma and beta have the size that the normalization gives them."""

    def __init__(self, case, stages):
        super().__init__(case, stages)
        self.norm, self.shape = case.norm, case.x.shape

    def spread(self, values, x):
        return self.norm.spread(values, x.shape)

    def train(self, x):
        flat, mean, var, inv = self.batch(x)
        if self.norm.running:
            by_sample = (a.reshape(self.norm.samples, -1).mean(0) for a in (mean, var))
            self.update(*(by_sample if not self.norm.of_sets else (mean, var)), len(flat))
        self.saved = (flat, mean, inv, True)
        return self.out(x, flat, mean, inv)

    def eval(self, x):
        flat = self.wide(x)
        mean, var = (a.astype(self.dtype) for a in (self.mean, self.var))
        if not self.norm.of_sets:
            mean, var = (np.tile(a, self.norm.samples) for a in (mean, var))
        inv = self.stages.root(var + self.eps)
        self.saved = (flat, mean, inv, False)
        return self.out(x, flat, mean, inv)

    def out(self, x, flat, mean, inv):
        gamma, beta = self.spread(self.gamma, x), self.spread(self.beta, x)
        if not self.norm.shifted:
            beta = beta * self.dtype.type(0)
        y = self.stages.output(flat, mean, inv, gamma, beta)
        return unflatten(y.astype(x.dtype), x.shape)

    def backward(self, dy):
        x, mean, inv, training = self.saved
        flat, gamma, d = self.wide(dy), self.spread(self.gamma, dy), x - mean
        if training:
            dx = self.stages.backward(d, inv, gamma, flat, self.stages.total, self.norm.centred)
        else:
            dx = gamma * inv * flat
        return Gradients(
            unflatten(dx.astype(dy.dtype), dy.shape),
            self.norm.gathered(flat * (d * inv), dy.shape).astype(self.kept),
            self.norm.gathered(flat, dy.shape).astype(self.kept) if self.norm.shifted else None,
        )


TORCH = Convention(momentum_weighs="new", running_var="unbiased", debiased=False)


def relative(norm, label, *, dtypes=ALL_DTYPES, **stages):
    """An implementation of a normalization out of named stages."""
    told = NORMS[norm]
    made = Stages(**({"backward": compact, "convention": TORCH} | stages))
    promises = replace(made.convention, dtypes=dtypes, accumulates=made.accumulates)
    if not told.running:
        none = dict.fromkeys(("momentum_weighs", "running_var", "debiased"))
        promises = replace(promises, **none)

    def make(case):
        layer = _Relative(case, made)
        return Layer(
            train=_quiet(layer.train),
            eval=_quiet(layer.eval) if told.running else None,
            backward=_quiet(layer.backward),
            state=layer.state if told.running else None,
        )

    kept = {"eval", "eval_backward", "running", "state_before_step"} if told.running else set()
    return Implementation(
        name=f"{norm}: {label}",
        make=make,
        abilities=frozenset({"backward"} | kept),
        convention=promises,
        domain=Domain(dtypes=dtypes, norm=told),
    )


def _of(norm):
    centred = NORMS[norm].centred
    plain = two_pass if centred else _mean_square
    by_reciprocal = reciprocal_count if centred else _mean_square_by_reciprocal
    yield relative(norm, "reference", statistics=plain, total=sequential)
    yield relative(norm, "pairwise, cube", statistics=plain, total=pairwise, backward=cube)
    yield relative(norm, "blocked, times n", statistics=plain, total=blocked, backward=times_n)
    yield relative(norm, "library, products", statistics=plain, total=library,
                   backward=products_first, root=power)  # fmt: skip
    yield relative(norm, "backwards, graph", statistics=plain, total=backwards, backward=graph)
    yield relative(norm, "blas, gamma early", statistics=plain, total=blas, output=scaled_first)
    yield relative(norm, "widened", statistics=plain, total=widened, root=root_of_reciprocal)
    yield relative(norm, "1/n, rounded", statistics=by_reciprocal, backward=cube)
    wide = {"accumulates": "float64", "dtypes": ("float32", "float16", "bfloat16")}
    yield relative(norm, "wide", statistics=plain, backward=graph, **wide)
    if centred:
        yield relative(norm, "corrected, folded", statistics=corrected, output=folded)
        yield relative(norm, "welford, times n", statistics=welford, backward=times_n)
        yield relative(norm, "chan, folded late", statistics=chan, output=folded_late,
                       backward=graph)  # fmt: skip
        yield relative(norm, "chan in blocks, cube", statistics=chan_blocks, backward=cube)
        promised = replace(TORCH, variance="one-pass")
        yield relative(norm, "one-pass", statistics=one_pass, convention=promised)


CORRECT_RELATIVES = {n: tuple(_of(n)) for n in ("layer", "rms", "group", "instance")}
