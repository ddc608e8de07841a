"""The cells of a notebook: one for each theorem, after its section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bncheck.documents.ascii_formulas import broken
from bncheck.documents.model import Block, Document, Heading, Paragraph, Program, Text
from bncheck.documents.recomputing.python import (
    WIDTH,
    Functions,
    Scope,
    Writer,
    identifier,
    sizes_of,
    unknowns,
)
from bncheck.documents.recomputing.tools import TOOLS
from bncheck.symbolic.expression import Derivative, Element, Expr, Index, Symbol, ordered_indices
from bncheck.symbolic.theorem import Theorem
from bncheck.symbolic.trees import walk


@dataclass(frozen=True)
class Equation:
    """Two sides of which a theorem says that they are equal."""

    name: str
    left: Expr
    right: Expr


def equations(theorem: Theorem) -> Iterator[Equation]:
    """Yield the equations of a theorem: those of its inequalities are about their gaps."""
    for chain in theorem.derivations:
        yield Equation(chain.name, chain.start, chain.end)
    for each in theorem.inequalities:
        yield Equation(each.name, each.greater - each.lesser, each.gap)


def program(theorem: Theorem) -> Program:
    """Return the program that computes both sides of each equation of a theorem."""
    found = list(equations(theorem))
    names = {identifier(n) for e in found for n in unknowns(e.left, e.right)}
    functions = Functions(frozenset(names))
    writer = Writer(functions)
    checks = [_check(f"{theorem.id}, {e.name}", e, writer) for e in found]
    return Program("\n\n".join([*functions.source, *checks]).rstrip() + "\n", "python", runs=True)


def _check(name: str, equation: Equation, writer: Writer) -> str:
    sides = (equation.left, equation.right)
    names = unknowns(*sides)
    free = sorted({x for side in sides for x in ordered_indices(side)}, key=lambda x: x.name)
    scope = Scope({})
    for index in free:
        scope = scope.bind(index, writer.functions.taken)
    nodes = [node for side in sides for node in walk(side)]
    axes = _axes(nodes)
    sizes = _sizes(axes, sizes_of(nodes) | {index.size for index in free})
    every = [*(n for n in names if n not in sizes), *sizes]
    parameters = ", ".join([*scope.indices.values(), *map(identifier, every)])
    left, right = (writer.write(side, scope)[0] for side in sides)
    arguments = [
        repr(name),
        _side(parameters, left),
        _side(parameters, right),
        f"arrays={ ({n: _lengths(axes[n]) for n in names if n in axes})!r}",
        f"scalars={_scalars(nodes, names, sizes)!r}",
        f"sizes={sizes!r}",
        *([f"over={tuple(index.size for index in free)!r}"] if free else []),
    ]
    inside = "".join(f"    {each},\n" for each in arguments)
    return f"agree(\n{inside})"


def _side(parameters: str, written: str) -> str:
    whole = f"lambda {parameters}: {written}"
    if len(whole) <= WIDTH - 5:
        return whole
    lines = "\n".join(f"        {line}" for line in broken(written, WIDTH - 8))
    return f"lambda {parameters}: (\n{lines}\n    )"


@dataclass(frozen=True)
class _Axis:
    """One axis of an array: the name of its length, "" where none has one, and its least length."""

    name: str = ""
    least: int = 1

    def told(self, position: Index | int) -> _Axis:
        """Return what is known after the array was seen with a position there."""
        if isinstance(position, Index):
            return _Axis(position.size, self.least)
        return _Axis(self.name, max(self.least, position))


def _axes(nodes: list[Expr]) -> dict[str, list[_Axis]]:
    """Return the axes of each array."""
    found: dict[str, list[_Axis]] = {}
    for n in nodes:
        if isinstance(n, Element):
            before = found.get(n.name, [_Axis()] * len(n.indices))
            found[n.name] = [a.told(x) for a, x in zip(before, n.indices, strict=True)]
    for n in nodes:
        if isinstance(n, Derivative) and n.target in found:
            axes = zip(found[n.target], n.formal, strict=True)
            found[n.target] = [axis.told(x) for axis, x in axes]
    return found


def _sizes(axes: dict[str, list[_Axis]], named: Iterable[str]) -> dict[str, int]:
    """Return the lengths that occur, and how large each has to be at least."""
    found = dict.fromkeys(named, 1)
    for axis in (axis for each in axes.values() for axis in each if axis.name):
        found[axis.name] = max(found.get(axis.name, 1), axis.least)
    return dict(sorted(found.items()))


def _lengths(axes: list[_Axis]) -> tuple[str | int, ...]:
    return tuple(axis.name or axis.least for axis in axes)


def _scalars(nodes: list[Expr], names: list[str], sizes: dict[str, int]) -> dict[str, str]:
    """Return the scalars, and which of them are positive."""
    positive = {n.name: n.positive for n in nodes if isinstance(n, Symbol)}
    return {
        name: "positive" if positive[name] else "any"
        for name in names
        if name in positive and name not in sizes
    }


def with_cells(document: Document, theorems: Iterable[Theorem]) -> Document:
    """Return the document with the program of each theorem after the theorem's section."""
    known = {f"theorem-{theorem.id}": theorem for theorem in theorems}
    blocks: list[Block] = []
    waiting: list[tuple[int, Theorem]] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            while waiting and waiting[-1][0] >= block.level:
                blocks += section(waiting.pop()[1])
            if block.anchor in known:
                waiting.append((block.level, known[block.anchor]))
        blocks.append(block)
    while waiting:
        blocks += section(waiting.pop()[1])
    tools = (Program(TOOLS, "python", runs=True),) if len(blocks) > len(document.blocks) else ()
    return replace(document, blocks=(*tools, *blocks))


def section(theorem: Theorem) -> tuple[Block, ...]:
    """Return the blocks that recompute a theorem."""
    said = (
        f"Both sides of each equation of {theorem.id}, from their definitions: at random points "
        "in NumPy, and in SymPy at m = 3."
    )
    return Paragraph((Text(said),), "Recomputed"), program(theorem)
