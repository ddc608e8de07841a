"""What one side of a comparison answers on a case, and the truth that its convention prescribes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from bncheck.cases import Recipe, build
from bncheck.diagnosis import scripts
from bncheck.engine.session import Died, Session
from bncheck.model import Convention
from bncheck.model.arrays import flatten
from bncheck.model.formats import Array, format_of
from bncheck.truth import oracle
from bncheck.truth.conventions import Statistics, predict
from bncheck.truth.rounding import (
    Algorithms,
    Ball,
    TrainingBounds,
    inference_bounds,
    training_bounds,
)

TRAINING, INFERENCE = "train", "infer"
OF_TRAINING = ("y", "dx", "dgamma", "dbeta")


@dataclass(frozen=True)
class Held:
    """Answers by output, truths by output, and what was raised by script.

    lost: crash or hang, where the process ended; detail: a sentence about that
    """

    answers: Mapping[str, Array]
    truths: Mapping[str, Ball]
    raised: Mapping[str, str] = field(default_factory=dict)
    lost: str = ""
    detail: str = ""

    def told(self, *, inference: bool = False) -> str:
        """Why there is no answer in a mode."""
        return self.detail or self.raised.get(INFERENCE if inference else TRAINING, "no answer")


def hold(
    session: Session, convention: Convention, abilities: Collection[str], recipe: Recipe
) -> Held:
    """Ask a target about a case. A process that ends is an answer, too: it does not raise."""
    try:
        told = session.ask(
            {"do": "answers", "recipe": recipe.plain(), "scripts": [TRAINING, INFERENCE]}
        )["answers"]
    except Died as died:
        return Held({}, {}, {}, died.kind, died.detail)
    answers: dict[str, Array] = {}
    raised: dict[str, str] = {}
    for name, data in told.items():
        answer = scripts.read(data)
        answers |= answer.outputs
        if answer.raised:
            raised[name] = _said(answer)
    case = build(recipe)
    kept = answers.get("running variance")
    # one value per channel may leave the running variance alone
    left = case.m == 1 and kept is not None and bool((kept == case.running_var).all())
    truths = dict(_truths(convention, recipe, "left" if left else "zero"))
    for name, truth in truths.items():
        given = answers.get(name)
        if given is not None and flat(given).shape != truth.mid.shape:
            mode = INFERENCE if name.startswith("inference") else TRAINING
            raised.setdefault(mode, f"{name} has shape {given.shape}")
            del answers[name]
    return Held(answers, truths, raised)


def _said(answer: scripts.Answer) -> str:
    if answer.raised in ("shape", "type"):
        return answer.said
    return f"it raised {answer.raised}" + (f": {answer.said}" if answer.said else "")


def flat(array: Array) -> Array:
    """Return what is an array of samples as ``(m, C)``, and what is a vector as it is."""
    return flatten(array) if array.ndim > 1 else array


@lru_cache(maxsize=2)
def _truths(convention: Convention, recipe: Recipe, first_variance: str) -> Mapping[str, Ball]:
    """Enclose every output of a right implementation of the convention.

    first_variance: what one value per channel does to the running variance (see `predict`)
    The two sides are asked in turn, and mostly have the same truths.
    """
    case = build(recipe)
    algorithms = replace(
        Algorithms.of(case.dtype, convention), parameters=format_of(case.gamma.dtype)
    )
    values, own = oracle.train(case)
    allowed = training_bounds(values, algorithms)
    if case.norm.inside:  # layer, RMS and group normalization have training alone
        return {name: _training(values, allowed, own, name) for name in OF_TRAINING}
    inferred, own_inference = oracle.infer(case)
    allowed_inference = inference_bounds(inferred, algorithms)

    ball = partial(_training, values, allowed, own)
    truths = {name: ball(name) for name in OF_TRAINING}
    for name in OF_TRAINING:
        off = getattr(allowed_inference, name) + getattr(own_inference, name)
        truths[f"inference {name}"] = Ball(getattr(inferred, name), off)
    batch = Statistics(ball("mean"), ball("var"), case.m)
    running = predict(convention, case, [batch], algorithms, first_variance=first_variance)
    return truths | {"running mean": running.mean, "running variance": running.var}


def _training(
    values: oracle.Training, allowed: TrainingBounds, own: TrainingBounds, name: str
) -> Ball:
    return Ball(getattr(values, name), getattr(allowed, name) + getattr(own, name))
