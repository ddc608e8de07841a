"""The gradients of one call as they came, for laws that compare bits."""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.model import Case, Gradients
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array
from bncheck.trial.probes import WIDE
from bncheck.trial.trial import Inapplicable, Trial, wide


@dataclass(frozen=True)
class RawGradients:
    """Raw gradients of one call, flat and wide."""

    case: Case
    raw: Gradients
    dx: Array
    dgamma: Array | None
    dbeta: Array | None


def raw_gradients(t: Trial, case: Case) -> RawGradients:
    """Ask for the gradients of one training step; leave the law where there are none."""
    raw = t.train(case).gradients
    if raw is None:
        raise Inapplicable("ability")
    parts = [None if a is None else as_wide(a, WIDE) for a in (raw.dgamma, raw.dbeta)]
    return RawGradients(case, raw, wide(raw.dx, WIDE), *parts)
