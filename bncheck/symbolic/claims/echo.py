"""Tells how a formula was understood: its parts as they were read, and what each symbol is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.labels import full_key_of
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Relation
from bncheck.symbolic.claims.norms import BATCH, TITLES, Quantities
from bncheck.symbolic.claims.page import Understood, understood
from bncheck.symbolic.claims.printing import latex
from bncheck.symbolic.claims.spelling import spelling
from bncheck.symbolic.claims.walking import bare, names_in
from bncheck.symbolic.claims.words import LOSSES
from bncheck.symbolic.expression import Element, Expr, Named, Symbol

WORDS = {
    "x": "the input",
    "y": "the output of batch normalization in training",
    "xhat": "the normalized value, (x - mean) / sqrt(variance + eps)",
    "mu": "the mean of the batch",
    "var": "the variance of the batch, divided by m",
    "m": "the batch size",
    "gamma": "gamma, the scale",
    "beta": "beta, the shift",
    "eps": "eps, added to the variance",
    "dy": "the gradient of the loss by the output",
    "running_mean": "the running mean",
    "running_var": "the running variance",
}
"""What the symbols of `vocabulary` are called."""


def echo(text: str, where: Mapping[str, str]) -> Iterator[str]:
    """Yield what was read, line by line: relations, assumptions, definitions, symbols.

    Raises ClaimError for what is not read.
    """
    page = understood(text, where)
    typed = spelling(text)
    norm = page.reading.given.norm
    if norm.name != BATCH:
        yield f"about     {TITLES[norm.name]}"
    yield from (f"read as   {latex(each, typed)}" for each in page.claimed)
    yield from (f"if        {latex(each, typed)}" for each in page.assumed)
    for each in page.reading.defined.values():
        yield f"where     {latex(each.symbol, typed)} = {latex(each.body, typed)}"
    for name, meaning in _symbols(page).items():
        yield f"          {typed.symbols.get(name) or latex(name)}: {meaning}"


def _symbols(page: Understood) -> dict[Node, str]:
    how = page.reading
    relations: list[Relation | Node] = [*page.claimed, *page.assumed]
    relations += [each.body for each in how.defined.values()]
    found: dict[Node, str] = {}
    for relation in relations:
        for name in names_in(relation):
            found.setdefault(bare(name), _meaning(name, how))
    return found


def _meaning(name: Name, how: Reading) -> str:
    """Say what a symbol is, as `where` would or in words."""
    if how.defined.get(full_key_of(name)) or how.defined.get(name.base):
        return "as defined here"
    said = how.given.meaning(name)
    if said is not None:
        return said
    if name.base in LOSSES and not name.accent:
        return "the loss"
    if name.base == r"\sigma" and not name.accent:
        return "its square is " + _named(how.variance(name), how.given.norm)
    if name.base in ("W", "u", "U"):
        return "the layer before: its weights and its inputs"
    try:
        return _named(how.name(name), how.given.norm)
    except NotSupported:
        return "as the formula has it"


def words(norm: Quantities) -> Mapping[str, str]:
    """Return what the symbols are called where a formula is about this normalization."""
    if norm.name == BATCH:
        return WORDS
    each = f" of each {norm.one}" if norm.varying else ""
    return {
        **WORDS,
        "y": f"the output of {TITLES[norm.name]}",
        "z": "the value divided by the root of the mean of the squares + eps",
        "mu": f"the mean of the {norm.of_set}",
        "var": f"the variance of the {norm.of_set}, divided by m",
        "m": f"the number of {norm.one}s",
        "gamma": f"gamma, the scale{each}",
        "beta": f"beta, the shift{each}",
        "eps": "eps, added under the root",
    }


def _named(value: Expr, norm: Quantities) -> str:
    known = words(norm)
    name = value.name if isinstance(value, Named | Element | Symbol) else ""
    if name in known:
        indices = value.indices if isinstance(value, Named | Element) else ()
        at = "".join(f", of {norm.one} {getattr(index, 'name', index)}" for index in indices)
        return known[name] + at
    return "any number" if isinstance(value, Symbol) else "a quantity of these"
