"""A fingerprint for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.text.stability import lines
from bncheck.terminal import LABELS

if TYPE_CHECKING:
    from bncheck.fingerprint import Fingerprint, Trait
    from bncheck.terminal import Style


def render(told: Fingerprint, version: str, style: Style) -> str:
    """Return a fingerprint as text, ending in a newline."""
    stability = None if told.stability is None else told.plain()["stability"]
    profiles = ", ".join(told.profiles) or "no framework that is known, in its conventions"
    sections = [
        [
            *style.wrap(f"bncheck {version}"),
            *style.wrap(told.target, LABELS, "target"),
            *style.wrap(f"{told.dtype}; {_calls(told)}", LABELS, "asked"),
        ],
        _traits(told.traits, style),
        style.wrap(profiles, LABELS, "agrees with"),
        lines(stability, style, full=True),
        _notes(told.notes, style),
    ]
    return "\n\n".join("\n".join(part) for part in sections if part) + "\n"


def _calls(told: Fingerprint) -> str:
    searched = sum(w["tried"] for w in told.stability.worst) if told.stability else 0
    more = f", and {searched} in search of the worst inputs" if searched else ""
    return f"{told.calls} times{more}"


def _traits(traits: tuple[Trait, ...], style: Style) -> list[str]:
    if not traits:
        return []
    rows = [
        tuple(style.text(cell) for cell in (t.name, t.value or "could not be told", _because(t)))
        for t in traits
    ]
    head, *body = style.table([("trait", "value", "because"), *rows], "lll", 2)
    return [*head, style.rule(), *(line for row in body for line in row)]


def _because(trait: Trait) -> str:
    if not trait.or_else:
        return trait.because
    return f"{trait.because}; it cannot be told from: {', '.join(trait.or_else)}"


def _notes(notes: tuple[str, ...], style: Style) -> list[str]:
    return [style.paint("Notes", "bold"), *style.listed(notes)] if notes else []
