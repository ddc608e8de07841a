"""Deviations with a constant of their own, which is estimated from the target's answers.

What people build in: an eps, a bound on values, a size of blocks, a number of samples. An estimate
decides nothing: the court holds the deviation, with the constant in it, against all answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bncheck.deviations.changes import seeing
from bncheck.deviations.deviation import Deviation
from bncheck.deviations.passes import Pass, filled, in_float16
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.terms import cuts, eps, statistics
from bncheck.diagnosis.terms.hypotheses import deviating
from bncheck.diagnosis.terms.samples import samples
from bncheck.model.formats import Array

# outputs that tell what the statistics of the batch are
_STATISTICS = ("y", "running mean", "running variance")


def estimated(court: Court, base: Hypothesis, output: str) -> Iterator[Deviation]:
    """Deviations with a constant that an output of the target tells."""
    rules = base.rules(court.base)
    found = samples(court, rules, output)
    large = samples(court, rules, output, large=True) if output in _STATISTICS else []
    if not any(s.wrong for s in (*found, *large)):
        return
    if output in ("y", "inference y"):
        yield from eps.of_outputs(output, found)
        yield from cuts.of_outputs(output, found)
        yield from _rounded()
    if output.endswith(("dx", "dgamma")):
        yield from eps.of_gradients(output, found)
    if output.endswith("dx"):
        yield from cuts.of_gradient(output, found)
    if output in _STATISTICS:
        yield from statistics.of_batch(court, base, output, found + large)


def _rounded() -> Iterator[Deviation]:
    """Roundings on the way to y that the gradient does not know of."""

    def early(p: Pass) -> Pass:
        return filled(p, xhat=in_float16(p.xhat))

    def product(p: Pass) -> Array:
        return np.asarray(in_float16(p.gamma * in_float16(p.xhat)) + p.beta)

    says, name = "rounds xhat to float16 before gamma multiplies it", "xhat-through-half"
    yield deviating(f"{says}, in y alone", lambda rules: seeing(rules, early, "affine"), name)
    says = f"{says}, and the product, too, in y alone"
    yield deviating(says, lambda rules: replace(rules, affine=product), name)
