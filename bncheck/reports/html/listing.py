"""Lists of sentences, each no longer than it takes, and no more than a page has room for."""

from __future__ import annotations

from collections.abc import Sequence

from bncheck.reports.html.markup import Markup, prose, tag

MOST_ITEMS = 60


def listed(said: Sequence[str]) -> Markup | None:
    """Return sentences as a list; nothing where there are none."""
    if not said:
        return None
    items = [tag("li", prose(each)) for each in said[:MOST_ITEMS]]
    more = len(said) - len(items)
    rest = tag("li", f"{more} more; the JSON report has them all") if more else None
    return tag("ul", *items, rest)
