"""`--shard I/N`: each target in exactly one part, the same ones on every machine."""

import json
import random
import sys

import fake_engine
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bncheck.cli import main
from bncheck.model.shard import dealt


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    return fake_engine


def names(*words):
    """The targets of a run, and what its report says of its part."""
    main(["verify", *words, "--format", "json=part.json", "-q"])
    with open("part.json") as file:
        data = json.load(file)
    assert data["schema"] == "bncheck/reports/1"
    return [report["target"] for report in data["reports"]], data["shard"]


@given(st.lists(st.text(max_size=5), unique=True, max_size=12), st.integers(1, 8), st.randoms())
def test_each_is_in_exactly_one_part_whatever_the_order(targets, of, chance):
    parts, digests = [], set()
    for index in range(1, of + 1):
        given_as = targets.copy()
        chance.shuffle(given_as)
        shard, part = dealt(given_as, [(name,) for name in given_as], index, of)
        assert len(shard.positions) == len(part)
        parts += part
        digests.add(shard.digest)
    assert sorted(parts) == sorted(targets)
    assert len(digests) == 1


def test_parts_differ_by_one_target_at_most():
    targets = [f"t{n}" for n in range(11)]
    random.Random(0).shuffle(targets)
    sizes = {len(dealt(targets, [(t,) for t in targets], n, 4)[1]) for n in (1, 2, 3, 4)}
    assert sizes == {2, 3}


def test_the_report_says_which_part_of_which_list(capsys):
    first, one = names("a.py", "c.py", "b.py", "--shard", "1/2")
    second, two = names("b.py", "a.py", "c.py", "--shard=2/2")
    assert (first, second) == (["a.py", "c.py"], ["b.py"])
    assert one["digest"] == two["digest"]
    assert (one["index"], one["of"], one["targets"]) == (1, 2, 3)
    told = capsys.readouterr().out
    assert "shard 1/2: 2 of 3 targets; `bncheck merge` puts" in told


@pytest.mark.parametrize("more", [("--seed", "1"), ("--laws", "F01"), ("--device", "cuda:0")])
def test_what_is_checked_otherwise_is_another_list(more):
    _, one = names("wrong", "right", "--shard", "1/2")
    _, other = names("wrong", "right", "--shard", "1/2", *more)
    assert one["digest"] != other["digest"]


def test_how_fast_it_is_checked_makes_no_other_list():
    _, one = names("wrong", "right", "--shard", "1/2")
    _, other = names("wrong", "right", "--shard", "1/2", "--jobs", "3", "--timeout", "20")
    assert one == other


def test_one_target_in_a_part_is_a_list_of_one():
    assert names("a.py", "--shard", "1/1")[0] == ["a.py"]


def test_an_empty_part_says_so_and_is_no_success(capsys):
    assert main(["verify", "right", "wrong", "--shard", "3/3", "--format", "json=r.json"]) == 2
    told = capsys.readouterr().err
    assert told == (
        "bncheck: shard 3/3 is empty: the list has 2 targets, so nothing was checked; "
        "--shard I/2 has no empty one\n"
    )
    with open("r.json") as file:
        data = json.load(file)
    assert data["reports"] == []
    assert data["shard"]["targets"] == 2


@pytest.mark.parametrize(
    "value", ["0/3", "4/3", "1", "1/0", "-1/3", "a/b", "1/3/4", "1.0/3", "", "1/1000000", "¹/3"]
)
def test_a_bad_value_is_one_sentence(value, capsys):
    assert main(["verify", "right", f"--shard={value}"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("bncheck: error: ")
    assert f"shard={value!r}" in told
    assert "I/N as in 1/3" in told
    assert len(told.splitlines()) == 1


def test_what_is_wrong_with_a_target_of_another_part_is_told_all_the_same(capsys):
    assert main(["verify", "right", "a", "--shard", "2/2", "--laws", "Q*"]) == 2
    assert "no law matches" in capsys.readouterr().err
