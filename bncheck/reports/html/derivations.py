"""Derivations of the laws that fail, as whoever asks for a report hands them in: markup and style.

Reports know nothing of theorems; what is handed in was made by bncheck itself, from its proofs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bncheck.reports.html.markup import Markup
from bncheck.reports.html.place import folded


@dataclass(frozen=True)
class Derivations:
    """The section of each law that has one, as markup, and the style that they need."""

    style: str = ""
    sections: Mapping[str, str] = field(default_factory=dict)

    def of(self, law: str) -> Markup | None:
        """Return the derivation of a law, folded; ``None`` where there is none."""
        if law not in self.sections:
            return None
        return folded(f"Derivation of {law}", Markup(self.sections[law]), kind="derived")


NONE = Derivations()
