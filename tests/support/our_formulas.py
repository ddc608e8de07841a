"""Every formula that bncheck prints or that stands in its proofs and claims, as LaTeX."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

from bncheck.symbolic.library import Proof, find, folder
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.stating.sections import stated


@cache
def derived() -> tuple[str, ...]:
    """Return all lines of all derivations, and both sides of all inequalities."""
    return tuple(dict.fromkeys(line for proof in find() for line in _lines(proof)))


def _lines(proof: Proof) -> Iterator[str]:
    for chain in proof.theorem.derivations:
        yield latex(chain.start)
        for step in chain.steps:
            yield latex(step.expression)
    for inequality in proof.theorem.inequalities:
        for side in (inequality.lesser, inequality.greater, inequality.gap, *inequality.given):
            yield latex(side)


@cache
def typed() -> tuple[str, ...]:
    """Return all formulas of the docstrings of proofs."""
    return tuple(dict.fromkeys(line for proof in find() for line in _stated(proof)))


def _stated(proof: Proof) -> Iterator[str]:
    theorem = proof.theorem
    names = [part.name for part in (*theorem.derivations, *theorem.inequalities)]
    said = stated(proof.text, names)
    for entry in said.entries:
        yield entry.formula
        yield from entry.supposed
    yield from said.where
    yield from said.domain


@cache
def claimed() -> tuple[str, ...]:
    """Return the formulas of the files of claims."""
    files = sorted((folder() / "claims").glob("*.toml"))
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return tuple(dict.fromkeys(claim["latex"] for data in read for claim in data["claim"]))


def everything() -> tuple[str, ...]:
    """Return all of them."""
    return derived() + typed() + claimed()
