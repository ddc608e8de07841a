"""Laws that follow from others: none of them fails where these hold by the margin that is asked."""

import numpy as np
import pytest

from bncheck.cases import Recipe, Values, build
from bncheck.laws import LAWS
from bncheck.model import BATCH, NORMS, Convention, Gradients, Implementation, Layer
from bncheck.trial.trial import Inapplicable, Trial

FOLLOW = [law for law in LAWS if law.follows]
BY_ID = {law.id: law for law in LAWS}
ABLE = frozenset({"backward"})
SHAPES = ((2, 1), (7, 3), (33, 2), (3, 4, 5), (129, 2))
PATTERNS = (
    Values((1, -3, 4, 1, -5, 9), "noise", (0, -4, 3), (0.0, 2.0)),
    Values((3, 1, 2), "noise", (-20,), (1000.0, -3.0)),
    Values((0, 5), "explicit", (2,), (1e6,)),
    Values((7,), "constant", (1,), (0.25,)),
    Values((2, -2), "alternating", (30, -30)),
)


def test_what_a_law_follows_from_is_a_definition_that_stands_before_it():
    places = {law.id: place for place, law in enumerate(LAWS)}
    for law in FOLLOW:
        for name in law.follows:
            premise = BY_ID[name]
            assert (law.shared, premise.shared, premise.follows) == (True, True, ()), law.id
            assert places[name] < places[law.id], law.id
            assert premise.norms >= law.norms, law.id
            assert (law.exact, law.policy) == (False, False), law.id


def answering(truth, case, part, signs):
    """An implementation whose every answer is off by this part of its bound."""

    def off(name):
        radius = truth.bound(name)
        flat = getattr(truth.values, name) + part * signs(radius.shape) * np.where(
            np.isfinite(radius), radius, 0
        )
        return np.asarray(flat, np.longdouble)

    def laid(flat):
        n, channels, spatial = case.x.shape[0], case.x.shape[1], case.x.shape[2:]
        back = np.moveaxis(flat.reshape(n, *spatial, channels), -1, 1)
        return np.ascontiguousarray(back)

    def make(_):
        gradients = Gradients(laid(off("dx")), off("dgamma"), off("dbeta"))
        return Layer(train=lambda x: laid(off("y")), backward=lambda dy: gradients)

    return Implementation("off", make, ABLE)


def ratio(law, trial):
    """The largest error, in units of its bound, or 0 where the law does not speak."""
    worst = 0.0
    try:
        for each in law.measure(trial):
            if each.error and each.compared:
                worst = max(worst, each.error / each.bound if each.bound else np.inf)
    except Inapplicable:
        pass
    return worst


def cases(norm):
    for shape in SHAPES:
        for pattern in PATTERNS:
            for dtype in ("float32", "float64", "float16"):
                recipe = Recipe(
                    dtype, shape, pattern, Values((2, -7, 1), "noise"), (1.5, -0.5), (0.25, 3.0)
                )
                yield build(recipe, norm)


@pytest.mark.parametrize("norm", NORMS.values(), ids=lambda norm: norm.name)
@pytest.mark.parametrize("law", FOLLOW, ids=lambda law: law.id)
def test_it_holds_where_all_answers_are_off_as_far_as_they_may_be(law, norm):
    if not law.about(norm):
        return
    tried = 0
    for number, case in enumerate(cases(norm if law.native else BATCH)):
        random = np.random.default_rng(number)
        patterns = (
            lambda shape: np.ones(shape),
            lambda shape, random=random: random.choice((-1.0, 1.0), shape),
        )
        for signs in patterns:
            with np.errstate(all="ignore"):
                plain = Trial(case, answering(None, case, 0, signs), Convention())
                if not plain.exact_training.room:
                    continue
                made = answering(plain.exact_training, case, plain.exact_training.room, signs)
                trial = Trial(case, made, Convention())
                assert ratio(law, trial) <= 1, case
            tried += 1
    assert tried > len(SHAPES) * len(PATTERNS)


@pytest.mark.parametrize("law", FOLLOW, ids=lambda law: law.id)
def test_it_fails_where_what_it_follows_from_fails_by_much(law):
    case = next(cases(BATCH if "batch" in law.norms else NORMS["layer"]))
    for case in cases(BATCH if "batch" in law.norms else NORMS["layer"]):
        with np.errstate(all="ignore"):
            plain = Trial(case, answering(None, case, 0, np.ones), Convention())
            made = answering(plain.exact_training, case, 1e4, np.ones)
            if ratio(law, Trial(case, made, Convention())) > 1:
                return
    pytest.fail("it never fails")
