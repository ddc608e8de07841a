"""Both sides of one equation computed at small numbers, exactly: nothing here is typed in.

x has the mean 3, and its variance and eps add up to a square, so that the normalized values are
short. Where more roots have to be rational, the other numbers are moved as for the checks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from bncheck.documents.derivations.section import Section
from bncheck.documents.derivations.supposed import Relation
from bncheck.documents.model import (
    Block,
    Formula,
    Inline,
    Paragraph,
    Reference,
    Table,
    Text,
)
from bncheck.errors import NotSupported
from bncheck.symbolic.checkers.duals import NotSquare
from bncheck.symbolic.checkers.points import Point, Scene, evaluate
from bncheck.symbolic.checkers.rational_roots import make_roots_rational
from bncheck.symbolic.expression import Element, Expr, Index, Named, Symbol, free_indices
from bncheck.symbolic.printers.formula import is_usual
from bncheck.symbolic.stating.agreeing import equations
from bncheck.symbolic.trees import walk

VALUES = ((1, 2, 3, 6), (0, 2, 2, 8), (1, 3), (0, 0, 3))
"""Batches: with eps = 1/2 and any eps that fits, with eps = 0, and of two and three values."""
GRADIENT = (1, -1, 2, 0)
NUMBERS = {"eps": Fraction(1, 2), "gamma": Fraction(2), "beta": Fraction(1)}
SIZES = {"d": 2, "n": 3}
ATTEMPTS, CHOICE = 60, 4
"""How often numbers are drawn, and among how many that fit the shortest are taken."""
LONGEST, ROWS, SHORT = 9, 8, 24
"""Signs of a fraction, rows of a table, and signs of a formula at its head, at most."""
SIGNS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    r"\neq": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    r"\ge": lambda a, b: a >= b,
    r"\le": lambda a, b: a <= b,
}


@dataclass(frozen=True)
class Computed:
    """An equation, the numbers that went in, and its two sides at each place of its free index."""

    name: str
    sign: str
    point: Point
    rows: tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]
    free: tuple[Index, ...]

    @property
    def holds(self) -> bool:
        """Whether the sides are what the sign says, at every place."""
        return all(SIGNS[self.sign](left, right) for _, left, right in self.rows)


def blocks(section: Section) -> Iterator[Block]:
    """Yield the numbers, and both sides; nothing where no small numbers were found."""
    done = computed(section)
    if done is None:
        return
    nodes = [node for side in _sides(section, done.name) for node in walk(side)]
    where = section.anchors.get(done.name)
    about: list[Inline] = [Text("Both sides of ")]
    about.append(Reference(where, done.name) if where else Text(done.name))
    about += [Text(" for "), *_numbers(section, done.point, nodes), Text(", in exact arithmetic:")]
    yield Paragraph(tuple(about), "Example")
    yield _table(section, done)


def computed(section: Section) -> Computed | None:
    """Return the first equation, of those with a free index if there are any, that is computed."""
    proved = equations(section.outcome.proof.theorem)
    steps = {chain.name: len(chain.steps) for chain in section.chains}
    order = sorted(
        proved,
        key=lambda e: (not free_indices(e.left) | free_indices(e.right), -steps.get(e.name, 0)),
    )
    for equation in order:
        found = _computed(section, equation.name, equation.left, equation.sign, equation.right)
        if found is not None:
            return found
    return None


def _sides(section: Section, name: str) -> tuple[Expr, ...]:
    proved = equations(section.outcome.proof.theorem)
    return next((e.left, e.right) for e in proved if e.name == name)


def _computed(section: Section, name: str, left: Expr, sign: str, right: Expr) -> Computed | None:
    free = tuple(sorted(free_indices(left) | free_indices(right), key=lambda at: at.name))
    supposed = [*(section.supposed.everywhere or ()), *section.supposed.of_each.get(name, ())]
    nodes = [*walk(left), *walk(right)]
    found: list[Computed] = []
    for attempt in range(ATTEMPTS):
        point = _point(name, attempt)
        try:
            _fill(point, nodes)
            make_roots_rational(nodes, point, lines=attempt >= ATTEMPTS // 4)
            if not all(_holds(each, point) for each in supposed):
                continue
            places = product(*(range(1, point.sizes.get(at.size, 2) + 1) for at in free))
            rows = tuple(
                (at, _value(left, free, at, point), _value(right, free, at, point)) for at in places
            )
        except (NotSquare, ZeroDivisionError, NotSupported, KeyError):
            continue
        if _is_short(point) and any(a or b for _, a, b in rows):
            found.append(Computed(name, sign, point, rows, free))
            if len(found) == CHOICE:
                break
    return min(found, key=_length, default=None)


def _length(done: Computed) -> int:
    """Return how much there is to write."""
    values = [*done.point.symbols.values(), *done.point.elements.values()]
    return sum(len(str(v)) for v in (*values, *(v for _, *pair in done.rows for v in pair)))


def _point(name: str, attempt: int) -> Point:
    among = VALUES[:2] if attempt < ATTEMPTS // 2 else VALUES
    values = among[attempt % len(among)]
    sizes = {**SIZES, "m": len(values)}
    rng = random.Random(f"{name} {attempt}")  # noqa: S311 (numbers of an example)
    point = Point(rng, sizes, spread=3)
    point.symbols.update(NUMBERS)
    for at, value in enumerate(values, 1):
        point.elements["x", (at,)] = Fraction(value)
        point.elements["dy", (at,)] = Fraction(GRADIENT[at - 1])
    return point


def _fill(point: Point, nodes: Sequence[Expr]) -> None:
    """Give every number of the equation a small value, and every size."""
    for node in nodes:
        for at in free_indices(node):
            point.sizes.setdefault(at.size, 2)
    for node in nodes:
        if isinstance(node, Symbol) and node.name not in point.sizes:
            small = Fraction(point.rng.choice((1, 2, 3, 4)), point.rng.choice((1, 2)))
            point.symbols.setdefault(node.name, small)


def _value(side: Expr, free: tuple[Index, ...], at: tuple[int, ...], point: Point) -> Fraction:
    return evaluate(side, dict(zip(free, at, strict=True)), Scene(point)).real


def _holds(relation: Relation, point: Point) -> bool:
    """Whether what is supposed is so here; that eps is 0 is so where the equation has no eps."""
    match relation.left:
        case Symbol(name) if relation.sign == "=":
            point.symbols[name] = evaluate(relation.right, {}, Scene(point)).real
            return True
    free = tuple(free_indices(relation.left) | free_indices(relation.right))
    holds = SIGNS[relation.sign]
    places = product(*(range(1, point.sizes[at.size] + 1) for at in free))
    return all(
        holds(_value(relation.left, free, at, point), _value(relation.right, free, at, point))
        for at in places
    )


def _is_short(point: Point) -> bool:
    return all(len(str(v)) <= 6 for v in (*point.symbols.values(), *point.elements.values()))


def _numbers(section: Section, point: Point, nodes: Iterable[Expr]) -> Iterator[Inline]:
    """Yield what went in: sizes, then numbers, then arrays, then mean and variance of x."""
    nodes = list(nodes)
    written: list[Formula] = []
    names = dict.fromkeys(n.name for n in nodes if isinstance(n, Symbol) if n.name != "m")
    written.append(Formula(f"m = {point.sizes['m']}", f"m = {point.sizes['m']}"))
    for name in names:
        value = point.sizes.get(name, point.symbols.get(name))
        if value is not None:
            left = section.writer.formula(Symbol(name))
            written.append(_equation(left, number(Fraction(value))))
    for name in dict.fromkeys(n.name for n in nodes if isinstance(n, Element)):
        written.append(_array(section, name, point))
    usual = {n.name: n for n in nodes if isinstance(n, Named) and n.name in ("mu", "var")}
    for named in usual.values():
        if is_usual(named.name, named.indices, named.body):
            value = evaluate(named, {}, Scene(point)).real
            written.append(_equation(section.writer.formula(named), number(value)))
    for at, each in enumerate(written):
        if at:
            yield Text(" and " if at == len(written) - 1 else ", ")
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
