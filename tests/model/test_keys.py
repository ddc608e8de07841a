"""The keys of conventions: what is told of each is what is taken."""

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from bncheck.errors import UsageError
from bncheck.model import Convention
from bncheck.model.keys import KEYS, line, spelled

HINTS = get_type_hints(Convention)


def test_every_key_has_an_entry_and_every_entry_a_key():
    assert list(KEYS) == [f.name for f in fields(Convention)]


@pytest.mark.parametrize("name", KEYS)
def test_what_is_told_of_a_key(name):
    key = KEYS[name]
    assert key.means
    assert key.otherwise
    assert bool(key.values) == (key.kind in ("one of", "list of"))
    namespace: dict[str, object] = {}
    exec(line(name), namespace)  # our own line, as it is printed
    made = Convention.from_mapping(namespace["CONVENTION"])
    assert made.promised() == {name: key.example}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, key in KEYS.items() for value in key.values]
)
def test_every_value_is_taken(name, value):
    given = [value] if KEYS[name].kind == "list of" else value
    assert Convention.from_mapping({name: given}).promised() == {name: given}
    assert spelled(value) in KEYS[name].choices()


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if key.kind == "one of"])
def test_the_values_are_those_of_the_type(name):
    options = [a for a in get_args(HINTS[name]) if a is not type(None)]
    named = [value for option in options for value in get_args(option)] or [True, False]
    assert set(KEYS[name].values) == set(named)


@pytest.mark.parametrize("value", ["other", 3.5, None, {}, [], ["other"], [1.5], [[2]]])
@pytest.mark.parametrize("name", KEYS)
def test_other_values_are_refused(name, value):
    with pytest.raises(UsageError, match=f"CONVENTION\\['{name}'\\]=.*, but should be "):
        Convention.from_mapping({name: value})
