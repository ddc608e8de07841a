"""Theorems are about a normalization, which the page says, and what m counts in it."""

import pytest

from bncheck.cli.documents import theorems
from bncheck.documents.derivations import families
from bncheck.documents.formats.table import FORMATS
from bncheck.symbolic.library import find
from bncheck.symbolic.proving import Outcome


def page(*ids):
    """Return what is printed of theorems that were not checked."""
    return FORMATS["text"].render(theorems([Outcome(proof, (), 0.0) for proof in find(ids)]))


@pytest.mark.parametrize(
    ("id", "title", "every"),
    [
        ("LN07", "Layer normalization: derivations", "For every number of features m >= 1"),
        ("RMS02", "RMS normalization: derivations", "For every number of features m >= 1"),
        ("GN10", "Group normalization: derivations", "For every number of positions m >= 1"),
        ("IN05", "Instance normalization: derivations", "For every number of positions m >= 1"),
        ("F01", "Batch normalization: derivations", "For every batch size m >= 1"),
    ],
)
def test_what_m_counts_is_said(id, title, every):
    shown = page(id)
    assert shown.startswith(title)
    assert every in shown


def test_theorems_of_several_have_a_title_of_all():
    assert page("B03", "LN08").startswith("Normalization: derivations")


def test_letters_of_ids_are_those_of_files():
    letters = {proof.theorem.id.rstrip("0123456789") for proof in find()}
    assert set(families.RELATIVES) <= letters
