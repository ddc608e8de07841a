"""The parser: what documentation and completion read, and what `help` prints."""

import argparse
from importlib import import_module

import pytest

from bncheck.cli import main, parser
from bncheck.cli.commands import SUMMARIES, module
from bncheck.cli.exit_codes import EXIT_CODES, EXPLAINED


def test_it_is_made_anew_and_does_nothing(capsys):
    one, other = parser.make(), parser.make()
    assert isinstance(one, argparse.ArgumentParser)
    assert one is not other
    args = one.parse_args(["laws", "F00"])
    assert (args.command, args.ids, args.whole) == ("laws", ["F00"], one)
    assert capsys.readouterr() == ("", "")


def test_every_command_says_what_it_is_for():
    text = parser.make().format_help()
    for name in SUMMARIES:
        assert name == import_module(module(name)).NAME
        assert f"\n    {name}" in text


def test_the_exit_codes_are_those_that_are_explained():
    assert list(EXIT_CODES) == list(EXPLAINED) == [0, 1, 2, 3]
    told = " ".join(parser.EPILOG.split())
    assert all(f"{code} {says}" in told for code, says in EXIT_CODES.items())


def test_what_is_made_of_one_command_lists_the_others_the_same(capsys):
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == parser.make().format_help()


@pytest.mark.parametrize("name", [None, *SUMMARIES])
def test_help_is_what_the_option_prints(name, capsys):
    words = [] if name is None else [name]
    assert main(["help", *words]) == 0
    told = capsys.readouterr()
    assert main([*words, "--help"]) == 0
    assert told == capsys.readouterr()
    assert told.out.startswith(" ".join(["usage: bncheck", *words]))
