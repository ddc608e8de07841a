"""What type checkers are told of the options is what there is."""

from dataclasses import fields

from bncheck.api.asking import Settings
from bncheck.engine import Options


def test_every_option_is_there():
    assert set(Settings.__annotations__) == {option.name for option in fields(Options)}
