"""A report that shows itself: as text, as HTML in a notebook, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from bncheck import model
from bncheck.api import notebook
from bncheck.reports import json, text


@dataclass(frozen=True, repr=False)
class Report(model.Report):
    """What `bncheck.verify` returns: the data of `bncheck.model.Report`, and ways to show it.

    ``ok`` and ``exit_code`` are the verdict; ``causes`` what explains the failures, each a mapping
    with ``deviation``, ``explains`` and ``text``; ``findings`` one entry for each law and dtype.
    """

    @classmethod
    def of(cls, report: model.Report) -> Report:
        """Return the same report, able to show itself."""
        return cls(**{f.name: getattr(report, f.name) for f in fields(model.Report)})

    def text(
        self, verbosity: int = 0, *, width: int = 100, color: bool = False, unicode: bool = True
    ) -> str:
        """Return the report as text.

        verbosity: -1 one line; 0 the verdict and each cause once; 1 with the laws by family and
        the inputs as Python; 2 everything
        width: columns to fold to; color: with ANSI colours; unicode: otherwise all is ASCII
        """
        return text.render(self, verbosity=verbosity, width=width, color=color, unicode=unicode)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as ``--format json`` writes it."""
        return json.as_data(self)

    def __str__(self) -> str:
        """Return the short text, without the newline at its end."""
        return self.text().rstrip("\n")

    def __repr__(self) -> str:
        """Name the target and the verdict in a line."""
        return f"<bncheck.Report {self.text(-1, width=120).strip()}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook: the verdict and the causes; the rest folds out."""
        return notebook.render(self)
