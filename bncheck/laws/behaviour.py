"""Behavioural laws: what a function of its inputs does, whatever it computes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Case
from bncheck.model.formats import Array, called
from bncheck.trial.law import EVERY, Residuals, law
from bncheck.trial.probes import rows, scaled
from bncheck.trial.raw import matched, running_statistics, widened
from bncheck.trial.residuals import fact, near, same
from bncheck.trial.trial import Answers, Inapplicable, Trial, present
from bncheck.truth.conventions import averages_nothing

ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


def _pairs(left: Answers, right: Answers) -> Iterator[tuple[str, Array, Array]]:
    yield "y", widened(left.y), widened(right.y)
    if left.gradients is not None and right.gradients is not None:
        for name, a, b in matched(left.gradients, right.gradients):
            yield name, widened(a), widened(b)


def _states(left: Answers, right: Answers) -> Iterator[tuple[str, Array, Array]]:
    if left.state is not None and right.state is not None:
        for name, a, b in running_statistics(left.state, right.state):
            yield f"running {name}", a, b


@law(
    "P01",
    "the inputs are not written to",
    "x, dy, gamma, beta, rm, rv: same bits",
    exact=True,
    inputs=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p01(t: Trial) -> Residuals:
    """Compare every array of the case before and after training and inference."""
    case = t.variant(**{name: getattr(t.case, name) for name in ("x", "dy")})
    before = {name: np.array(getattr(case, name)) for name in ARRAYS}
    if t.has_training:
        t.train(case, state=True)  # with what updates the running statistics
    if t.can("eval"):
        t.infer(case)
    for name, old in before.items():
        # as bits: NaN equals NaN, and a changed sign of zero is a change
        changed = getattr(case, name).tobytes() != old.tobytes()
        yield fact(
            f"{name} was written to", not changed, got=float(changed), expected=0.0, cases=(t.case,)
        )


@law(
    "P02",
    "the same input gives the same output",
    "two fresh layers, or one called twice, answer alike, to the bit",
    exact=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p02(t: Trial) -> Residuals:
    """The same array, twice; nothing is reseeded in between."""
    if t.has_training:
        # from copies: who writes to the running statistics is asked something else the second time
        kept = {name: getattr(t.case, name) for name in ("running_mean", "running_var")}
        first, second = (
            t.train(t.variant(**{name: array.copy() for name, array in kept.items()}), state=True)
            for _ in range(2)
        )
        for name, a, b in (*_pairs(second, first), *_states(second, first)):
            yield same(f"{name}, asked again", a, b, (t.case,))
    if t.can("eval"):
        first, second = t.infer(t.case), t.infer(t.case)
        for name, a, b in _pairs(second, first):
            yield same(f"{name} in inference, asked again", a, b, (t.case,))


@law(
    "P03",
    "outputs have the dtype of what they belong to",
    "y and dx: x's; dgamma and dbeta: gamma's; running statistics: their inputs'",
    exact=True,
    shared=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p03(t: Trial) -> Residuals:
    """Dtypes by name; got and expected are sizes in bits."""
    checks = list(_trained(t)) if t.has_training else []
    if t.can("eval"):
        checks.append(("y in inference", t.inference.y, t.case.x))
    for name, got, like in checks:
        if got is not None:
            yield fact(
                f"dtype of {name}: {called(got.dtype)}, but should be {like.dtype.name}; bits",
                got.dtype == like.dtype,
                got=8 * got.dtype.itemsize,
                expected=8 * like.dtype.itemsize,
                cases=(t.case,),
            )


def _trained(t: Trial) -> Iterator[tuple[str, Array | None, Array]]:
    answers = t.answers
    yield "y", answers.y, t.case.x
    if answers.gradients is not None:
        yield "dx", answers.gradients.dx, t.case.x
        yield "dgamma", answers.gradients.dgamma, t.case.gamma
        yield "dbeta", answers.gradients.dbeta, t.case.beta
    if answers.state is not None:
        yield "running mean", answers.state.mean, t.case.running_mean
        yield "running variance", answers.state.var, t.case.running_var


@law(
    "P04",
    "a layer keeps no hidden state between calls",
    "an answer depends on the layer's own inputs, not on what other layers or earlier calls got",
    exact=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p04(t: Trial) -> Residuals:
    """Interleave two layers; train one layer twice; infer between forward and backward."""
    case = t.case
    other = t.variant(x=scaled(case.x, -2.0), dy=scaled(case.dy, 2.0))
    t.trains(case)
    base = t.train(case)
    one, two = t.make(case), t.make(other)
    y = one.train(case.x)
    two.train(other.x)
    yield same("y with another layer at work", widened(y), widened(base.y), (case, other))
    if one.backward is not None and t.can("backward") and base.gradients is not None:
        if two.backward is not None:
            two.backward(other.dy)
        dx = one.backward(case.dy).dx
        what = "dx with another layer at work"
        yield same(what, widened(dx), widened(base.gradients.dx), (case, other))
    layer = t.make(other)
    layer.train(other.x)
    again = layer.train(other.x)
    yield same("y of a second call", widened(again), widened(t.train(other).y), (other,))
    if t.can("eval", "running") and one.eval is not None and one.state is not None:
        yield from _inference_updates_nothing(t)


def _inference_updates_nothing(t: Trial) -> Residuals:
    layer = t.make(t.case)
    if layer.eval is None or layer.state is None:
        return
    before = layer.state()
    layer.eval(t.case.x)
    for name, left, right in running_statistics(layer.state(), before):
        yield same(f"running {name} after inference", left, right, (t.case,))


@law(
    "P05",
    "one array may be passed as two arguments",
    "gamma as running_var, beta as running_mean, dy as x: same bits as with copies",
    exact=True,
    contiguous=True,
    inputs=True,
    fused=True,
    norms=EVERY,
)
def p05(t: Trial) -> Residuals:
    """Aliased arguments against equal arrays of their own."""
    if not t.implementation.domain.affine:
        raise Inapplicable("ability")
    variance = np.abs(t.case.running_var) + np.ones_like(t.case.running_var)
    mean = t.case.running_mean.copy()
    shared = t.variant(gamma=variance, running_var=variance, beta=mean, running_mean=mean)
    apart = t.variant(
        gamma=variance.copy(),
        running_var=variance.copy(),
        beta=mean.copy(),
        running_mean=mean.copy(),
    )
    yield from _aliased(t, shared, apart, "gamma is running_var, beta is running_mean")
    x = t.case.x
    yield from _aliased(t, t.variant(dy=x), t.variant(dy=_alike(x)), "dy is x")


def _alike(x: Array) -> Array:
    """A copy that lies in memory in the same order."""
    return x.copy(order="K")


def _aliased(t: Trial, shared: Case, apart: Case, what: str) -> Residuals:
    # the copies first: a target that writes to an argument must not spoil what it is held against
    right, left = t.train(apart, state=True), t.train(shared, state=True)
    for name, a, b in _pairs(left, right):
        yield same(f"{name} where {what}", a, b, (shared,))
    if left.state is not None and right.state is not None:
        for name, a, b in running_statistics(left.state, right.state):
            yield same(f"running {name} where {what}", a, b, (shared,))


@law(
    "P06",
    "one value per channel is handled by a stated policy",
    "m = 1 in training: y = beta and finite running statistics, or a clear error; never NaN, "
    "never y = x",
)
def p06(t: Trial) -> Residuals:
    """The first sample alone."""
    case = t.variant(**rows(t.case, [0]))
    truth = t.truth(case)
    try:
        layer = t.make(case)
        y = layer.train(case.x)
    except TargetRaised as error:
        if t.promises.get("one_value") == "beta":
            raise
        refused = "no message" if not error.message.strip() else ""
        yield fact(f"the error says {refused or 'why'}", not refused, got=0.0, expected=1.0)
        return
    if t.promises.get("one_value") == "raises":
        yield fact("raises for one value", False, got=0.0, expected=1.0, cases=(case,))
    ball = truth.measured("y", y)
    yield near("y of one value", ball.mid, truth.values.beta, ball.rad, (case,))
    if layer.state is not None and t.can("running"):
        yield from _finite_state(t, case, layer.state().mean, layer.state().var)


def _finite_state(t: Trial, case: Case, mean: Array, var: Array) -> Residuals:
    if averages_nothing(t.convention, case.momentum):
        return
    promised = np.isfinite(t.truth(case).bound("var"))
    for name, array in (("mean", mean), ("variance", var)):
        bad = ~np.isfinite(widened(array)) & promised
        yield same(f"running {name} of one value is not finite", bad * 1.0, 0.0, (case,))
    below = (widened(var) < 0) & promised
    yield same("running variance of one value is negative", below * 1.0, 0.0, (case,))


@law(
    "P07",
    "the target answers",
    "every call in the target's domain returns; nothing raises, crashes or hangs",
    exact=True,
    shared=True,
    fused=True,
    norms=EVERY,
    native=True,
)
def p07(t: Trial) -> Residuals:
    """The plain run; crashes and hangs are seen by the engine."""
    if t.has_training:
        yield fact("training answers", t.answers.y is not None, got=1.0, expected=1.0)
    if t.can("eval"):
        yield fact("inference answers", t.inference.y is not None, got=1.0, expected=1.0)


@law(
    "P08",
    "gradients of parameters are accumulated or fresh, as promised",
    "two steps on one layer: dgamma and dbeta add up where accumulation is promised, and are "
    "those of the second step where they are promised fresh",
    needs=("backward",),
    domain="the convention gradients is promised",
    fused=True,
    norms=EVERY,
)
def p08(t: Trial) -> Residuals:
    """Two steps with the same batch: exactly doubled, or exactly the same."""
    promise = t.promises.get("gradients")
    if promise is None:
        raise Inapplicable("convention")
    t.trains(t.case)
    layer = t.make(t.case)
    backward = present(layer.backward)
    layer.train(t.case.x)
    first = backward(t.case.dy)
    once = [None if a is None else widened(a).copy() for a in (first.dgamma, first.dbeta)]
    layer.train(t.case.x)
    second = backward(t.case.dy)
    factor = 2.0 if promise == "accumulated" else 1.0
    answers = (second.dgamma, second.dbeta)
    for name, a, b in zip(("dgamma", "dbeta"), answers, once, strict=True):
        if a is not None and b is not None and np.isfinite(b * factor).all():
            yield same(f"{name} of the second step", widened(a), factor * b, (t.case,))
