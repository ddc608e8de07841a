"""Laws of the running statistics: one step, many steps, cumulative averages, policies."""

from __future__ import annotations

import numpy as np

from bncheck.model import Case, Layer, State
from bncheck.model.arrays import as_wide
from bncheck.trial.law import IS15, Residuals, law
from bncheck.trial.probes import WIDE, backwards, rows, scaled, shifted, with_first
from bncheck.trial.raw import running_statistics, widened
from bncheck.trial.residuals import fact, near, same
from bncheck.trial.trial import Inapplicable, Trial, present
from bncheck.truth.conventions import Statistics, averaged, predict
from bncheck.truth.rounding import Ball


def _known(t: Trial) -> None:
    keys = (t.convention.momentum_weighs, t.convention.running_var)
    if None in keys:
        raise Inapplicable("convention")


def _statistics(t: Trial, case: Case) -> Statistics:
    truth = t.truth(case)
    # the running statistics may be formed from the batch statistics in the arithmetic format
    mean = Ball(truth.values.mean, truth.bound("mean"))
    return Statistics(mean, Ball(truth.values.var, truth.bound("var")), case.m)


def _state(layer: Layer) -> State:
    return present(layer.state)()


def _compare(t: Trial, case: Case, batches: list[Case], state: State, what: str) -> Residuals:
    statistics = [_statistics(t, b) for b in batches]
    expected = predict(t.convention, case, statistics, t.keeping(case, state))
    for name in ("mean", "var"):
        ball = getattr(expected, name)
        got = as_wide(getattr(state, name), WIDE)
        label = "running mean" if name == "mean" else "running variance"
        yield near(f"{label} {what}", got, ball.mid, ball.rad, (case,))


@law(
    "I14",
    "one training step updates the running statistics",
    "r = (1 - a) r + a s, s = mean(x) and v or v m/(m - 1); a = momentum or 1 - momentum",
    domain="m >= 2; the convention is promised or was recognised",
    source=f"{IS15}, Algorithm 2 and 3.1 (moving averages)",
    needs=("running", "state_before_step"),
    algebraic=True,
    shared=True,
    fused=True,
)
def i14(t: Trial) -> Residuals:
    """Against the convention."""
    _known(t)
    if t.case.m < 2:
        raise Inapplicable
    yield from _compare(t, t.case, [t.case], present(t.answers.state), "after a step")


@law(
    "N13",
    "the running statistics of a channel are averages over the samples",
    "r = (1 - a) r + a (s_1 + ... + s_N)/N, s_k the mean, and v or v m/(m - 1), of the channel in "
    "sample k alone",
    domain="N >= 2 samples of m >= 2 values; the convention is promised or was recognised",
    source="torch.nn.InstanceNorm2d, track_running_stats; theorem IN08: what is left out of the "
    "variance of all values",
    needs=("running", "state_before_step"),
    algebraic=True,
    shared=True,
    native=True,
    norms=("instance",),
)
def n13(t: Trial) -> Residuals:
    """Averaged before or after they enter the running statistics, which is the same number."""
    _known(t)
    case = t.case
    if t.case.m < 2 or case.norm.owner != "part" or case.norm.samples < 2:
        raise Inapplicable
    state = present(t.answers.state)
    expected = averaged(
        t.convention,
        case,
        _statistics(t, case),
        t.truth(case).values.of_x[0],
        t.keeping(case, state),
    )
    for name, label in (("mean", "running mean"), ("var", "running variance")):
        ball, got = getattr(expected, name), as_wide(getattr(state, name), WIDE)
        yield near(f"{label} after a step", got, ball.mid, ball.rad, (case,))


def _batches(t: Trial, count: int) -> list[Case]:
    x, _ = shifted(t.case.x)
    base = t.case
    kinds = [
        base,
        t.variant(x=x),
        t.variant(x=scaled(base.x, -2.0)),
        t.variant(x=backwards(base.x)),
        t.variant(x=scaled(base.x, 0.5)),
    ]
    return [kinds[i % len(kinds)] for i in range(count)]


def _steps(t: Trial, case: Case, batches: list[Case], what: str) -> Residuals:
    """Train one layer on the batches in turn, and compare what it keeps."""
    layer = t.make(case)
    for batch in batches:
        layer.train(batch.x)
    yield from _compare(t, case, batches, _state(layer), what)


