"""Records as lines of JSON: nothing lost, nothing foreign taken."""

import json
import math
from dataclasses import replace

import pytest
from lab_small import record

from bncheck.errors import UsageError
from bncheck.lab import store


def test_records_come_back(tmp_path):
    path = tmp_path / "new" / "lab.jsonl"
    one = record(effects={"steps": 1 / 3, "final": math.nan}, arms={"bn": {"acc": [0.5, 1]}})
    two = record(seed=1, arms={})
    store.add(path, [one])
    store.add(path, [two])
    first, second = store.read(path).records
    assert second == two
    assert first.effects["steps"] == 1 / 3
    assert math.isnan(first.effects["final"])
    assert first.arms == {"bn": {"acc": [0.5, 1]}}
    assert store.dumps([two]) == path.read_text().splitlines(keepends=True)[0] + store.line(two)


def test_no_file_has_no_records(tmp_path):
    assert store.read(tmp_path / "none.jsonl") == store.Stored()


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_last_line_is_left_out_told_and_cut_off(tmp_path, cut):
    path = tmp_path / "lab.jsonl"
    store.add(path, [record(), record(seed=1)])
    path.write_text(path.read_text()[:-cut])
    found = store.read(path)
    assert found.records == ((record(),) if cut > 1 else (record(), record(seed=1)))
    assert ("torn" in found.torn) == (cut > 1)
    store.add(path, [record(seed=2)])
    assert [r.seed for r in store.read(path).records][-1] == 2
    assert store.read(path).torn == ""


def lines(*changed):
    return store.dumps([record()]) + "".join(line + "\n" for line in changed)


WRONG = {
    "foreign": ('{"schema": "other/1"}\n', "no file of results of the lab"),
    "a list": ("[1]\n", "no file of results of the lab"),
    "a deep one": ("[" * 100_000 + "\n", "no file of results of the lab"),
    "a line in between": (lines("{}", store.line(record(seed=3)).strip()), "line 3: is no record"),
    "twice": (lines(store.line(record()).strip(), ""), "is there twice"),
    "a seed that is a word": (
        lines(store.line(record(seed=1)).replace('"seed": 1', '"seed": "x"').strip(), "{}"),
        "seed is str",
    ),
    "effects that are none": (
        lines(json.dumps({**json.loads(store.line(record(seed=1))), "effects": []}), "{}"),
        "effects is list",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_such_file_is_refused_in_a_sentence(tmp_path, wrong):
    text, says = WRONG[wrong]
    path = tmp_path / "lab.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=says) as caught:
        store.read(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "lab.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        store.read(path)


def damaged(arms):
    """Return the first registered record that has arms, with other ones."""
    kept = next(r for r in store.registered() if r.experiment == "E01" and r.arms)
    return replace(kept, arms=arms(kept.arms))


@pytest.mark.parametrize(
    "arms",
    [
        lambda arms: {"none": "x", "bn": [1]},
        lambda arms: {**arms, "bn": {**arms["bn"], "acc": "abc"}},
        lambda arms: {**arms, "bn": {k: v for k, v in arms["bn"].items() if k != "step"}},
        lambda arms: {"bn": arms["bn"]},
        lambda arms: {**arms, "bn": {**arms["bn"], "percentiles": [1.0, 2.0]}},
    ],
)
def test_arms_that_are_made_otherwise_are_refused_in_a_sentence(arms):
    with pytest.raises(UsageError, match="mine: E01, digits, seed 1000 does not have what E01"):
        store.check_arms([damaged(arms)], "mine")


def test_arms_as_they_were_registered_are_taken():
    store.check_arms(store.registered(), "mine")
    shorter = damaged(lambda arms: {k: {**v, "acc": v["acc"][:3]} for k, v in arms.items()})
    store.check_arms([shorter, replace(shorter, digest="other", arms={})], "mine")
