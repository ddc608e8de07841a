"""A definition's digest: of its tokens, and of what it is made from."""

import ast
from pathlib import Path

import pytest

from bncheck.lab import catalogue, digests

LAB = Path(digests.__file__).parent
SOURCE = '''"""What it is."""

# a comment
def f(x):
    return x + 1  # another


MARGIN = 0.5
'''


def test_comments_blank_lines_and_widths_do_not_count():
    other = '"""What it is."""\ndef f(x):\n  return x + 1\nMARGIN = 0.5\n'
    assert digests.tokens(SOURCE) == digests.tokens(other)


@pytest.mark.parametrize(
    ("old", "new"), [("0.5", "0.50"), ("x + 1", "x - 1"), ("MARGIN", "OTHER"), ("What", "That")]
)
def test_everything_else_counts(old, new):
    assert digests.tokens(SOURCE) != digests.tokens(SOURCE.replace(old, new))


def reached(experiment):
    return digests._reached(catalogue._NAMES[experiment.id])


def test_a_definition_has_the_formulas_the_nets_and_the_data():
    names = reached(catalogue.BY_ID["E02"])
    wanted = {"nets", "training", "measures", "data", "activations", "experiments.e01_faster"}
    assert {f"bncheck.lab.{name}" for name in wanted} | {"bncheck.truth.derived"} <= names
    assert not {"bncheck.lab.datasets", "bncheck.lab.model", "bncheck.lab.statistics"} & names


@pytest.mark.parametrize("experiment", catalogue.EXPERIMENTS, ids=lambda e: e.id)
def test_no_f_strings_whose_tokens_differ_between_versions(experiment):
    for name in reached(experiment):
        tree = ast.parse(digests._path(name).read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree)), name


def test_a_changed_file_is_another_definition(tmp_path, monkeypatch):
    (tmp_path / "lab").mkdir()
    names = {"bncheck.lab.one": "A = 1\n", "bncheck.lab.two": "from bncheck.lab.one import A\n"}
    for name, text in names.items():
        (tmp_path / "lab" / f"{name.rpartition('.')[2]}.py").write_text(text)
    monkeypatch.setattr(digests, "_PACKAGE", tmp_path)
    before = digests.digest.__wrapped__("bncheck.lab.two")
    (tmp_path / "lab" / "one.py").write_text("A = 1  # the same\n")
    assert digests.digest.__wrapped__("bncheck.lab.two") == before
    (tmp_path / "lab" / "one.py").write_text("A = 2\n")
    assert digests.digest.__wrapped__("bncheck.lab.two") != before


def test_definitions_differ():
    assert len({catalogue.definition(e) for e in catalogue.EXPERIMENTS}) == len(
        catalogue.EXPERIMENTS
    )
