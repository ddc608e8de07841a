"""What a class promises: in itself, or in its file."""

import sys
from types import ModuleType

import pytest

from bncheck.errors import UsageError
from bncheck.targets.common.promises import said


class Plain:
    pass


class Own:
    CONVENTION = {"running_var": "biased"}  # noqa: RUF012 # as people write it


class Answering:
    """Has an attribute of every name."""

    def __getattr__(self, name):
        return 3


@pytest.fixture
def file(monkeypatch):
    home = ModuleType("somebodys")
    monkeypatch.setitem(sys.modules, "somebodys", home)
    for kind in (Plain, Own, Answering):
        monkeypatch.setattr(kind, "__module__", "somebodys")
    return home


@pytest.mark.parametrize("make", [lambda kind: kind, lambda kind: kind()])
def test_the_file_speaks_for_its_classes_and_a_class_for_itself(file, make):
    assert said(make(Plain), "x").promised() == {}
    file.CONVENTION = {"running_var": "unbiased"}
    assert said(make(Plain), "x").running_var == "unbiased"
    assert said(make(Own), "x").running_var == "biased"
    assert said(make(Answering), "x").running_var == "unbiased"


def test_what_is_malformed_is_told_with_the_target(file):
    file.CONVENTION = {"running_var": "both"}
    with pytest.raises(UsageError, match="mine: CONVENTION"):
        said(Plain, "mine")


def test_a_class_of_no_module(monkeypatch):
    monkeypatch.setattr(Plain, "__module__", "nowhere")
    assert said(Plain, "x").promised() == {}
