"""An example as it is shown: the numbers that went in, what follows from them, and both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from bncheck.documents.derivations.example import Computed, computed
from bncheck.documents.derivations.outlines import printed
from bncheck.documents.derivations.section import Section
from bncheck.documents.model import (
    Block,
    Formula,
    Inline,
    Paragraph,
    Reference,
    Table,
    Text,
)
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.expression import Element, Expr, Named, Symbol
from bncheck.symbolic.stating.agreeing import equations
from bncheck.symbolic.trees import walk

LONGEST, ROWS, SHORT, MOST = 9, 8, 24, 6
"""Signs of a fraction, rows of a table, signs of a formula at its head, quantities, at most."""
USUAL = ("mu", "var", "xhat")


def blocks(section: Section) -> Iterator[Block]:
    """Yield the numbers, and both sides; nothing where no small numbers were found."""
    done = computed(section)
    if done is None:
        return
    where = section.anchors.get(done.name)
    about: list[Inline] = [Text('Both sides of "')]
    about.append(Reference(where, done.name) if where else Text(done.name))
    about += [Text('" for '), *_listed(_numbers(section, done))]
    follows = _quantities(section, done)
    if follows:
        about += [Text(", so that "), *_listed(follows)]
    yield Paragraph((*about, Text(", in exact arithmetic:")), "Example")
    yield _table(section, done)


def _numbers(section: Section, done: Computed) -> list[Formula]:
    """Return what went in: sizes, then numbers, then arrays."""
    proved = equations(section.outcome.proof.theorem)
    sides = next((e.left, e.right) for e in proved if e.name == done.name)
    nodes = [node for side in sides for node in walk(side)]
    point = done.point
    written: list[Formula] = []
    if any(_is_of_batches(node) for node in nodes):
        written.append(_equation(Formula("m", "m"), number(Fraction(point.sizes["m"]))))
    for name in dict.fromkeys(n.name for n in nodes if isinstance(n, Symbol) if n.name != "m"):
        value = point.sizes.get(name, point.symbols.get(name))
        if value is not None:
            left = section.writer.formula(Symbol(name))
            written.append(_equation(left, number(Fraction(value))))
    arrays = dict.fromkeys(n.name for n in nodes if isinstance(n, Element))
    return written + [_array(section, name, point) for name in arrays]


def _is_of_batches(node: Expr) -> bool:
    """Whether a node has to do with the m values of a batch."""
    if isinstance(node, Element):
        return any(not isinstance(at, int) and at.size == "m" for at in node.indices)
    return isinstance(node, Symbol) and node.name == "m"


def _quantities(section: Section, done: Computed) -> list[Formula]:
    """Return the values of what is named in the equation, in the order of definitions."""
    sides = next((left, right) for n, left, _, right in section.stated() if n == done.name)
    used = section.naming.used(sides)
    shown = [*sides, *(local.body for local in used)]
    usual = {n.name: n for e in shown for n in printed(e) if isinstance(n, Named)}
    named = [usual[name] for name in USUAL if name in usual]
    named += [local.symbol for local in used if len(local.indices) <= 1]
    values = (_quantity(section, each, done.point) for each in named)
    return [each for each in values if each is not None][:MOST]


def _quantity(section: Section, named: Named, point: Point) -> Formula | None:
    """Return the value of a quantity, of all its entries; ``None`` where it is long."""
    indices = tuple(at for at in named.indices if not isinstance(at, int))
    places = product(*(range(1, point.sizes[at.size] + 1) for at in indices))
    scene = Scene(point)
    try:
        values = [
            evaluate(named.body, dict(zip(indices, at, strict=True)), scene).real for at in places
        ]
    except (NotSquare, ZeroDivisionError):
        return None
    if any(len(str(value)) > LONGEST for value in values):
        return None
    if named.name == "xhat":
        left = Formula(r"\hat{x}", "xhat")
    else:
        left = section.writer.formula(Named(named.name, (), named.body) if indices else named)
    return _equation(left, _tuple(values) if indices else number(values[0]))


def _listed(formulas: Sequence[Formula]) -> Iterator[Inline]:
    for at, each in enumerate(formulas):
        if at:
            yield Text(" and " if at == len(formulas) - 1 else ", ")
        yield each


def _equation(left: Formula, right: Formula) -> Formula:
    return Formula(f"{left.tex} = {right.tex}", f"{left.text} = {right.text}")


def _array(section: Section, name: str, point: Point) -> Formula:
    """Return an array's entries, row by row where it has two indices."""
    entries = sorted((at, v) for (who, at), v in point.elements.items() if who == name)
    letter = "dL/dy" if name == "dy" else name
    tex = section.writer.formula(Element(name, ())).tex
    if entries and len(entries[0][0]) == 2:
        rows = dict.fromkeys(at[0] for at, _ in entries)
        parts = [_tuple([v for at, v in entries if at[0] == row]) for row in rows]
        inner = Formula(", ".join(p.tex for p in parts), ", ".join(p.text for p in parts))
        return _equation(Formula(tex, letter), Formula(f"({inner.tex})", f"({inner.text})"))
    return _equation(Formula(tex, letter), _tuple([v for _, v in entries]))


def _tuple(values: Sequence[Fraction]) -> Formula:
    shown = [number(value) for value in values]
    tex = ", ".join(each.tex for each in shown)
    return Formula(rf"\left({tex}\right)", f"({', '.join(each.text for each in shown)})")


def number(value: Fraction) -> Formula:
    """Return a rational as a fraction, or as a decimal where the fraction is long."""
    if value.denominator == 1:
        return Formula(str(value.numerator), str(value))
    if len(str(value)) > LONGEST:
        return _decimal(value)
    sign = "-" if value < 0 else ""
    return Formula(rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", str(value))


def _decimal(value: Fraction) -> Formula:
    """Return a decimal of six digits, which goes on."""
    mantissa, _, exponent = f"{float(value):#.6g}".partition("e")
    power = rf" \cdot 10^{{{int(exponent)}}}" if exponent else ""
    raised = f" 10^({int(exponent)})" if exponent else ""
    return Formula(rf"{mantissa} \ldots{power}", f"{mantissa}...{raised}")


def _table(section: Section, done: Computed) -> Table:
    left, right = _heads(section, done.name)
    places = [tuple(Formula(at.name.split("~")[0], at.name) for at in done.free)]
    head = (*((each,) for each in places[0]), (left,), (right,))
    rows = tuple(
        (
            *((Formula(str(place), str(place)),) for place in at),
            (number(one),),
            (number(other),),
        )
        for at, one, other in done.rows[:ROWS]
    )
    same = "They are equal." if done.sign == "=" else "The first is not greater than the second."
    if len(done.rows) > ROWS:
        same = f"The first {ROWS} of {len(done.rows)} places. {same}"
    return Table(head, rows, same if done.holds else "They are NOT as stated.")


def _heads(section: Section, name: str) -> tuple[Inline, Inline]:
    """Return what stands over the columns: a side, where it is short."""
    sides = next((left, right) for n, left, _, right in section.stated() if n == name)
    left, right = (section.writer.formula(side) for side in sides)
    return _head(left, "left side"), _head(right, "right side")


def _head(shown: Formula, words: str) -> Inline:
    return shown if len(shown.text) <= SHORT else Text(words)
