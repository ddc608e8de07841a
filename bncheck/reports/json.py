"""The report as JSON, schema ``bncheck/report/1``: what scripts and the other formats read.

Several are one object of schema ``bncheck/reports/1``. `schema` is the published JSON Schema of
both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from bncheck.reports.common.data import SCHEMA as SCHEMA
from bncheck.reports.common.data import as_data as as_data
from bncheck.reports.common.data import of_outcome
from bncheck.reports.common.data import plain as plain

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report
    from bncheck.model.shard import Shard

SEVERAL = "bncheck/reports/1"


def render(report: Report) -> str:
    """Return the report as one JSON object in ASCII, ending in a newline."""
    # Characters outside ASCII are escaped: the file is then the same in every encoding, and
    # lone surrogates in a target's message do not keep it from being written.
    return json.dumps(as_data(report), indent=2, allow_nan=False) + "\n"


def render_several(outcomes: Sequence[Outcome], shard: Shard | None = None) -> str:
    """Return the reports on several targets as one JSON object, ending in a newline.

    shard: which part of a list the targets are, where they are one
    """
    part = {} if shard is None else {"shard": shard.plain()}
    data = {"schema": SEVERAL, **part, "reports": [of_outcome(outcome) for outcome in outcomes]}
    return json.dumps(data, indent=2, allow_nan=False) + "\n"


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of what is written here, as text."""
    return (resources.files("bncheck.reports") / "schema.json").read_text(encoding="utf-8")
