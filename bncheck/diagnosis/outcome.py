"""What a diagnosis comes to: causes with their reasons, and facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from bncheck.diagnosis.failures import Key


@dataclass(frozen=True)
class Cause:
    """A deviation, the findings that it explains, and what in the numbers says so.

    outputs: where it explains some of the outputs only, these
    says: what the deviation does, in the catalogue's words, where its own numbers are the target's
    """

    deviation: str
    explains: tuple[Key, ...]
    text: str
    outputs: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Causes, the likeliest first, and facts where there are none.

    outputs: those that are wrong
    """

    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = field(default=())
    outputs: tuple[str, ...] = ()
