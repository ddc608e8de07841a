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
from bncheck.symbolic.expression import Element, Expr, Index, Symbol, ordered_indices
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
    sizes = _sizes(nodes, free)
    every = [*(n for n in names if n not in sizes), *sizes]
    parameters = ", ".join([*scope.indices.values(), *map(identifier, every)])
    left, right = (writer.write(side, scope)[0] for side in sides)
    arguments = [
        repr(name),
        _side(parameters, left),
        _side(parameters, right),
        f"arrays={_arrays(nodes, names)!r}",
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


def _sizes(nodes: list[Expr], free: list[Index]) -> dict[str, int]:
    """Return the lengths that occur, and how large each has to be at least."""
    found = sizes_of(nodes) | {index.size for index in free}
    for n in nodes:
        if isinstance(n, Element):
            found |= {x.size for x in n.indices if isinstance(x, Index)}
    fixed = [x for n in nodes if isinstance(n, Element) for x in n.indices if isinstance(x, int)]
    return {name: max(fixed, default=1) if name == "m" else 1 for name in sorted(found)}


def _arrays(nodes: list[Expr], names: list[str]) -> dict[str, tuple[str | int, ...]]:
    """Return the lengths of each array, by its name."""
    found: dict[str, list[str | int]] = {}
    for n in nodes:
        if isinstance(n, Element):
            lengths = found.setdefault(n.name, [0] * len(n.indices))
            for at, x in enumerate(n.indices):
                before = lengths[at]
                if isinstance(x, Index):
                    lengths[at] = x.size
                elif isinstance(before, int):
                    lengths[at] = max(before, x)
    return {name: tuple(found[name]) for name in names if name in found}


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
    return replace(document, blocks=(Program(TOOLS, "python", runs=True), *blocks))


def section(theorem: Theorem) -> tuple[Block, ...]:
    """Return the blocks that recompute a theorem."""
    said = (
        f"Both sides of each equation of {theorem.id}, from their definitions: at random points "
        "in NumPy, and in SymPy at m = 3."
    )
    return Paragraph((Text(said),), "Recomputed"), program(theorem)
