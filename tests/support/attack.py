"""Measure how much of its bound a correct algorithm uses, and draw inputs that use much of it."""

from dataclasses import dataclass, replace

import correct
import numpy as np
from hypothesis import strategies as st

from bncheck.model import Case
from bncheck.model.formats import FORMATS
from bncheck.truth.oracle import infer, train
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    debiased_bounds,
    inference_bounds,
    running_bounds,
    training_bounds,
    unbiased_bounds,
)


@dataclass(frozen=True)
class Formats:
    """Names of the formats of x, of the parameters, and of the arithmetic."""

    storage: str
    parameters: str
    accumulates: str

    def __str__(self):
        return f"{self.storage}-{self.parameters}-{self.accumulates}"

    def convention(self, variance=None):
        return replace(
            correct.TORCH,
            parameters="same" if self.parameters == self.storage else "float32",
            accumulates=self.accumulates,
            variance=variance,
        )


CONFIGURATIONS = (
    Formats("float32", "float32", "float32"),
    Formats("float64", "float64", "float64"),
    Formats("float16", "float16", "float32"),
    Formats("bfloat16", "bfloat16", "float32"),
    Formats("float16", "float32", "float32"),
    Formats("bfloat16", "float32", "float32"),
    Formats("float16", "float16", "float16"),
    Formats("bfloat16", "bfloat16", "bfloat16"),
    Formats("float16", "float32", "float16"),
    Formats("float32", "float32", "float64"),
)


def margins(case, implementation, exact=False):
    """Largest error over bound of each output; the oracle's own bound is part of the bound."""
    convention = implementation.convention
    algorithms = Algorithms.of(case.dtype, convention)
    found = {}

    def compare(what, got, value, bound, own):
        with np.errstate(all="ignore"):
            error = np.abs(got.astype(value.dtype) - value)
            error = np.where(np.isnan(error), np.inf, error)
            limit = bound + own
            ratio = np.where(error == 0, 0, error / limit)
        promised = np.isfinite(limit)
        found[what] = float(ratio[promised].max()) if promised.any() else 0.0

    layer = implementation.make(case)
    y, gradients, state = layer.train(case.x), layer.backward(case.dy), layer.state()
    values, own = train(case, exact)
    bounds = training_bounds(values, algorithms)
    for what, got in {"y": y, **vars(gradients)}.items():
        compare(what, got, getattr(values, what), getattr(bounds, what), getattr(own, what))
    for what, ball in running(case, values, bounds, own, algorithms, convention).items():
        compare(f"running {what}", getattr(state, what), ball.mid, ball.rad, 0)

    layer = implementation.make(case)  # a fresh layer: the state before the step
    y, gradients = layer.eval(case.x), layer.backward(case.dy)
    fixed, own_fixed = infer(case, exact)
    limits = inference_bounds(fixed, algorithms)
    for what, got in {"y": y, **vars(gradients)}.items():
        value, bound = getattr(fixed, what), getattr(limits, what)
        compare(f"inference {what}", got, value, bound, getattr(own_fixed, what))
    return found


def running(case, values, bounds, own, algorithms, convention):
    """The running statistics after one step, as balls."""
    m = case.m
    mean = Ball(values.mean, bounds.mean + own.mean)
    var = Ball(values.var, bounds.var + own.var)
    if convention.running_var == "unbiased" and m > 1:
        var = unbiased_bounds(var, m, algorithms)
    wide = values.x.dtype.type
    weight = wide(case.momentum)
    if convention.momentum_weighs == "old":
        weight = 1 - weight
    found = {}
    for name, batch in {"mean": mean, "var": var}.items():
        start = getattr(case, f"running_{name}")
        old = Ball.exact(np.zeros_like(start) if convention.debiased else start)
        found[name] = running_bounds(old, batch, weight, algorithms)
        if convention.debiased:
            found[name] = debiased_bounds(found[name], 1 - weight, 1, algorithms)
    return found


# ---- inputs


def numbers(name):
    """Any finite number of a format, by its bits, or a tame one."""
    dtype = FORMATS[name].dtype
    bits = np.dtype(f"u{dtype.itemsize}")

    def of_bits(n):
        return float(np.array([n], bits).view(dtype)[0])

    raw = st.integers(0, 2 ** (8 * dtype.itemsize) - 1).map(of_bits).filter(np.isfinite)
    return raw | TAME


TAME = st.integers(-8, 8).map(float) | st.floats(-4, 4)


def powers(name):
    """``2^k`` over the whole range of a format, or 1."""
    held = FORMATS[name]
    low, high = (int(np.log2(t)) for t in (held.half_subnormal, held.largest))
    return st.just(1.0) | st.integers(low, high - 3).map(lambda k: float(2.0**k))


@st.composite
def columns(draw, name, size):
    """Numbers of all scales, or tame ones that share a scale and perhaps an offset."""
    kind = FORMATS[name].dtype
    if draw(st.booleans()):
        values = np.array(draw(st.lists(numbers(name), min_size=size, max_size=size)))
        values = values + draw(st.sampled_from([0, 0, 0, 1, 1024, 2.0**15, 2.0**20]))
    else:
        values = np.array(draw(st.lists(TAME, min_size=size, max_size=size)))
        values = values + draw(st.sampled_from([0, 0, 1, 100, 2.0**10, 2.0**20]))
        scale = draw(powers(name))
        with np.errstate(all="ignore"):
            values = values * scale
    with np.errstate(all="ignore"):
        values = values.astype(kind)
    return np.where(np.isfinite(values.astype(np.float64)), values, np.zeros_like(values))


