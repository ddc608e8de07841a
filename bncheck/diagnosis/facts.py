"""What the evidence says in words, with a cause and without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bncheck.diagnosis.comparing import RAISED, Comparison
from bncheck.diagnosis.prediction import predict
from bncheck.diagnosis.scripts import channels_last
from bncheck.diagnosis.search import Court, Hypothesis, Observed

# so many cases are looked at where a sentence needs only an impression
_FEW = 12
RAISES = "the calls that raise"


def identical(court: Court, hypothesis: Hypothesis, wrong: Sequence[Observed]) -> float:
    """Part of the numbers that equal those of the hypothesis in the target's dtype, to the bit."""
    same = total = 0
    for item in wrong[:_FEW]:
        rules = hypothesis.rules(court.base)
        native = predict(
            rules, court.able, item.recipe, item.script, court.algorithms(item.recipe)
        ).native
        for name, array in item.answer.outputs.items():
            other = native.outputs.get(name)
            if other is not None and other.shape == array.shape:
                left, right = channels_last(array), channels_last(other)
                same += int(((left == right) | (np.isnan(left) & np.isnan(right))).sum())
                total += array.size
    return same / max(total, 1)


def evidence(
    court: Court, best: Hypothesis, wrong: Sequence[Observed], others: Sequence[str]
) -> str:
    """Say what in the numbers speaks for a hypothesis."""
    cases = len({item.recipe for item in court.evidence})
    if wrong:
        outputs = _outputs(court, wrong)
        bad = len({item.recipe for item in wrong})
        verb = "are" if outputs == RAISES else "equal"
        text = (
            f"{outputs} {verb} those of the reference that does so, within rounding, on {cases} "
            f"of {cases} cases; those of a right one on {cases - bad}"
        )
    else:
        text = f"all numbers are right on {cases} cases, and the same laws fail with this"
    if others:
        text += f"; {_listed(others[:3])} would look the same"
    return text


def _outputs(court: Court, wrong: Sequence[Observed]) -> str:
    names: dict[str, None] = {}
    for item in wrong[:_FEW]:
        names.update(
            dict.fromkeys(RAISES if c.output == RAISED else c.output for c in _bad(court, item))
        )
    return _listed(list(names)[:4])


def _bad(court: Court, item: Observed) -> list[Comparison]:
    return [c for c in court.compare(Hypothesis(), item) if not c.holds]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def narrowing(court: Court, wrong: Sequence[Observed]) -> Iterable[str]:
    """Say what narrows a failure down that no known deviation explains."""
    if not wrong:
        yield "no known deviation explains the failures: all numbers of the plain calls are right"
        return
    bad: dict[str, int] = {}
    right: dict[str, int] = {}
    ratios: dict[str, list[float]] = {}
    for item in court.evidence:
        for c in court.compare(Hypothesis(), item):
            (right if c.holds else bad).setdefault(c.output, 0)
            if c.holds:
                right[c.output] += 1
            else:
                bad[c.output] += 1
                ratios.setdefault(c.output, []).extend(_ratio(court, item, c))
    right.pop(RAISED, None)
    raises, n = bad.pop(RAISED, 0), len(court.evidence)
    if raises:
        yield f"it raises, or does not, where it should not, or should, in {raises} of {n} calls"
    told = [f"{name} on {n} of {n + right.get(name, 0)} cases" for name, n in bad.items()]
    told_wrong = f"; wrong are {_listed(told)}" if told else ""
    yield f"no known deviation, nor a pair of them, explains all answers{told_wrong}"
    always = [name for name in right if name not in bad]
    if always:
        yield f"right on every case: {_listed(always)}"
    yield from _where(court, wrong)
    for name, seen in ratios.items():
        finite = [r for r in seen if np.isfinite(r)]
        if finite and max(finite) - min(finite) <= 1e-3 * abs(max(finite)):
            yield f"{name} is {np.median(finite):.6g} times what it should be, in every channel"


def _ratio(court: Court, item: Observed, comparison: Comparison) -> list[float]:
    """Target over truth, per channel, at the entry of largest magnitude."""
    if comparison.output not in item.answer.outputs:
        return []
    rules = Hypothesis().rules(court.base)
    algorithms = court.algorithms(item.recipe)
    truth = predict(rules, court.able, item.recipe, item.script, algorithms).wide
    got = channels_last(item.answer.outputs[comparison.output])
    right = channels_last(truth.outputs[comparison.output])
    at = np.abs(right).argmax(axis=0)
    columns = np.arange(got.shape[1])
    with np.errstate(all="ignore"):
        return [float(r) for r in got[at, columns] / right[at, columns]]


def _where(court: Court, wrong: Sequence[Observed]) -> Iterable[str]:
    """Ranks, layouts and sizes at which the target is wrong, where it is not so at all of them."""
    wrong_recipes = {item.recipe for item in wrong}
    recipes = {item.recipe for item in court.evidence}
    for what, key in (
        ("rank", lambda r: len(r.shape)),
        ("layout", lambda r: r.layout),
        ("N", lambda r: "1" if r.shape[0] == 1 else "more than 1"),
    ):
        bad = {key(r) for r in wrong_recipes}
        every = {key(r) for r in recipes}
        # a wrong case is of some rank and layout whatever is wrong with it: all like it must be
        always = all(recipe in wrong_recipes for recipe in recipes if key(recipe) in bad)
        if bad < every and always:
            names = _listed(sorted(map(str, bad)))
            yield f"wrong only at {what} {names}, right at {_listed(sorted(map(str, every - bad)))}"
