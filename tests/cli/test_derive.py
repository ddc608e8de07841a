"""``bncheck derive``: theorems, documents of them in every format, books, and code."""

import re
import sys

import pytest

from bncheck.cli import documents, main
from bncheck.cli.check import TYPESET
from bncheck.documents.formats.table import FORMATS
from bncheck.symbolic.library import find
from bncheck.symbolic.programs import PROGRAMS

BEGINNINGS = {
    "text": b"Batch normalization",
    "markdown": b"# Batch normalization",
    "myst": b"# Batch normalization",
    "latex": b"\\documentclass",
    "typst": b"#set document(",
    "pdf": b"%PDF-1.7",
    "html": b"<!DOCTYPE html>",
    "notebook": b'{\n "cells": [',
}


@pytest.mark.parametrize("name", documents.FORMATS)
def test_a_theorem_in_every_format(name, tmp_path):
    pytest.importorskip("typst")
    path = tmp_path / "b03.out"
    assert main(["derive", "b03", "--format", name, "--output", str(path)]) == 0
    assert path.read_bytes().startswith(BEGINNINGS[name])
    assert [each.name for each in tmp_path.iterdir()] == ["b03.out"]


def test_the_names_of_formats_are_those_that_there_are():
    assert tuple(FORMATS) == documents.FORMATS
    assert set(TYPESET) == set(FORMATS) - {"text"}


def test_a_notebook_has_the_cells_that_check_its_theorems(capsys):
    assert main(["derive", "b03", "--format", "notebook"]) == 0
    told = capsys.readouterr().out
    assert "def agree(name, left, right" in told
    assert "'B03, sum over the batch'" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["b03", "--format", "pdf"], "pdf is not for a terminal; write it to a file with --output"),
        (["--all", "--format", "pdf"], "pdf is not for a terminal; write it to a folder with"),
        (["--book", "b03"], "--book already means every name; leave the names out"),
        (["--summary", "--format", "numpy"], "--summary is a document, but numpy is for code"),
        (["--book", "--claims"], "not allowed with argument"),
        (["b033"], "no proof is called 'b033'; did you mean 'b03'?"),
        (["b03", "--output", "none/b03.txt"], "the output's folder 'none' does not exist"),
        (["b03", "--output", "."], "the output cannot be written to '.', which is a folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["derive", *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


def test_without_typst_nothing_is_begun(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr("bncheck.symbolic.proving.prove", None)
    path = tmp_path / "b03.pdf"
    assert main(["derive", "b03", "--format", "pdf", "--output", str(path)]) == 2
    assert "pip install 'bncheck[documents]'" in capsys.readouterr().err
    assert not path.exists()


def test_what_stood_there_is_kept_where_the_work_fails(tmp_path, monkeypatch):
    path = tmp_path / "b03.html"
    path.write_text("before", encoding="utf-8")

    def fails(document):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bncheck.documents.formats.html.render", fails)
    assert main(["derive", "b03", "--format", "html", "--output", str(path)]) != 0
    assert path.read_text(encoding="utf-8") == "before"


def test_the_folder_of_all_has_a_file_for_each_theorem(tmp_path, monkeypatch):
    from bncheck.symbolic import proving

    some = list(proving.prove(["b03", "f01"]))
    monkeypatch.setattr(proving, "prove", lambda names=(): iter(some))
    assert main(["derive", "--all", "--format", "html", "--output", str(tmp_path / "all")]) == 0
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert names == ["b03_input_gradient_sums_to_zero.html", "f01_mean.html"]


@pytest.mark.parametrize("kind", ["summary", "exercises"])
def test_the_short_books(kind, capsys):
    assert main(["derive", f"--{kind}"]) == 0
    told = capsys.readouterr().out
    assert told.isascii()
    assert max(map(len, told.splitlines())) <= 80


def test_notes_are_typeset_with_their_verdicts(tmp_path, capsys):
    notes = tmp_path / "notes.md"
    notes.write_text("$$\\sum_i \\hat{x}_i = 0$$\n\n$$\\sum_i \\hat{x}_i = 1$$\n", encoding="utf-8")
    page = tmp_path / "notes.html"
    assert main(["check", str(notes), "--format", "html", "--output", str(page)]) == 1
    told = page.read_text(encoding="utf-8")
    assert told.startswith("<!DOCTYPE html>")
    assert told.count("<math") >= 2
    assert main(["check", str(notes), "--format", "pdf"]) == 2
    assert "pdf is not for a terminal" in capsys.readouterr().err


def test_the_command(tmp_path, capsys):
    assert main(["derive", "b03", "--format", "markdown"]) == 0
    assert "B03. The input gradient sums to zero" in capsys.readouterr().out
    assert main(["derive", "b03", "--format", "markdown", "--output", "-"]) == 0
    assert main(["derive", "backward", "--format", "c"]) == 0
    assert "void bn_backward(" in capsys.readouterr().out
    assert main(["derive", "--format", "latex"]) == 2
    assert main(["derive", "--output", str(tmp_path / "list.txt")]) == 2
    assert main(["derive", "b03", "--all"]) == 2
    assert main(["derive", "nonsense"]) == 2
    assert main(["derive", "nonsense", "--format", "numpy"]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1] == (
        "bncheck: error: there is no code for 'nonsense'; there is for forward, backward (B01), "
        "inference (I01), inference_backward (B19), jvp (B12), double_backward (B21), "
        "rms_backward, rms_double_backward, running (I03)"
    )
    assert main(["claim", str(tmp_path / "missing.toml")]) == 2
    assert main(["prove", "b03", "--format", "json", "--output", str(tmp_path / "out.json")]) == 0
    assert (tmp_path / "out.json").read_text().startswith("{")


def test_without_a_name_the_theorems_are_listed(capsys):
    assert main(["derive"]) == 0
    told = capsys.readouterr().out
    stems = [
        line.split()[-1] for line in told.splitlines() if re.search("  [a-z]+\\d+[a-z]?_", line)
    ]
    assert stems == [proof.stem for proof in find()]
    assert told.endswith(
        f"{len(stems)} theorems; bncheck derive ID prints the derivation of one, --all the book\n"
    )


@pytest.mark.parametrize("name", ["backward", "B01", "b01", "b01_backward"])
def test_code_by_a_laws_id_stands_on_its_own(name, capsys):
    assert main(["derive", name, "--format", "numpy"]) == 0
    source = capsys.readouterr().out
    assert "bncheck.model.formats" not in source
    namespace: dict[str, object] = {}
    exec(compile(source, name, "exec"), namespace)  # our own text
    assert {"backward", "Backward"} <= set(namespace)
    assert "forward" not in namespace


def test_every_law_of_a_program_has_a_theorem():
    known = {proof.theorem.id for proof in find()}
    assert {law for program in PROGRAMS for law in program.laws} <= known
    assert main(["derive", "B12", "jvp", "--format", "torch"]) == 0
