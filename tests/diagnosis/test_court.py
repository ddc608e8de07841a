"""What the court leaves out to be quick changes no judgment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from courts import court_of

from bncheck.deviations import BY_NAME, combine
from bncheck.diagnosis import recall
from bncheck.diagnosis.comparing import compare
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.recall import Asked, answer_of
from bncheck.diagnosis.scripts import Answer, channels_last
from bncheck.diagnosis.search import CANDIDATES

PAIR = combine(BY_NAME["unbiased-variance"], BY_NAME["missing-variance-term"])
STEADY = [d for d in CANDIDATES if d.name != "depends-on-clock"]  # it answers each look otherwise
# one writes to the case, which bounds must not be read from then
NAMED = ("eps-outside-root", "one-pass-variance", "gradient-in-place", "mutates-cotangent")
SOME = (*STEADY[::9], *(BY_NAME[name] for name in NAMED if BY_NAME[name] not in STEADY[::9]))


@pytest.fixture(scope="module")
def court():
    return court_of(PAIR.apply())


def looked_at(court, hypothesis, item):
    """Every output, with a closer look where one is due, whatever else is known."""
    found = court._compare(hypothesis, item)
    return all(c.holds for c in found if hypothesis.speaks_of(item, c.output))


@pytest.mark.parametrize("deviation", SOME, ids=lambda d: d.name)
def test_a_hypothesis_is_judged_as_by_a_look_at_every_output(court, deviation):
    first = BY_NAME["unbiased-variance"]
    for hypothesis in (Hypothesis((deviation,)), Hypothesis((first, deviation))):
        fresh = replace(court, _compared={}, _refuted={}, _latest={})
        for item in court.evidence[::7]:
            assert fresh.explains(hypothesis, item) == looked_at(court, hypothesis, item), item


def test_what_contradicts_by_far_is_one_of_the_outputs_that_are_wanted(court):
    hypothesis = Hypothesis((BY_NAME["unbiased-variance"],))
    item = next(i for i in court.evidence if i.script == "train" and i.recipe.size > 9)
    assert court.far(hypothesis, item, lambda name: name == "dx")
    assert not replace(court, _compared={}).far(hypothesis, item, lambda name: name == "y")


def test_what_is_off_by_little_gets_a_closer_look():
    """1.05 of the bound: the rounding of the statistics, which a closer look adds, covers it."""
    hypothesis = Hypothesis((BY_NAME["eps-missing"],))
    court = court_of(BY_NAME["eps-missing"].apply())
    item = next(i for i in court.evidence if i.recipe.shape == (6, 3) and i.script == "train")
    predicted = court._predicted(hypothesis, item)
    wide, native = (channels_last(a.outputs["y"]) for a in (predicted.wide, predicted.native))
    allowed = predicted.bounds["y"] + np.abs(native - wide)
    moved = (wide + allowed * 21 / 20).astype(np.float32)
    near = replace(item, answer=Answer({**item.answer.outputs, "y": moved}))
    assert [c.near for c in compare(near.answer, predicted) if not c.holds] == [True]
    assert not court.far(hypothesis, near)
    assert court.explains(hypothesis, near)


def test_only_what_other_targets_are_held_against_is_kept(court):
    kept = Asked((SOME[0],), court.base, court.able, court.evidence[0].recipe, "train")
    assert kept.recurs
    assert answer_of(kept) is answer_of(replace(kept))
    read_off = replace(SOME[0], name=f"{SOME[0].name}: read off")
    coin = BY_NAME["nondeterministic"]
    large = next(i.recipe for i in court.evidence if i.recipe.size > recall._SMALL)
    for other in (
        replace(kept, deviations=(read_off,)),
        replace(kept, deviations=(coin,)),
        replace(kept, recipe=large),
    ):
        assert not other.recurs
        assert answer_of(other) is not answer_of(other)
