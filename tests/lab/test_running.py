"""Work: planned once, kept as it is done, the same whatever stops it and whoever does it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from lab_small import drawn, shrunk

from bncheck.lab import catalogue, datasets, running
from bncheck.lab.store import Stored

SMALL = {e.id: shrunk(e) for e in catalogue.EXPERIMENTS}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small nets on data that are drawn here; the definitions' digests stay."""
    monkeypatch.setattr(catalogue, "BY_ID", SMALL)
    monkeypatch.setattr(datasets, "load", lambda name, given=None: drawn())
    monkeypatch.setattr(datasets, "available", lambda name, given=None: "no" * (name == "full"))


def run(*names, stored=(), **options):
    experiments = [SMALL[name] for name in names]
    defaults = {"budget": "quick", "seed": 3}
    return running.run(experiments, stored=Stored(tuple(stored)), **{**defaults, **options})


def records(events):
    return [r for event in events if isinstance(event, running.Done) for r in event.records]


def plain(found):
    return sorted(((r.experiment, r.cell, r.seed, r.effects) for r in found), key=str)


def test_runs_are_made_once_for_all_that_read_them():
    found = records(run("E09", "E10"))
    assert len(found) == 12
    assert {r.experiment for r in found} == {"E09", "E10"}
    assert all(bool(r.arms) == (r.experiment == "E09") for r in found)
    assert {r.seed for r in found} == set(range(3, 9))


def test_one_that_reads_runs_of_another_can_run_alone():
    found = records(run("E10"))
    assert {r.experiment for r in found} == {"E10"}
    assert all(r.arms and r.seconds for r in found)


def test_a_run_that_was_stopped_goes_on_to_the_same():
    whole = records(run("E12", "E15"))
    events = run("E12", "E15")
    begun = [*next(events).records, *next(events).records]
    events.close()
    rest = records(run("E12", "E15", stored=begun))
    assert plain(begun + rest) == plain(whole)
    assert len(rest) == len(whole) - len(begun)
    assert records(run("E12", "E15", stored=whole)) == []


def test_records_of_another_definition_are_not_taken():
    whole = records(run("E14"))
    other = [replace(r, digest="other") for r in whole]
    assert len(records(run("E14", stored=other))) == len(whole)


def test_an_executor_of_the_caller_gives_the_same():
    with ThreadPoolExecutor(2) as executor:
        found = records(run("E15", executor=executor))
    assert plain(found) == plain(records(run("E15")))


def test_how_far_it_is_is_told():
    events = [e for e in run("E15") if isinstance(e, running.Done)]
    assert [e.done for e in events] == list(range(1, len(events) + 1))
    assert {e.total for e in events} == {len(events)}
    assert events[-1].left == 0


def test_what_has_no_data_is_left_out_and_told():
    first, *rest = run("E01", budget="thorough", seed=0)
    assert isinstance(first, running.LeftOut)
    assert first.cells == ("E01 4,000 of many images", "E01 60,000 images")
    assert first.reason == "no"
    assert not any(isinstance(event, running.LeftOut) for event in rest)


def test_thorough_gives_more_seeds_to_what_is_undecided(monkeypatch):
    right = running.measured
    spread = {"standardised": 0.3, "centred": 0.3}

    def on_the_margin(unit):
        sign = 1 if unit.seed % 2 else -1
        return tuple(
            replace(r, effects={k: v + sign * 0.1 for k, v in spread.items()})
            if unit.cell == "wine"
            else r
            for r in right(unit)
        )

    monkeypatch.setattr(running, "measured", on_the_margin)
    found = records(run("E15", budget="thorough", seed=0))
    seeds = {cell: {r.seed for r in found if r.cell == cell} for cell in ("wine", "digits")}
    assert seeds["wine"] == set(range(24))
    assert seeds["digits"] >= set(range(12))


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_get_one_thread_each_and_nothing_stays_set(jobs, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(running, "_records", partial(_told, running.os.environ))
    assert records(run("E15", jobs=jobs)) == []
    assert "OMP_NUM_THREADS" not in running.os.environ


def _told(environ, units, pool):
    assert (environ.get("OMP_NUM_THREADS") == "1") == (pool is not None)
    return iter(())
