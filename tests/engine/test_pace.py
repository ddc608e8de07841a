"""Slow is not hanging: large shapes are left out, told, and the rest is judged."""

import math

import pytest
from command import doing, verify

from bncheck.cases import Recipe, Values
from bncheck.engine.pace import SMALL, Pace, Patient, smaller
from bncheck.engine.session import Died
from bncheck.model import NORMS

LIMIT = 10.0


class Clocked:
    """A session whose target takes ``seconds(size)`` for a call, and dies above the limit."""

    def __init__(self, seconds):
        self.seconds, self.asked, self.loaded = seconds, [], {}

    def ask(self, request):
        size = math.prod(request["recipe"]["shape"])
        self.asked.append(size)
        if self.seconds(size) > LIMIT:
            raise Died("hang", "one call took more than 10 s")
        held = [{"law": law, "status": "measured"} for law in request["laws"]]
        return {"results": held, "longest_s": self.seconds(size)}

    def close(self):
        pass


def of(m, channels=1):
    return Recipe(shape=(m, channels), x=Values((1, 2, 3)))


def asking(seconds):
    clocked, pace = Clocked(seconds), Pace(LIMIT)
    patient = Patient(clocked, pace)

    def ask(recipe):
        request = {"do": "measure", "recipe": recipe.plain(), "laws": ["F00"]}
        return patient.ask(request)["results"][0]

    return ask, clocked, pace


def test_nothing_is_left_out_while_no_call_exceeds_the_limit():
    ask, clocked, pace = asking(lambda size: 9.99)

    assert all(ask(of(m))["status"] == "measured" for m in (1, 4096, 65537))
    assert (clocked.asked, pace.slow) == ([1, 4096, 65537], [])


def test_what_was_left_out_is_told_as_its_user_has_it():
    pace = Pace(LIMIT, NORMS["layer"])
    pace.left_out(Recipe(shape=(3, 65537, 2), x=Values((1, 2, 3))))
    assert pace.slow == [(65537, 3, 2)]


def test_a_large_case_that_exceeds_it_is_slow():
    ask, _, pace = asking(lambda size: 1e-3 * size)

    assert ask(of(65537)) == {"law": "F00", "status": "inapplicable", "reason": "slow"}
    assert ask(of(4096))["status"] == "measured"
    assert pace.slow == [(65537, 1)]


@pytest.mark.parametrize("power", [1, 2])
def test_what_would_exceed_it_is_not_tried(power):
    """Time by the number of values, or by its square as with a loop in which each sums over all."""
    ask, clocked, pace = asking(lambda size: 20.0 * (size / 20000) ** power)
    ask(of(65537))
    clocked.asked.clear()

    assert ask(of(15000))["reason" if power == 1 else "status"] == (
        "slow" if power == 1 else "inapplicable"
    )
    assert ask(of(8000))["status"] == "measured"
    assert clocked.asked == [8000]
    assert pace.slow == [(65537, 1), (15000, 1)]


def test_what_is_larger_is_not_tried_whatever_is_predicted():
    ask, clocked, _ = asking(lambda size: 1e-9 if size < 10000 else 20.0)
    ask(of(20000))
    clocked.asked.clear()

    assert ask(of(20001))["reason"] == "slow"
    assert clocked.asked == []


def test_exceeding_it_on_a_small_case_is_hanging():
    ask, _, pace = asking(lambda size: 11.0)

    for m in (SMALL, 65537):
        with pytest.raises(Died):
            ask(of(m))
    assert pace.slow == []


def test_a_crash_is_never_slow():
    class Crashing(Clocked):
        def ask(self, request):
            raise Died("crash", "the process ended by SIGSEGV")

    with pytest.raises(Died):
        Patient(Crashing(abs), Pace(LIMIT)).ask({"do": "measure", "recipe": of(65537).plain()})


@pytest.mark.parametrize("shape", [(65537, 1), (32, 2, 28, 28), (8, 1, 56, 56), (2, 9000)])
def test_smaller_cases_keep_rank_and_regime(shape):
    recipe = Recipe(shape=shape, layout="channels_last" if len(shape) == 4 else "C")
    small = smaller(recipe, SMALL)

    assert SMALL // 4 <= small.size <= SMALL
    assert (len(small.shape), small.layout) == (len(shape), recipe.layout)
    assert small.shape[1] == shape[1] or shape[1] > SMALL // 4


SLOW = "import time; time.sleep(4e-5 * x.size)"


def test_a_slow_target_is_right(tmp_path):
    laws = ("--laws", "F00", "--laws", "P07", "--timeout", "1")
    done = verify(tmp_path, doing(SLOW), *laws)

    assert done.code == 0
    assert [65537, 1] in done.report["slow"]
    assert all(math.prod(shape) > SMALL for shape in done.report["slow"])
    assert done.finding("F00")["verdict"] == "holds"
    assert done.finding("F00")["examples"] > 90
    assert "(65537, 1) NOT checked" in " ".join(done.out.split())
    assert any("slow, one call took more than 1 s" in told for told in done.report["untried"])
    assert "everything checked holds" not in done.out


def test_a_target_that_is_slow_and_wrong_is_wrong(tmp_path):
    done = verify(tmp_path, doing(f"{SLOW}; x = x * 1.5"), "--laws", "F00", "--timeout", "1")

    assert (done.code, done.finding("F00")["verdict"]) == (1, "fails")
    assert done.report["slow"]


def test_a_target_that_hangs_hangs(tmp_path):
    wait = "import time; x.shape[0] == 7 and time.sleep(99)"
    done = verify(tmp_path, doing(wait), "--laws", "F00", "--laws", "P07", "--timeout", "1")

    assert done.code == 1
    assert "one call took more than 1 s" in done.finding("P07")["reason"]
    assert done.report["slow"] == []
    assert [cause["deviation"] for cause in done.report["causes"]] == ["hangs"]
