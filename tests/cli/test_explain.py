"""What is told of whatever a report names, and how it is laid out."""

import golden_files
import pytest

from bncheck.cli import conventions, deviations, explain, laws, main, theorems
from bncheck.deviations import DEVIATIONS
from bncheck.killtable import read
from bncheck.known import faults
from bncheck.lab.catalogue import EXPERIMENTS
from bncheck.laws import LAWS
from bncheck.model.keys import KEYS
from bncheck.symbolic.library import find
from bncheck.terminal import Style, columns

KNOWN = list(explain.meanings())
CODE = ("  try       ", "  write     ", "  read on   ", "  target    ")
FINDINGS = sorted({fault.name for fault in faults()})


def told(*words, capsys):
    code = main(["explain", *words])
    return code, capsys.readouterr()


def test_one_of_each_kind(capsys):
    words = ["F16", "I03", "unbiased-variance", "one_value", "0", "1", "2", "3"]
    code, out = told(*words, capsys=capsys)
    assert (code, out.err) == (0, "")
    golden_files.check("explain.txt", out.out)


def test_the_same_where_the_terminal_is_narrow():
    blocks = [m.tell(Style(60, unicode=False)) for w in ("B01", "arithmetic") for m in meant(w)]
    golden_files.check("explain-ascii-60.txt", "\n\n".join("\n".join(b) for b in blocks) + "\n")


def meant(word):
    return explain.meant(word, KNOWN)


@pytest.mark.parametrize(
    ("word", "opens"),
    [
        ("F00", ["law F00 "]),
        ("f00", ["law F00 "]),
        ("X16c", ["law X16c "]),
        ("B01", ["law B01 ", "theorem B01 "]),
        ("b01", ["law B01 ", "theorem B01 "]),
        ("b01_backward", ["theorem B01 "]),
        ("S03", ["theorem S03 "]),
        ("eps-missing", ["deviation eps-missing"]),
        ("EPS-MISSING", ["deviation eps-missing"]),
        ("eps-missing + eps-floor", ["deviation eps-missing", "deviation eps-floor"]),
        ("running_var", ["key of CONVENTION: running_var"]),
        ("torch-half-statistics", ["known finding torch-half-statistics"]),
        ("torch-half-statistics.md", ["known finding torch-half-statistics"]),
        ("docs/findings/keras-float64.md", ["known finding keras-float64"]),
        ("3", ["exit code 3: a fault of bncheck itself"]),
    ],
)
def test_what_an_id_means(word, opens, capsys):
    code, out = told(word, capsys=capsys)
    blocks = out.out.split("\n\n")
    assert code == 0
    assert [b.startswith(o) for b, o in zip(blocks, opens, strict=True)] == [True] * len(opens)


def test_a_pair_is_explained_as_a_report_writes_it(capsys):
    quoted = told("unbiased-variance + eps-outside-root", capsys=capsys)
    assert told("unbiased-variance", "+", "eps-outside-root", capsys=capsys) == quoted
    assert quoted[0] == 0


def test_several_are_told_once_in_the_order_that_is_asked_for(capsys):
    _, out = told("1", "S03", "1", "s03_welford", capsys=capsys)
    assert [b.split(" ")[0] for b in out.out.split("\n\n")] == ["exit", "theorem"]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("eps-mising", "did you mean 'eps-missing'?"),
        ("runing_var", "did you mean 'running_var'?"),
        ("torch-half-statistic", "did you mean 'torch-half-statistics'?"),
        ("s03_welfort", "did you mean 's03_welford'?"),
        ("7777", "`bncheck explain --help` says what can be explained"),
        ("", "`bncheck explain --help` says what can be explained"),
    ],
)
def test_what_is_nothing(word, near, capsys):
    code, out = told("F00", word, capsys=capsys)
    assert (code, out.out) == (2, "")
    assert out.err == f"bncheck: error: nothing is called {word!r}; {near}\n"


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_told_without_its_page(name):
    (meaning,) = meant(name)
    text = " ".join("\n".join(meaning.tell(Style())).split())
    for fault in faults():
        if fault.name == name:
            shown = [
                fault.reason,
                ", ".join(fault.laws),
                *fault.targets,
                f"docs/findings/{name}.md",
            ]
            shown += [f"{package}=={pattern}" for package, pattern in fault.versions]
            assert [part for part in shown if part not in text] == []


def test_everything_there_is_can_be_explained():
    names = [name for meaning in KNOWN for name in meaning.names]
    wanted = ["other-formula"]  # what a report names that has no entry
    wanted += [law.id for law in LAWS] + [d.name for d in DEVIATIONS] + list(KEYS) + FINDINGS
    wanted += [experiment.id for experiment in EXPERIMENTS]
    wanted += [name for proof in find() for name in (proof.theorem.id, proof.stem)]
    assert set(wanted) | {"0", "1", "2", "3"} == set(names)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [60, 61, 75, 89, 90, 100, 140])
def test_everything_folds(width, unicode):
    style, table = Style(width, unicode=unicode), read()
    blocks = [meaning.tell(style) for meaning in KNOWN]
    blocks += [
        laws.listing(LAWS, style, "laws"),
        deviations.listing(DEVIATIONS, table, style, "deviations"),
        conventions.listing(style),
        theorems.listing(find(), style),
    ]
    lines = [line for block in blocks for line in block]
    # commands and lines of code are there to be copied
    assert [line for line in lines if columns(line) > width and not line.startswith(CODE)] == []
    assert unicode or all(line.isascii() for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


def test_the_conventions_are_listed(capsys):
    assert main(["conventions"]) == 0
    golden_files.check("conventions.txt", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("key", "near"),
    [("running_vr", "did you mean 'running_var'?"), ("zzz", "known: momentum_weighs, ")],
)
def test_a_key_that_does_not_exist(key, near, capsys):
    assert main(["conventions", "mask", key]) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert f"no key of CONVENTION is called {key!r}; {near}" in out.err


def test_several_keys(capsys):
    assert main(["conventions", "shape", "mask", "shape"]) == 0
    out = capsys.readouterr().out
    assert out.count('write     CONVENTION = {"') == 2
    assert 'CONVENTION = {"shape": [8, 16, 7, 7]}\n\nmask\n' in out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("laws add up promised", ["P08"]),
        ("laws ADD UP PROMISED", ["P08"]),
        ("laws F* repeating", ["F11"]),
        ("laws nothing-of-this-kind", []),
        ("deviations KARPATHY/nn-zero-to-hero backward B03", ["bessel-in-backward"]),
        ("deviations H W TAIL statistics plane", ["drops-plane-tail"]),
        ("deviations eps-* root torch", []),
    ],
)
def test_laws_and_deviations_are_searched(words, found, capsys):
    code = main(words.split())
    out = capsys.readouterr()
    table = out.out.split("\n\n")[0].splitlines()[2:]
    assert code == (0 if found else 2)
    assert [row.split()[0] for row in table if row[0] != " "] == found