@law(
    "I03",
    "many steps have the closed form of an exponential average",
    "r_t = (1 - a)^t r_0 + a sum_k (1 - a)^(t - k) s_k, after 7 different batches",
    domain="m >= 2; the convention is promised or was recognised",
    needs=("running", "state_before_step"),
    algebraic=True,
    fused=True,
)
def i03(t: Trial) -> Residuals:
    """One layer, seven training steps."""
    _known(t)
    if t.case.m < 2 or t.case.m > 1 << 12:
        raise Inapplicable
    yield from _steps(t, t.case, _batches(t, 7), "after 7 steps")


@law(
    "I04",
    "a cumulative average is the arithmetic mean of the batches",
    "a_t = 1/t: r_t = (s_1 + ... + s_t)/t, the start is forgotten",
    domain="momentum None; m >= 2",
    needs=("running", "cumulative"),
    algebraic=True,
    fused=True,
)
def i04(t: Trial) -> Residuals:
    """Four training steps without momentum."""
    _known(t)
    if t.case.m < 2 or t.case.m > 1 << 12:
        raise Inapplicable
    case = t.variant(momentum=None)
    batches = [t.variant(b, momentum=None) for b in _batches(t, 4)]
    yield from _steps(t, case, batches, "after 4 cumulative steps")


@law(
    "I15",
    "inference leaves the running statistics alone",
    "eval: r unchanged, to the bit; training changes them once per call",
    needs=("running", "eval"),
    exact=True,
    policy=True,
    fused=True,
)
def i15(t: Trial) -> Residuals:
    """Two inference steps."""
    layer = t.make(t.case)
    before = _state(layer)
    infer = present(layer.eval)
    infer(t.case.x)
    infer(t.case.x)
    for name, left, right in running_statistics(_state(layer), before):
        yield same(f"running {name} after inference", left, right, (t.case,))


@law(
    "I16",
    "training does not see the running statistics, nor the momentum",
    "y, dx, dgamma, dbeta: same bits for other running statistics (NaN too) and momentum",
    exact=True,
    needs=("running", "state_before_step"),
    fused=True,
)
def i16(t: Trial) -> Residuals:
    """NaN and other numbers in the buffers, another momentum."""
    like = t.case.running_mean
    plain = t.variant(running_mean=like.copy(), running_var=t.case.running_var.copy())
    base = t.train(plain, state=True)
    variants = [t.variant(running_mean=like + like.dtype.type(5), running_var=np.ones_like(like))]
    variants.append(t.variant(running_mean=np.full_like(like, np.nan)))
    domain = t.implementation.domain
    if domain.sets_momentum and t.case.momentum is not None:
        variants.append(t.variant(momentum=1.0 if t.case.momentum < 0.6 else 0.0))
    names = ("other running statistics", "running mean NaN", "another momentum")
    for name, case in zip(names, variants, strict=False):
        other = t.train(case, state=True)  # what updates them may look at them
        yield same(f"y with {name}", widened(other.y), widened(base.y), (case, t.case))
        if other.gradients is not None and base.gradients is not None:
            left, right = widened(other.gradients.dx), widened(base.gradients.dx)
            yield same(f"dx with {name}", left, right, (case, t.case))


@law(
    "I17",
    "one value per channel: beta, or a clear error",
    "m = 1 in training: y = beta, running statistics finite; or an error",
    policy=True,
    fused=True,
)
def i17(t: Trial) -> Residuals:
    """The policy as promised (what is never legitimate is in P06)."""
    case = t.variant(**rows(t.case, [0]))
    known = t.convention.one_value in ("beta", "raises")
    yield fact("a policy was recognised", known, got=float(known), expected=1.0, cases=(case,))


@law(
    "I18",
    "a NaN batch poisons the running statistics",
    "one NaN in x: the running mean and variance of that channel are NaN from then on, whatever "
    "the momentum and the batches that follow",
    needs=("running", "state_before_step"),
    policy=True,
    exact=True,
    fused=True,
)
def i18(t: Trial) -> Residuals:
    """One NaN batch, one clean batch."""
    if t.case.m < 2:
        raise Inapplicable
    x = with_first(t.case.x, np.nan)
    layer = t.make(t.case)
    layer.train(x)
    layer.train(t.case.x)
    state = _state(layer)
    clean = float(np.isfinite(as_wide(state.mean, WIDE)[0]))
    yield same("running mean[0] is finite after a NaN batch", clean, 0.0, (t.variant(x=x),))
