"""The bounds hold for every correct algorithm, and are tight enough to see a wrong one."""

import os

import correct
import numpy as np
import pytest
from attack import CONFIGURATIONS, adversarial, algorithms, cases, margins
from hypothesis import HealthCheck, Phase, given, note, settings, target

# how many times the ordinary effort; the nightly run sets it
EFFORT = int(os.environ.get("BNCHECK_ATTACK", "1"))

ATTACK = settings(
    max_examples=60 * EFFORT,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("formats", CONFIGURATIONS, ids=str)
def test_no_correct_algorithm_exceeds_its_bound(formats):
    @ATTACK
    @given(cases(formats), algorithms(formats))
    def attack(case, implementation):
        found = margins(case, implementation)
        note(f"{implementation.name}: {found}")
        worst = max(found.values())
        target(min(worst, 1e9))
        assert worst <= 1

    attack()


@pytest.mark.parametrize("formats", CONFIGURATIONS[:4] + CONFIGURATIONS[6:8], ids=str)
@pytest.mark.parametrize(
    ("variance", "statistics"), [("shifted", correct.shifted), ("one-pass", correct.one_pass)]
)
def test_promised_algorithms_stay_within_the_bound_of_their_promise(formats, variance, statistics):
    @settings(ATTACK, max_examples=20 * EFFORT)
    @given(cases(formats), algorithms(formats, [statistics], variance))
    def attack(case, implementation):
        found = margins(case, implementation, variance)
        note(f"{implementation.name}: {found}")
        worst = max(found.values())
        target(min(worst, 1e9))
        assert worst <= 1

    attack()


@pytest.mark.parametrize("formats", CONFIGURATIONS, ids=str)
def test_no_correct_algorithm_exceeds_its_bound_on_large_adversarial_batches(formats):
    rng = np.random.default_rng(20260728)
    for _ in range(4 * EFFORT):
        m = int(rng.choice([1, 2, 3, 5, 16, 17, 65, 128, 257, 1000]))
        kind, case = adversarial(rng, formats, m)
        for implementation in every_stage(formats, rng):
            found = margins(case, implementation)
            assert max(found.values()) <= 1, (kind, m, implementation.name, found, case)


def every_stage(formats, rng):
    """One algorithm for every way to get the statistics; the other stages at random."""
    for statistics in correct.STABLE:
        sums = [t for t in correct.SUMS if t is not correct.blas]
        yield correct.algorithm(
            statistics=statistics,
            total=sums[rng.integers(len(sums))],
            root=correct.ROOTS[rng.integers(3)],
            output=correct.OUTPUTS[rng.integers(4)],
            backward=correct.BACKWARDS[rng.integers(6)],
            accumulates=formats.accumulates,
            convention=formats.convention(),
        )
