"""What a theorem states: its equations, with a number each, and what their letters stand for.

The formulas are those that are proved, in the names of the page; that the statement in the proof's
file says the same is one of the checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.derivations.outlines import Local, printed
from bncheck.documents.derivations.prose import inlines
from bncheck.documents.derivations.quantities import LOSS, is_any_loss
from bncheck.documents.derivations.section import Section
from bncheck.documents.derivations.supposed import in_words, listed
from bncheck.documents.derivations.writing import plain
from bncheck.documents.model import Block, Equation, Formula, Inline, Paragraph, Text
from bncheck.symbolic.expression import Delta, Derivative, Expr


def blocks(section: Section) -> Iterator[Block]:
    """Yield where the theorem holds, what it states, and what the letters in it stand for."""
    yield Paragraph(_domain(section), "Domain")
    shown: list[Expr] = []
    for name, left, sign, right in section.stated():
        supposed = section.supposed.of_each.get(name, ())
        note: list[Inline] = list(inlines(name))
        if supposed:
            note += [Text(", if "), *listed(supposed, section.writer)]
        relation = section.writer.relation(left, sign, right)
        yield Equation(relation, section.anchor(name), tuple(note))
        shown += [left, right]
        shown += [side for each in supposed for side in (each.left, each.right)]
    yield from definitions(section, shown, "where")


def _domain(section: Section) -> tuple[Inline, ...]:
    if section.supposed.everywhere is None:  # a statement that is not read: as its author has it
        return (Text(f"{section.outcome.proof.theorem.domain}."),)
    theorem = section.outcome.proof.theorem
    return in_words(section.supposed.everywhere, section.writer, theorem.id)


def definitions(section: Section, shown: list[Expr], lead: str) -> Iterator[Block]:
    """Yield what the letters stand for that are new in these expressions."""
    new = section.introduce(shown)
    usual = [local for local in new if local.role]
    told: set[str] = set()
    for local in new:
        if local.role:
            if local.of not in told:
                yield _usual(section, [each for each in usual if each.of == local.of])
            told.add(local.of)
            continue
        yield Equation(section.writer.definition(local), section.anchor(), (Text(lead),))
        lead = "and"
    if any(local.key == LOSS and is_any_loss(local.body) for local in new):
        yield _about_the_loss()
    if _directional([*shown, *(local.body for local in new)]) and not section.told_of_directions:
        section.told_of_directions = True
        yield _about_directions()


def _usual(section: Section, locals_: list[Local]) -> Paragraph:
    """Say what the mean, the variance and the normalized values of a vector are."""
    parts: list[Inline] = []
    for number, local in enumerate(locals_):
        if number:
            parts.append(Text(" and " if number == len(locals_) - 1 else ", "))
        parts += [section.writer.definition(local), Text(f" {SAID[local.role]}")]
    of = Formula(locals_[0].of, plain(locals_[0].of))
    return Paragraph((Text("Of "), of, Text(", "), *parts, Text(".")), "Names")


SAID = {
    "mu": "is the mean",
    "var": "the variance",
    "xhat": "are the normalized values",
}


def _directional(exprs: list[Expr]) -> bool:
    nodes = (node for expr in exprs for node in printed(expr) if isinstance(node, Derivative))
    return any(node.formal and not isinstance(node.velocity, Delta) for node in nodes)


def _about_the_loss() -> Paragraph:
    by_y = Formula(r"\frac{\partial L}{\partial y_{i}}", "dL/dy_i")
    words = (
        Text("The factors "),
        by_y,
        Text(
            " are held fixed here. Any loss that depends on the output has, by the chain rule, "
            "the same gradients as this sum."
        ),
    )
    return Paragraph(words, "The loss")


def _about_directions() -> Paragraph:
    directional = Formula(r"\mathrm{D}_{x_{i} \to v_{i}} f", "D[x_i -> v_i] f")
    moved = Formula(r"f(x + t v)", "f(x + t v)")
    words = (
        directional,
        Text(" is the derivative of "),
        moved,
        Text(" by "),
        Formula("t", "t"),
        Text(" at "),
        Formula("t = 0", "t = 0"),
        Text(": how "),
        Formula("f", "f"),
        Text(" changes when "),
        Formula("x", "x"),
        Text(" moves with the velocity "),
        Formula("v", "v"),
        Text("."),
    )
    return Paragraph(words, "Notation")
