"""All reports as one JSON object: each as its file has it, those that say the same once."""

from __future__ import annotations

import json

from bncheck.reports.common.reading import SEVERAL
from bncheck.reports.merged.gathering import Merged


def render(merged: Merged) -> str:
    """Return an object of schema ``bncheck/reports/1``, a report on each line.

    It also says which parts of lists of targets it has, so that it can be merged further.
    """
    head = f'{{"schema": {json.dumps(SEVERAL)},\n'
    if merged.shards:
        head += f'"shards": {json.dumps([shard.plain() for shard in merged.shards])},\n'
    return head + '"reports": [\n' + ",\n".join(merged.reports) + "\n]}\n"
