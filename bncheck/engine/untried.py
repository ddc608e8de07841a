"""What a run could not check, as sentences, and what was required of a target and is not there."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import get_args

from bncheck.engine.measure import MOST_AT_ONCE
from bncheck.engine.options import Options, budget_of, chosen, patterns
from bncheck.engine.pace import Pace
from bncheck.errors import UsageError
from bncheck.laws import LAWS
from bncheck.model import Ability, Domain, Norm
from bncheck.terminal import nearest
from bncheck.trial.law import Law

ABILITIES: tuple[str, ...] = get_args(Ability)

# What people expect of a layer: an ability, what it is called, and a word by which a sentence of
# the adapter that speaks of it is known. What few layers have (jvp ...) is not missed.
_EXPECTED = (
    ("backward", "backward", "backward"),
    ("eval", "inference", "inference"),
    ("eval_backward", "backward in inference", "backward in inference"),
    ("running", "running statistics", "running"),
)
_MOST_NAMED = 6
_NEEDS = {"eval_backward": frozenset(("backward", "eval"))}


def untried(told: Sequence[str], abilities: Collection[str], domain: Domain) -> tuple[str, ...]:
    """Complete what an adapter told by what follows from missing abilities."""
    return (*told, *_without(told, abilities, domain))


def too_slow(pace: Pace | None) -> tuple[str, ...]:
    """Say which shapes were left out because a call on them takes too long, in one sentence."""
    if pace is None or not pace.slow:
        return ()
    shapes = ", ".join(map(str, sorted(pace.slow, key=lambda shape: (math.prod(shape), shape))))
    return (f"shape{'s' if pace.slow[1:] else ''} {shapes}: slow, {pace.detail}",)


def simplified(norm: Norm, largest: int) -> tuple[str, ...]:
    """Say what large cases were tried with that are judged in parts, in one sentence.

    largest: of the values of all cases that were tried
    """
    if norm.of_sets or largest <= MOST_AT_ONCE:
        return ()
    return (
        f"cases of more than {MOST_AT_ONCE:,} values: tried with one gamma and beta for each set, "
        "not with values of their own inside it",
    )


def other_laws(options: Options, norm: Norm) -> tuple[str, ...]:
    """Say which laws a budget leaves out that has laws of its own, in one sentence."""
    own = budget_of(options.budget).laws
    if not own or patterns(options) == options.laws:
        return ()
    tried = sum(law.about(norm) for law in chosen(own, LAWS))
    others = sum(law.about(norm) for law in LAWS) - tried
    return (f"{others} laws: budget {options.budget} tries the {tried} most telling, quick all",)


def of_another(options: Options, laws: Sequence[Law], norm: Norm) -> tuple[str, ...]:
    """Say which laws were asked for by name that are not about the target's normalization."""
    if all(pattern.startswith("!") for pattern in options.laws):
        return ()
    others = [law.id for law in laws if not law.about(norm)]
    told = ", ".join(others[:_MOST_NAMED]) + (", ..." if others[_MOST_NAMED:] else "")
    return (f"laws {told}: they are not about {norm.called}",) if others else ()


def _without(told: Sequence[str], abilities: Collection[str], domain: Domain) -> Iterator[str]:
    if not domain.training:
        yield "training: the target has inference only"
    for ability, name, word in _EXPECTED:
        if ability in abilities or any(word in sentence for sentence in told):
            continue
        if ability == "eval_backward" and "eval_backward_trained" in abilities:
            continue
        if not domain.training and ability in ("backward", "running"):
            continue  # they belong to training, which is told
        if domain.norm.name != "batch" and ability != "backward":
            continue  # it is not meant to have a mode of inference, or need not have one
        if _NEEDS.get(ability, frozenset()) <= set(abilities):
            yield f"{name}: the target has none"


def required(given: str | Sequence[str]) -> tuple[str, ...]:
    """Read abilities as ``--require`` and ``verify(require=...)`` take them, commas included.

    Raises UsageError for what is no ability, naming the nearest one.
    """
    texts = [given] if isinstance(given, str) else list(given)
    names = [name.strip() for text in texts for name in str(text).split(",") if name.strip()]
    for name in names:
        if name not in ABILITIES:
            raise UsageError(f"require={name!r} is no ability; {nearest(name, ABILITIES)}")
    return tuple(dict.fromkeys(names))


def missing(wanted: Sequence[str], abilities: Collection[str]) -> tuple[str, ...]:
    """Say which abilities were required that a target has not: one sentence, or none."""
    absent = [name for name in wanted if name not in abilities]
    if not absent:
        return ()
    return (f"the target has no {' and no '.join(absent)}, as --require asks for",)
