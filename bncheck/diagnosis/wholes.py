"""Hypotheses that explain all answers: but for one value a channel, of parts, or of two."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.failures import SharedFailures
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.partial import Share
from bncheck.diagnosis.search import pairs, singles


def but_for_one(
    court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> list[Hypothesis]:
    """Return single deviations that every case shows but those with one value per channel.

    What is done there is a matter of its own: it is guarded, left alone or refused.
    """
    several, bad = with_several_values(court, wrong)
    if not bad:
        return []
    return [h for h in singles(several, bad, candidates) if several.tells(h, bad)]


def sharing_most(pattern: SharedFailures, found: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return those that share the most failures: no plain answer tells them apart."""
    shared = {h.names: len(pattern.all_explained(h)) for h in found}
    return [h for h in found if shared[h.names] == max(shared.values())]


def whole(court: Court, wrong: Sequence[Observed], parts: Sequence[Share]) -> Hypothesis | None:
    """Return all that was found, if together it explains every answer."""
    together = Hypothesis(tuple(share.deviation for share in parts))
    if not parts or court.contradiction(together) is not None:
        return None
    return together if court.tells(together, wrong) else None


def both(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    candidates: Sequence[Deviation],
) -> list[Hypothesis]:
    """Return pairs that explain all answers, up to the first that explains all failures, too."""
    found: list[Hypothesis] = []
    for alike in pairs(court, wrong, candidates):
        known = {frozenset(h.names) for h in found}  # in the other order
        fresh = (h for h in alike if frozenset(h.names) not in known)
        found += (h for h in fresh if court.tells(h, wrong))
        if any(len(pattern.all_explained(h)) == len(pattern.failures) for h in found):
            break
    return found


def with_several_values(court: Court, wrong: Sequence[Observed]) -> tuple[Court, list[Observed]]:
    """The cases with several values per channel, and what is wrong there; nothing if all are."""
    several = court.on(i for i in court.evidence if i.recipe.size > i.recipe.shape[1])
    all_are = len(several.evidence) == len(court.evidence)
    bad = [i for i in wrong if i.recipe.size > i.recipe.shape[1]]
    return several, [] if all_are else bad
