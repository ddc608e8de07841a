"""From records to verdicts."""

import math
from dataclasses import replace

import numpy as np
import pytest
from lab_small import record

from bncheck.lab import catalogue, family
from bncheck.lab.judging import judged, undecided

E01 = catalogue.BY_ID["E01"]


def records(name, cell, effects, **others):
    """One record a seed, of this definition."""
    made = catalogue.definition(catalogue.BY_ID[name])
    return [
        record(name, cell, seed, {key: v, **others}, digest=made)
        for key, values in effects.items()
        for seed, v in enumerate(values)
    ]


def around(mean, n=12, width=0.05):
    return (mean + np.linspace(-width, width, n)).tolist()


def claim(name, found):
    (made,) = judged([catalogue.BY_ID[name]], found)
    return made


def test_a_claim_without_records():
    assert claim("E01", []).word == "not run"


def test_one_word_where_all_agree():
    found = records("E01", "rate 0.5", {"steps": around(3)})
    found += records("E01", "both tuned", {"steps": around(2)})
    made = claim("E01", found)
    assert made.word == "supported"
    assert [r.verdict for r in made.results] == ["supported", "supported"]
    assert made.seconds == 24 * 1.5


def test_it_depends_where_they_do_not():
    found = records("E02", "rate 0.5", {"final": around(-2)})
    found += records("E02", "60,000 images", {"final": around(4)})
    assert claim("E02", found).word == "depends"


def test_it_depends_where_some_are_undecided():
    found = records("E01", "rate 0.5", {"steps": around(3)})
    found += records("E01", "both tuned", {"steps": around(0.32)})
    assert claim("E01", found).word == "depends"


def test_the_word_is_about_the_claim_and_not_about_what_is_claimed_aside():
    effects = {"noisy": around(0.1), "noise alone": around(-3)}
    found = [
        record("E11", "relu", seed, {k: v[seed] for k, v in effects.items()}, digest=made)
        for made in [catalogue.definition(catalogue.BY_ID["E11"])]
        for seed in range(12)
    ]
    found = claim("E11", found)
    assert found.word == "supported"
    assert {r.statistic.name: r.verdict for r in found.results if r.primary} == {
        "noisy": "supported",
        "noise alone": "opposite",
    }


def test_what_is_beside_has_no_verdict():
    found = records("E01", "rate 2", {"steps": around(3)})
    made = claim("E01", found)
    assert [r.verdict for r in made.results] == ["told"]
    assert made.word == "not run"


def test_records_of_another_definition_are_counted_and_never_pooled():
    found = records("E01", "rate 0.5", {"steps": around(3)})
    old = [replace(r, digest="old", effects={"steps": -9.0}) for r in found]
    made = claim("E01", found + old)
    assert made.stale == 12
    assert made.word == "supported"
    assert claim("E01", old).word == "not run"


def test_a_seed_without_a_number_leaves_it_undecided():
    values = around(3)
    values[4] = math.nan
    made = claim("E01", records("E01", "rate 0.5", {"steps": values}))
    assert made.word == "undecided"
    assert made.results[0].missing == 1


def test_few_seeds_are_a_preview():
    made = claim("E01", records("E01", "rate 0.5", {"steps": around(3, 6)}))
    assert made.word == "too few seeds"
    assert (made.results[0].decision.low, made.results[0].decision.high) == (2.95, 3.05)


def test_exact_ones():
    right = records("E12", "mnist", {"gradients": [0.0] * 3}, training=0.0)
    assert claim("E12", right).word == "holds"
    wrong = records("E12", "mnist", {"gradients": [0.0, 2.0, 0.0]}, training=0.0)
    assert claim("E12", wrong).word == "broken"


def everything(mean):
    """All statistics of the family, with the same effect in units of their margins."""
    found = []
    for name, entries in family.PRIMARY.items():
        experiment = catalogue.BY_ID[name]
        for statistic, cells in entries:
            margin = experiment.statistic(statistic).margin
            for cell in cells:
                found.append((name, cell, statistic, [v * margin for v in around(mean)]))
    joined = {}
    for name, cell, statistic, values in found:
        joined.setdefault((name, cell), {})[statistic] = values
    made = []
    for (name, cell), effects in joined.items():
        digest = catalogue.definition(catalogue.BY_ID[name])
        made += [
            record(name, cell, seed, {k: v[seed] for k, v in effects.items()}, digest=digest)
            for seed in range(12)
        ]
    return made


def test_holm_leaves_all_where_all_are_clear():
    claims = judged(catalogue.EXPERIMENTS, everything(3))
    primary = [r for c in claims for r in c.results if r.primary]
    assert len(primary) == family.SIZE
    assert {r.verdict for r in primary if r.statistic.kind == "greater"} == {"supported"}
    assert max(r.p for r in primary) <= 0.025


def test_holm_takes_what_is_significant_only_by_itself():
    """One clear by itself (p = 4/4096) among all others that are not: 46 times that is 0.045."""
    border = everything(1)
    one = [3.0] * 11 + [0.1]
    made = []
    for r in border:
        if (r.experiment, r.cell) == ("E01", "rate 0.5"):
            r = replace(r, effects={"steps": one[r.seed]})
        made.append(r)
    own = [r for r in made if (r.experiment, r.cell) == ("E01", "rate 0.5")]
    alone = claim("E01", own)
    assert alone.results[0].verdict == "supported"
    among = judged(catalogue.EXPERIMENTS, made)[0]
    result = next(r for r in among.results if r.cell == "rate 0.5")
    assert result.verdict == "undecided"
    assert result.p == pytest.approx(result.decision.p * family.SIZE)


def test_who_asks_for_one_gets_the_same_as_who_asks_for_all():
    found = everything(3)
    (alone,) = judged([E01], found)
    assert alone == judged(catalogue.EXPERIMENTS, found)[0]
    assert {r.p for r in alone.results} == {r.p for r in judged([E01], found)[0].results}
    assert max(r.p for r in alone.results) > 0.02


def test_a_second_look_does_not_take_back_the_first():
    """Decided at 12 seeds, whatever the next dozen says; undecided ones are looked at again."""
    found = records("E01", "rate 0.5", {"steps": around(3) + around(-3)})
    assert claim("E01", found).word == "supported"
    border = records("E01", "rate 0.5", {"steps": around(0.32) + around(3)})
    assert claim("E01", border[:12]).word == "undecided"
    assert claim("E01", border).word == "supported"


def test_who_gets_more_seeds():
    found = records("E01", "rate 0.5", {"steps": around(0.32)})
    found += records("E01", "both tuned", {"steps": around(2)})
    found += records("E01", "rate 2", {"steps": around(0.32)})
    assert undecided(judged([E01], found)) == {("E01", "rate 0.5")}
