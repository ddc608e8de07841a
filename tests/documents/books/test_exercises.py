from dataclasses import replace

import pytest
from book_supplies import catalogue, parts, words

from bncheck.deviations import BY_NAME
from bncheck.documents.books import evidence, exercises, faulty, verdicts
from bncheck.documents.books.prose import formulas
from bncheck.documents.formulas import reading
from bncheck.documents.model import Box, Formula, Heading, Program, Reference
from bncheck.killtable import read
from bncheck.symbolic import library

ALL = exercises.exercises()
FAULTY = [each for each in ALL if each.program != exercises.NONE]
TRUE = {"nothing", "one-pass-variance-clamped"}
"""Programs whose formula is true: one is right, one is wrong only when it is rounded."""


@pytest.fixture(scope="module")
def made():
    return exercises.document(catalogue())


def names(group):
    return pytest.mark.parametrize("exercise", group, ids=lambda each: each.program)


@names(ALL)
def test_the_test_that_is_told_passes(exercise):
    assert exercises.difference(exercise, exercise.hides) <= exercise.tolerance


@names(FAULTY)
def test_the_better_test_fails_clearly(exercise):
    assert exercises.difference(exercise, exercise.shows) > 10 * exercise.tolerance


def test_the_program_without_a_fault_passes_both():
    [right] = [each for each in ALL if each.program == exercises.NONE]
    assert exercises.difference(right, right.shows) < right.tolerance / 1000


@names(FAULTY)
def test_the_fault_is_a_deviation_that_the_law_catches(exercise):
    assert exercise.program in BY_NAME
    assert exercise.law in read().catching(exercise.program)


@names(ALL)
def test_the_formula_of_the_program_is_judged_as_it_should_be(exercise):
    _, verdict = verdicts.judged(exercise.latex, exercise.where)
    if exercise.program in TRUE:
        assert verdict.verdict == "true"
    else:
        assert verdict.verdict in ("false", "true-if")
        assert verdict.counterexample


@names(ALL)
def test_words_name_what_there_is(exercise):
    assert exercise.theorem in {proof.theorem.id for proof in library.find()}
    for text in (exercise.question, exercise.hint, exercise.answer, exercise.latex):
        for formula in formulas(text):
            assert reading.read(formula).parts


def test_answers_stand_at_the_end_and_are_folded_away(made):
    boxes = [*parts(made.blocks, Box)]
    assert {(box.kind, box.title) for box in boxes} == {("answer", "Answer")}
    assert len(boxes) == len(ALL)
    titles = [h.text for h in made.blocks if isinstance(h, Heading)]
    assert titles.index("Answers") == len(ALL) + 1
    questions = str(made.blocks[: made.blocks.index(boxes[0])])
    assert not any(each.program in questions for each in FAULTY)


def test_every_exercise_leads_to_its_answer(made):
    anchors = {h.anchor for h in parts(made.blocks, Heading)}
    led = [r.anchor for r in parts(made.blocks, Reference) if r.anchor.startswith("answer-")]
    assert led == [f"answer-{number}" for number in range(1, len(ALL) + 1)]
    assert {*led} <= anchors


def test_programs_give_what_is_said_when_they_are_run_as_printed(made):
    scope, results = {}, []
    for program in parts(made.blocks, Program):
        assert program.runs
        if program.text.startswith("check_"):
            exec(f"found = {program.text}", scope)
            results.append(scope["found"])
        else:
            exec(program.text, scope)
    expected = [exercises.difference(each, each.hides) for each in ALL]
    expected += [exercises.difference(each, each.shows) for each in ALL]
    assert results == expected


def test_no_line_of_a_program_is_wider_than_a_page(made):
    lines = [line for p in parts(made.blocks, Program) for line in p.text.splitlines()]
    assert max(map(len, lines)) <= evidence.WIDTH


def test_programs_are_printed_without_types():
    text = faulty.text("missing-variance-term", 3)
    assert text.startswith("def backward_3(x, dy, gamma, beta, eps):\n    s = np.sqrt(")
    assert {faulty.called(each.program) for each in ALL} == {
        "forward",
        "backward",
        "inference",
        "update",
    }
    assert "->" not in text
    assert "Array" not in text


def test_every_program_has_an_exercise():
    assert [each.program for each in ALL] == [*dict.fromkeys(each.program for each in ALL)]
    assert {each.program for each in ALL} == {*faulty.PROGRAMS}


def test_what_is_said_of_a_test_is_what_was_computed(monkeypatch):
    exercise = replace(ALL[0], shows={"m": 2})
    monkeypatch.setattr(exercises, "exercises", lambda: (exercise,))
    told = words(exercises.document())
    assert told.count("the test passes") == 2
    assert "the test fails" not in told


def test_the_number_of_laws_is_told_where_the_catalogue_is_given(made, monkeypatch):
    assert "caught by 13 laws in all" in words(made)
    monkeypatch.setattr(exercises, "exercises", lambda: ALL[:1])
    assert "laws in all" not in words(exercises.document())


def test_a_difference_that_is_rounding_is_told_by_a_power_of_ten(made):
    texts = {f.tex for f in parts(made.blocks, Formula)}
    assert any(t.startswith("10^{-1") for t in texts)


def test_numbers_are_the_same_at_every_call_and_as_if_drawn():
    assert (evidence.normal(8, 1) == evidence.normal(8, 1)).all()
    assert (evidence.normal(8, 1) != evidence.normal(8, 2)).all()
    assert abs(evidence.normal(4000, 1).mean()) < 0.1
    assert abs(evidence.normal(4000, 1).std() - 1) < 0.05
