"""Formulas that were read off, as deviations: the court hears them like those of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bncheck.deviations import BY_NAME, Reference
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.layer import implementation
from bncheck.deviations.passes import Pass
from bncheck.deviations.reference import REFERENCE, Change
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.terms.averages import AVERAGES, averaged
from bncheck.diagnosis.terms.factors import Inverse, own_gradient
from bncheck.diagnosis.terms.fit import Fitted, fitted
from bncheck.diagnosis.terms.formulas import BY_OUTPUT
from bncheck.diagnosis.terms.samples import samples
from bncheck.diagnosis.terms.words import told
from bncheck.model.formats import Array

# what a cause is called whose formula has no name of its own
NAME = "other-formula"
# one of the running statistics has the weights of the other convention
MIXED = "momentum-mixed"
# in place of gamma = 0 where a formula divides by gamma what it multiplied by it
_TINY = 2.0**-60


def read_off(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    """Formulas that make an output as the target does, on top of what is known of it."""
    rules = base.rules(court.base)
    if output in BY_OUTPUT:
        found = samples(court, rules, output)
        if any(s.wrong for s in found):
            for fit in fitted(BY_OUTPUT[output], found):
                yield from _changes(fit)
    for average in AVERAGES:
        if average.output == output:
            for fit in averaged(average, samples(court, rules, output)):
                change = partial(_installed, fit, fit.formula.mode)
                yield deviating(told(fit), change, _name(fit, base))


def _name(fit: Fitted, base: Hypothesis) -> str:
    """The catalogue's name, where one term stands in the place of another and all else is right."""
    (_, olds), *_, (term, factor) = fit.factors
    if olds.says == "a" and factor.says in ("(1 - a)", "(1 - a) m/(m - 1)"):
        # where the other was read so before, both are of the other convention
        return NAME if any(n.startswith((MIXED, NAME)) for n in base.names) else MIXED
    right = olds.says == "(1 - a)" and factor.says in ("a", "a m/(m - 1)")
    return term.named if right and term.named in BY_NAME else NAME


def deviating(says: str, change: Change, name: str = NAME) -> Deviation:
    """Return a deviation that was read off the numbers; `called` tells its name."""
    return Deviation(
        name=f"{name}: {says}",
        says=says,
        seen="",
        regime="",
        apply=lambda: implementation(change(REFERENCE), name),
        change=change,
    )


def _changes(fit: Fitted) -> Iterator[Deviation]:
    """The formula in both modes, then in its own; a factor of xhat first with all that follows."""
    changed, mode = fit.changed, fit.formula.mode
    for where in dict.fromkeys(("", mode)):
        ((term, factor), *others) = changed
        name = NAME
        if fit.formula.stage == "affine" and not others and term.says == "xhat" and factor.over:
            name = NAME if where == "inference" else factor.named or NAME
            yield deviating(told(fit, where), partial(_inverse, fit, where), name)
            if factor.inverse is not None and where != "inference":
                says = f"{told(fit, where)}, and the gradient is that of this formula"
                yield deviating(says, partial(_differentiated, fit, factor.inverse, where), name)
        # y alone has it, and the gradients are those of the right formula
        yield deviating(told(fit, where, alone=True), partial(_installed, fit, where), name)


def _made(fit: Fitted, p: Pass) -> Array:
    if any("/gamma" in factor.says for _, factor in fit.factors) and not p.gamma.all():
        p = replace(p, gamma=np.where(p.gamma == 0, p.x.dtype.type(_TINY), p.gamma))
    parts = [np.asarray(f.of(p) * t.of(p), p.x.dtype) for t, f in fit.factors if f.says != "0"]
    if not parts:
        return np.zeros_like(p.x)
    return np.asarray(sum(parts[1:], start=parts[0]))


def _installed(fit: Fitted, mode: str, rules: Reference) -> Reference:
    """Let the stage add these terms up; where a factor is no number, as at m = 1, as before."""
    before = getattr(rules, fit.formula.stage)

    def stage(p: Pass) -> Array:
        if not _speaks(mode, p):
            return np.asarray(before(p))
        made = _made(fit, p)
        return made if p.m != 1 or np.isfinite(made).all() else np.asarray(before(p))

    change: dict[str, Any] = {fit.formula.stage: stage}
    return replace(rules, **change)


def _speaks(mode: str, p: Pass) -> bool:
    return not mode or p.training == (mode == "training")


def _inverse(fit: Fitted, mode: str, rules: Reference) -> Reference:
    """Let the factor belong to the inverse deviation, so that the gradients have it, too."""
    ((_, factor),) = fit.changed

    def inverse(p: Pass) -> Array:
        right = rules.inverse(p)
        if not _speaks(mode, p) or factor.over is None:
            return right
        made = np.asarray(right * factor.over(p), p.x.dtype)
        return made if p.m != 1 or np.isfinite(made).all() else right

    return replace(rules, inverse=inverse)


def _differentiated(fit: Fitted, inverse: Inverse, mode: str, rules: Reference) -> Reference:
    """The gradient of the formula that y has, as automatic differentiation finds it."""

    def along(p: Pass) -> Array:
        factor = own_gradient(inverse, p) if p.training else np.asarray(-1.0)
        kept = np.where(np.isfinite(factor), factor, -1)
        return np.asarray(-kept * before.variance_term(p), p.x.dtype)

    def jvp(p: Pass) -> Array:
        factor = own_gradient(inverse, p)
        mean = p.rules.total(p.dy, p) / p.rules.count(p)
        term = p.xhat * (p.rules.total(p.dy * p.xhat, p) / p.rules.count(p))
        return np.asarray(p.gamma * p.inverse * (p.dy - mean + factor * term), p.x.dtype)

    before = _inverse(fit, mode, rules)
    return replace(before, variance_term=along, jvp=jvp)
