"""The words of the book cannot be wrong unnoticed: what they claim and name is checked here."""

import re
from collections import Counter

import pytest

from bncheck.deviations import BY_NAME
from bncheck.documents.books import prose
from bncheck.documents.books.book import named
from bncheck.documents.books.outline import chapters
from bncheck.documents.formulas import reading
from bncheck.documents.model import Reference
from bncheck.killtable import read
from bncheck.symbolic import library
from bncheck.symbolic.claims.judge import judge

THEOREMS = [proof.theorem.id for proof in library.find()]
ENTRIES = [entry for chapter in chapters() for entry in chapter.entries]
TEXTS = [text for chapter in chapters() for text in chapter.texts]
WHERE = {"s": "std+eps", r"\rho": r"\frac{\sigma^2}{\sigma^2 + \epsilon}"}
SETTINGS = {
    r"\epsilon = 0",
    r"\epsilon = 10^{-5}",
    r"\gamma = 1",
    r"\beta = 0",
    r"\gamma = s",
    r"\beta = \mu",
    r"\gamma \ge 0",
    r"\epsilon > 0",
    r"m = 1",
    r"\sigma^2 = 1",
    r"\rho = 1/3",
    r"a = 0.1",
    r"z = W u",
}
"""What is supposed, and not claimed."""
RELATION = re.compile(r"=|<|>|\\(?:le|ge|leq|geq|neq|approx|leftarrow)(?![a-z])")


def test_every_theorem_has_one_place():
    assert Counter(entry.id for entry in ENTRIES) == Counter(THEOREMS)


def claims():
    return sorted({f for t in TEXTS for f in prose.formulas(t) if RELATION.search(f)} - SETTINGS)


def test_there_are_claims_and_no_setting_is_left_over():
    said = {formula for text in TEXTS for formula in prose.formulas(text)}
    assert len(claims()) >= 8
    assert said >= SETTINGS


@pytest.mark.parametrize("formula", claims())
def test_every_formula_that_the_words_claim_is_true(formula):
    assert judge(formula, WHERE).verdict == "true"


def test_a_wrong_formula_would_be_found():
    assert judge(r"s = \sqrt{\sigma^2} + \epsilon", WHERE).verdict == "false"


def test_every_formula_is_laid_out():
    for text in TEXTS:
        for formula in prose.formulas(text):
            assert reading.read(formula).parts, formula


def test_every_reference_leads_somewhere():
    for text in TEXTS:
        for part in prose.inline(text):
            if isinstance(part, Reference):
                kind, _, name = part.anchor.partition("-")
                assert name in (THEOREMS if kind == "theorem" else BY_NAME), part


def test_every_fault_is_caught_by_the_law_that_is_named():
    table = read()
    for entry in ENTRIES:
        for fault in entry.faults:
            assert entry.law in table.catching(fault), (entry.id, fault)


def test_faults_come_with_words_and_a_title_says_nothing_twice():
    for entry in ENTRIES:
        assert bool(entry.practice) >= bool(entry.faults), entry.id
        assert entry.question.endswith("?"), entry.id
        assert entry.why.endswith("."), entry.id
    assert len({entry.question for entry in ENTRIES}) == len(ENTRIES)


def test_chapters_have_different_slugs_and_begin_with_words():
    slugs = [chapter.slug for chapter in chapters()]
    assert len({*slugs}) == len(slugs) == 16
    assert all(chapter.opening.strip() and chapter.title for chapter in chapters())


def test_what_a_chapter_names_is_in_the_catalogue():
    names = {name for chapter in chapters() for name in named(chapter, THEOREMS)}
    assert "missing-variance-term" in names
    assert names <= {*BY_NAME}
