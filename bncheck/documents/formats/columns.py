"""How wide the columns of a table are: as they need, and no wider together than the page."""

from __future__ import annotations

from collections.abc import Sequence


def shares(natural: Sequence[float], least: Sequence[float], width: float) -> list[float] | None:
    """Return the widths of columns, which fit together into ``width``; ``None`` where none do.

    natural: how wide each is on one line; least: how wide what is not broken in it is
    """
    if sum(natural) <= width:
        return list(natural)
    if sum(least) > width:
        return None
    free = set(range(len(natural)))
    given = [0.0] * len(natural)
    left = width
    while free:
        even = left / len(free)
        fixed = {at for at in free if natural[at] <= even} or {
            at for at in free if least[at] >= even
        }
        if not fixed:
            for at in free:
                given[at] = even
            return given
        for at in fixed:
            given[at] = natural[at] if natural[at] <= even else least[at]
            left -= given[at]
        free -= fixed
    return given


def fitted(given: list[float], least: Sequence[float], width: float) -> list[float]:
    """Return widths of which none is less than the least, and which fit together."""
    more = [max(one, other) for one, other in zip(given, least, strict=True)]
    over = sum(more) - width
    room = sum(one - other for one, other in zip(more, least, strict=True))
    if over <= 0 or room <= 0:
        return more
    share = over / room
    return [one - (one - other) * share for one, other in zip(more, least, strict=True)]
