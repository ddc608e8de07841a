"""The small pool of shapes for targets that are compiled for each."""

import math

import pytest

from bncheck.cases import REGIMES, within
from bncheck.cases.drawing import Block, shrink
from bncheck.cases.few_shapes import FewShapes
from bncheck.cases.simpler import simplify
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import tasks
from bncheck.laws import LAWS
from bncheck.model import Domain
from bncheck.model.formats import FLOAT32

NAMED = {regime.name: regime for regime in REGIMES}


def pooled(seed):
    few, domain = FewShapes(seed), Domain(strided=False)
    narrowed = [within(regime, domain, FLOAT32) for regime in REGIMES if not regime.least]
    return {regime.name: few.narrow(regime) for regime in narrowed if regime is not None}


@pytest.mark.parametrize("seed", range(5))
def test_a_pool_of_shapes_keeps_what_each_regime_is_about(seed):
    for name, regime in pooled(seed).items():
        shapes, whole = regime.shapes, NAMED[name]
        assert regime.own_shapes
        assert set(regime.own_shapes) <= set(shapes)
        if whole.shapes:
            assert shapes == whole.shapes
            continue
        assert {len(s) for s in shapes} == set(whole.ranks)
        assert {s[0] for s in shapes} == set(whole.batch)
        assert {s[1] for s in shapes} == set(whole.channels)
        assert {n for s in shapes for n in s[2:]} == set(whole.sizes)


def test_a_pool_is_small_and_another_one_for_another_seed():
    pools = [{s for regime in pooled(seed).values() for s in regime.shapes} for seed in range(8)]
    everyone = {s for regime in REGIMES for s in regime.shapes}
    assert all(8 <= len(shapes - everyone) <= 30 for shapes in pools)
    assert len(set.union(*pools) - everyone) > 60
    assert pooled(3) == pooled(3)
    m = [{s[0] * math.prod(s[2:]) for s in shapes} for shapes in pools]
    assert all({1, 2, 3, 7} <= values for values in m)


def test_shapes_of_own_calls_have_every_rank():
    for seed in range(8):
        own = {s for r in pooled(seed).values() if r.own_calls for s in r.own_shapes}
        assert {len(s) for s in own} == {2, 3, 4, 5}
        assert {1, 2, 3, 5, 8} <= {s[0] for s in own}
        assert len(own) <= 30


def far_from_zero(recipe):
    return recipe.x.offset[0] > 1000


def test_a_case_of_a_pool_shrinks_to_a_shape_outside_of_it():
    regime = pooled(0)["offset"]
    found = shrink(Block(regime, FLOAT32, "", 3, 60), far_from_zero, 300)
    assert found.size > 2
    assert simplify(found, far_from_zero, 200).size == 1


def test_laws_with_own_calls_keep_to_their_shapes_and_have_as_many_cases():
    own = next(law for law in LAWS if not law.shared and not law.wants)
    for few_shapes in (False, True):
        domain = Domain(few_shapes=few_shapes)
        planned = list(tasks(LAWS, domain, [("float32", "float32")], BUDGETS["standard"], 0))
        tried = [task for task in planned if own.id in task.laws]
        assert 60 <= len(tried) <= 100
        for task in tried:
            shapes = task.block.regime.own_shapes
            assert bool(shapes) == few_shapes
            assert task.recipe.shape in shapes or not few_shapes
