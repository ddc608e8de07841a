"""Counterexamples: the command that runs one again."""

import shlex

import pytest

from bncheck.model import Counterexample


@pytest.mark.parametrize(
    ("file", "target", "words"),
    [
        ("", "bn.py", []),
        (".bncheck/F00.json", "", ["bncheck", "replay", ".bncheck/F00.json"]),
        ("a b/F00.json", "c d.py", ["bncheck", "replay", "a b/F00.json", "--target", "c d.py"]),
        ("a/F00.json", "-x.py", ["bncheck", "replay", "a/F00.json", "--target=-x.py"]),
    ],
)
def test_the_command_that_replays(file, target, words):
    assert shlex.split(Counterexample("", {}, file=file, target=target).replay) == words
