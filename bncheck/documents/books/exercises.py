"""Exercises: programs that pass a test and are wrong, with answers that are computed."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.documents.books import evidence, faulty, printed, prose, verdicts
from bncheck.documents.books.catalogue import Catalogue
from bncheck.documents.model import (
    Block,
    Box,
    Document,
    Formula,
    Heading,
    Inline,
    Paragraph,
    Program,
    Prose,
    Reference,
    Text,
)

TITLE = "Find the fault"
FILE = Path(__file__).parent / "exercises.toml"
MAX_BYTES = 100_000
NONE = "nothing"
"""The program without a fault."""

LOSSES = {
    "random": "a random weighting of the outputs",
    "sum": "the sum of the outputs",
    "squares": "half the sum of the squared outputs",
}
SYMBOLS = {"a": "a", "gamma": r"\gamma", "beta": r"\beta", "eps": r"\epsilon"}


Setting = Mapping[str, Any]
"""What a test is given, beside its program."""


@dataclass(frozen=True)
class Exercise:
    """A program, its formula, the words around it, and two tests: one that passes, one that tells.

    tolerance: of the tests, relative where a value is above 1
    """

    program: str
    title: str
    latex: str
    question: str
    hint: str
    answer: str
    theorem: str
    law: str
    tolerance: float
    hides: Setting
    shows: Setting
    where: Mapping[str, str] = field(default_factory=dict)


def difference(exercise: Exercise, setting: Setting) -> float:
    """Return how far the program is from what is right in a test."""
    program = faulty.PROGRAMS[exercise.program]
    return evidence.CHECKS[faulty.called(exercise.program)](program, **setting)


@lru_cache
def exercises() -> tuple[Exercise, ...]:
    """Return the exercises, in order."""
    return tuple(map(_exercise, files.read_toml(FILE, MAX_BYTES)["exercise"]))


def _exercise(data: dict[str, Any]) -> Exercise:
    return Exercise(**data)


def document(deviations: Catalogue | None = None) -> Document:
    """Return the sheet; the deviations, where they are given, say which laws catch the faults."""
    parts: list[Block] = [Heading("Exercises", 1, "chapter-exercises"), *prose.blocks(OPENING)]
    parts.append(Program(evidence.text(), "python", runs=True))
    for number, exercise in enumerate(exercises(), 1):
        parts += _question(number, exercise)
    parts.append(Heading("Answers", 1, "chapter-answers"))
    for number, exercise in enumerate(exercises(), 1):
        parts.append(Heading(f"Answer to exercise {number}", 2, f"answer-{number}"))
        parts.append(Box("answer", "Answer", tuple(_answer(number, exercise, deviations or {}))))
    return Document(TITLE, tuple(parts), "Exercises on batch normalization, with answers")


OPENING = r"""
Each program below was tested in the way that is described, and passed. All of them but one are
wrong. Find the fault, say why the test did not see it, and give a test that does. The answers, at
the end, name the law of `bncheck verify` that catches the fault and the theorem behind it.

The batch of a test is $x$, the values of one channel; $dy$ is the gradient by the outputs that the
next layer hands back. A backward pass returns the gradients by $x$, $\gamma$ and $\beta$, and is
compared with differences of the loss, $(L(x + h) - L(x - h)) / (2 h)$. These are the tests:
"""


def _question(number: int, exercise: Exercise) -> Iterator[Block]:
    yield Heading(f"Exercise {number}: {exercise.title}", 2, f"exercise-{number}")
    yield Program(faulty.text(exercise.program, number), "python", runs=True)
    yield from _test(number, exercise, exercise.hides, "Test")
    yield Paragraph(prose.inline(exercise.question), "Question")
    answer = Reference(f"answer-{number}", f"answer {number}")
    yield Paragraph((*prose.inline(exercise.hint), Text(" (See "), answer, Text(".)")), "Hint")


def _test(number: int, exercise: Exercise, setting: Setting, label: str) -> Iterator[Block]:
    yield Paragraph(
        (*prose.inline(_described(exercise, setting)), *_found(exercise, setting)), label
    )
    kind = faulty.called(exercise.program)
    given = "".join(f", {name}={value!r}" for name, value in setting.items())
    yield Program(f"check_{kind}({kind}_{number}{given})", "python", runs=True)


def _found(exercise: Exercise, setting: Setting) -> Iterator[Inline]:
    found = difference(exercise, setting)
    yield Text(" The largest difference is ")
    yield from _size(found, exercise.tolerance)
    yield Text(": with a tolerance of ")
    yield _power(exercise.tolerance)
    yield Text(" the test passes." if found <= exercise.tolerance else " the test fails.")


def _described(exercise: Exercise, setting: Setting) -> str:
    kind = faulty.called(exercise.program)
    defaults = inspect.signature(evidence.CHECKS[kind]).parameters
    given = {name: setting.get(name, each.default) for name, each in defaults.items()}
    spread = f"N({_number(given.get('mean', 0.0))}, {_number(given.get('std', 1.0) ** 2)})"
    said = [f"On a batch of {given['m']} values drawn from ${spread}$"]
    if given.get("dtype", "float64") != "float64":
        said.append(f"in `{given['dtype']}`")
    if given.get("outlier"):
        said.append(f"to the first of which {_number(given['outlier'])} is added")
    values = [f"${SYMBOLS[n]} = {_number(given[n])}$" for n in SYMBOLS if n in given]
    told = f"{', '.join(said)}, with {', '.join(values)}"
    if kind == "backward":
        return f"{told}, and the loss {LOSSES[given['loss']]}."
    if kind == "inference":
        return f"{told}, and running statistics that are those of the distribution."
    return f"{told}."


def _answer(number: int, exercise: Exercise, deviations: Catalogue) -> Iterator[Block]:
    yield from prose.blocks(exercise.answer)
    yield Paragraph((Text("As a formula, the program says"),))
    yield printed.displayed(exercise.latex)
    statement, verdict = verdicts.judged(exercise.latex, exercise.where)
    yield from verdicts.blocks(verdict, statement)
    better = "Another test" if exercise.program == NONE else "A better test"
    yield from _test(number, exercise, exercise.shows, better)
    theorem = Reference(f"theorem-{exercise.theorem}", exercise.theorem)
    yield Paragraph((theorem, Text(".")), "Theorem")
    if exercise.program == NONE:
        return
    yield Paragraph((Text(f"{exercise.law}."),), "Law")
    name = Reference(f"deviation-{exercise.program}", exercise.program)
    told: Prose = (name, Text("."))
    if exercise.program in deviations:
        laws = len(deviations[exercise.program].laws)
        told = (name, Text(f", caught by {laws} laws in all."))
    yield Paragraph(told, "Deviation")


def _size(found: float, tolerance: float) -> Iterator[Inline]:
    """Say how large a difference is: what rounding makes is not told to the digit."""
    if found == 0:
        yield Text("0")
    elif found > tolerance:
        yield Text(f"{found:.1e}" if found < 0.01 else f"{found:.2g}")
    else:
        yield Text("below ")
        yield _power(10.0 ** math.ceil(math.log10(found)))


def _power(number: float) -> Formula:
    return Formula(f"10^{{{round(math.log10(number))}}}", f"1e{round(math.log10(number))}")


def _number(number: float) -> str:
    return f"10^{{{round(math.log10(number))}}}" if 0 < number < 0.01 else f"{number:g}"
