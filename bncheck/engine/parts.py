"""Large cases: the target is called once on the whole, and judged some channels at a time.

Batch normalization treats channels apart from each other, so the truth about some channels is
that of a smaller case. Memory is then bounded by the arrays themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bncheck.model import Case, Convention, Gradients, Implementation, Layer, State
from bncheck.model.arrays import in_c_order
from bncheck.model.formats import Array
from bncheck.trial.trial import Answers, Guard, Trial

# Values of one part: truth, bounds and comparisons take some hundred bytes for each.
PER_PART = 1 << 17


@dataclass(frozen=True)
class Part:
    """Some channels of a case, and an implementation that repeats what was answered there."""

    case: Case
    implementation: Implementation


def parts(
    implementation: Implementation, convention: Convention, guard: Guard, case: Case
) -> Iterator[Part]:
    """Call the target on the whole case and yield its channels in parts.

    Raises TargetRaised where it answers with an error.
    """
    trial = Trial(case, implementation, convention, guard=guard)
    trained = trial.train(case, state=True)
    inferred = trial.infer(case) if trial.can("eval") else None
    width = max(1, PER_PART // case.m)
    for start in range(0, case.channels, width):
        chosen = slice(start, start + width)
        answers = [_sliced(a, chosen) for a in (trained, inferred) if a is not None]
        yield Part(_channels(case, chosen), _repeating(implementation, answers))


def _channels(case: Case, chosen: slice) -> Case:
    per_channel = ("gamma", "beta", "running_mean", "running_var")
    return replace(
        case,
        x=in_c_order(case.x[:, chosen]),
        dy=in_c_order(case.dy[:, chosen]),
        **{name: getattr(case, name)[chosen] for name in per_channel},
    )


def _sliced(answers: Answers, chosen: slice) -> Answers:
    given, state = answers.gradients, answers.state

    def some(array: Array | None) -> Array | None:
        return None if array is None else array[chosen]

    return Answers(
        in_c_order(answers.y[:, chosen]),
        None
        if given is None
        else Gradients(in_c_order(given.dx[:, chosen]), some(given.dgamma), some(given.dbeta)),
        None if state is None else State(state.mean[chosen], state.var[chosen]),
    )


def _repeating(implementation: Implementation, answers: list[Answers]) -> Implementation:
    """Answer as the target did: training first, then inference; the latest is differentiated."""

    def make(case: Case) -> Layer:
        del case
        latest = [answers[0]]

        def run(which: Answers) -> Array:
            latest[0] = which
            return which.y

        def backward(dy: Array) -> Gradients:
            del dy
            return latest[0].gradients or Gradients(np.empty(0))

        state = answers[0].state
        return Layer(
            train=lambda x: run(answers[0]),
            eval=None if len(answers) < 2 else lambda x: run(answers[1]),
            backward=backward,
            state=None if state is None else lambda: state,
        )

    return replace(implementation, make=make)