@st.composite
def cases(draw, formats, largest=8):
    """A channel of at most ``largest`` values, subnormal, near overflow or ordinary."""
    kept = FORMATS[formats.parameters].dtype
    m = draw(st.integers(1, largest))
    x, dy = (draw(columns(formats.storage, m)).reshape(m, 1) for _ in range(2))
    gamma, beta, mean, var = (draw(parameters(formats.parameters)) for _ in range(4))
    eps = draw(
        st.sampled_from([1e-5, 1e-3, 1e-8, 1e-12, 0.1, 1.0])
        | st.integers(-140, 20).map(lambda k: 2.0**k)
    )
    momentum = draw(st.sampled_from([0.1, 0.01, 0.99, 0.5, 0.0, 1.0]) | st.floats(0, 1))
    with np.errstate(all="ignore"):
        g, b, r, v = (np.array([t]).astype(kept) for t in (gamma, beta, mean, abs(var)))
    return Case(x, g, b, dy, r, v, eps, momentum)


def parameters(name):
    return st.sampled_from([1.0, -2.0, 0.1, 37.0, 0.0]) | numbers(name) | powers(name)


@st.composite
def algorithms(draw, formats, statistics=correct.STABLE, variance=None):
    """Any combination of stages."""
    sums = [t for t in correct.SUMS if t is not correct.blas or formats.accumulates != "bfloat16"]
    convention = formats.convention(variance)
    backwards = correct.BACKWARDS
    if variance == "one-pass":
        backwards = (correct.through_moments, *backwards)
    old, unbiased = draw(st.booleans()), draw(st.booleans())
    return correct.algorithm(
        statistics=draw(st.sampled_from(statistics)),
        total=draw(st.sampled_from(sums)),
        root=draw(st.sampled_from(correct.ROOTS)),
        output=draw(st.sampled_from(correct.OUTPUTS)),
        backward=draw(st.sampled_from(backwards)),
        inference_backward=draw(st.sampled_from(correct.INFERENCE_BACKWARDS)),
        average=draw(st.sampled_from([correct.convex, correct.step])),
        accumulates=formats.accumulates,
        convention=replace(
            convention,
            momentum_weighs="old" if old else "new",
            running_var="unbiased" if unbiased else "biased",
        ),
    )


KINDS = (
    "normal",
    "offset",
    "tiny variance",
    "subnormal",
    "large",
    "constant",
    "outlier",
    "alternating",
    "span",
    "integers",
    "sparse",
    "sorted",
    "neighbours",
    "mixed",
)


def adversarial(rng, formats, m, channels=3):
    """A larger case of one of `KINDS`, with a cotangent and parameters to match."""
    held, kept = FORMATS[formats.storage], FORMATS[formats.parameters]
    kind = str(rng.choice(KINDS))
    largest, least = min(float(held.largest), 1e300), max(float(held.smallest_normal), 1e-300)
    shape = (m, channels)
    z = rng.standard_normal(shape)

    def scale(low, high):
        return 10.0 ** rng.uniform(low, high, channels)

    s = scale(-2, 1.5)
    with np.errstate(all="ignore"):
        x = {
            "normal": lambda: z * s,
            "offset": lambda: z * s + scale(0, 4) * rng.choice([-1, 1], channels),
            "tiny variance": lambda: s * (1 + z * held.unit_roundoff * scale(-1, 3)),
            "subnormal": lambda: z * least * scale(-2, 1),
            "large": lambda: z * largest / scale(0.5, 6) / m ** rng.choice([0, 0.5, 1]),
            "constant": lambda: s * np.ones(shape),
            "outlier": lambda: z * scale(-3, 0) + (np.arange(m)[:, None] == 0) * scale(1, 4),
            "alternating": lambda: (
                s * (-1.0) ** np.arange(m)[:, None] * (1 + z * scale(-8, -1)) + scale(-4, 3)
            ),
            "span": lambda: np.sign(z) * 10.0 ** rng.uniform(-6, 4, shape),
            "integers": lambda: rng.integers(-4, 5, shape) + rng.choice([0, 0, 100, 1000]),
            "sparse": lambda: z * (rng.random(shape) < 0.1),
            "sorted": lambda: np.sort(np.abs(z) * s, 0),
            "neighbours": lambda: s * (1 + rng.integers(-2, 3, shape) * 2 * held.unit_roundoff),
            "mixed": lambda: np.where(rng.random(shape) < 0.5, z, z * least),
        }[kind]()
        x = np.clip(x, -0.9 * largest, 0.9 * largest).astype(held.dtype)
        dy = rng.standard_normal(shape) * scale(-4, 1) + rng.choice([0, 0, 10, 100])
        dy = np.where(rng.random() < 0.2, np.eye(m, channels), dy).astype(held.dtype)
        gamma = rng.choice([1.0, 0.1, -2.0, 0.0, 37.0, 1e-30]) * rng.standard_normal(channels)
        beta = rng.choice([0.0, 1.0, -0.3, 50.0]) * np.ones(channels)
        mean = x.astype(np.float64).mean(0) + rng.standard_normal(channels)
        var = rng.choice([0, 1, 1]) * scale(-6, 3)
        narrow = [t.astype(kept.dtype) for t in (gamma, beta, mean, var)]
        narrow[2] = np.where(np.isfinite(narrow[2].astype(np.float64)), narrow[2], 0 * narrow[0])
    gamma, beta, mean, var = narrow
    eps = float(rng.choice([1e-5, 1e-5, 1e-3, 1e-8, 1e-12, 0.1]))
    return kind, Case(x, gamma, beta, dy, mean, var, eps, float(rng.choice([0.1, 0.9, 0.3])))
