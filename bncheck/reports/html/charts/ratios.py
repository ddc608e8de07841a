"""Error against bound: for each law its worst error in units of what is allowed, by dtype."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.reports.common.families import by_family
from bncheck.reports.html.charts.axis import (
    Log,
    cross,
    dot,
    image,
    level,
    power_of_ten,
    square,
    upright,
    words,
)
from bncheck.reports.html.markup import LINE, Markup, join, prose, tag
from bncheck.terminal import beginning, times

if TYPE_CHECKING:
    from bncheck.model import Finding, Report
    from bncheck.reports.html.place import Place

# dtypes that have a chart, and laws in it
_MOST_DTYPES = 6
_MOST_LAWS = 400
# powers of ten that are drawn; what is beyond is at the end
_LEAST, _LOWEST, _HIGHEST = 1, -6, 18

# in percent of the width: no error at all, the axis, more than the axis has
_NONE, _BEGIN, _END, _BEYOND = 3.0, 9.0, 91.0, 97.0
# in pixels: a row's name, how far dots are apart, room below them, at most so many in a pile
_NAME, _APART, _BELOW, _PILE = 18.0, 5.0, 9.0, 7
_HEAD, _FOOT = 20.0, 22.0
# how near in percent of the width dots are piled up
_NEAR = 1.8
_MOST_NAMED = 2


def section(report: Report, at: Place) -> Markup:
    """Return a chart for each dtype; nothing where no law has a bound that errors are held to."""
    drawn = [f for f in report.findings if _is_drawn(f)]
    if not any(f.margin is not None for f in drawn):
        return Markup()
    axis = _axis(drawn)
    dtypes = list(dict.fromkeys(f.dtype for f in drawn))
    charts = [
        _chart([f for f in drawn if f.dtype == dtype][:_MOST_LAWS], dtype, axis, at, number)
        for number, dtype in enumerate(dtypes[:_MOST_DTYPES], 1)
    ]
    exact = len({f.law for f in report.findings if f.verdict == "holds" and f.bound == 0})
    more = len(dtypes) - len(charts)
    hold = "1 exact law holds" if exact == 1 else f"{exact} exact laws hold"
    drawn_not = "is not drawn" if exact == 1 else "are not drawn"
    expected = any(f.verdict == "expected" for f in drawn)
    squares = " A square is one that fails as expected." if expected else ""
    left_out = f" {hold}, without any error, and {drawn_not}." if exact else ""
    return at.section(
        "ratios",
        "Error against bound",
        tag(
            "p",
            "Each mark is a law: its largest error in units of what is allowed. A cross is a law "
            "that fails, beyond the line at 1; one at the right edge, ∞, is exact, where no error "
            f"is allowed, or not finite.{squares}{left_out}",
            class_="quiet",
        ),
        tag("div", *charts, class_="charts wide"),
        tag("p", f"{more} more dtypes are not drawn") if more else None,
    )


def _is_drawn(finding: Finding) -> bool:
    if finding.margin is None:  # exact, or not measured
        return finding.bound == 0 and finding.verdict in ("fails", "expected")
    return finding.verdict in ("holds", "fails", "expected")


def _axis(drawn: Sequence[Finding]) -> Log:
    margins = (f.margin for f in drawn if f.margin is not None)
    powers = [math.log10(m) for m in margins if 0 < m < math.inf]
    low = math.floor(min(powers, default=0))
    high = math.ceil(max(powers, default=0))
    return Log(max(min(low, -2), _LOWEST), min(max(high, _LEAST), _HIGHEST), _BEGIN, _END)


def _x(finding: Finding, axis: Log) -> float:
    margin = finding.margin
    if margin is None or not margin <= 10.0**axis.high:
        return _BEYOND
    return axis.at(margin) if margin > 0 else _NONE


def _chart(findings: Sequence[Finding], dtype: str, axis: Log, at: Place, number: int) -> Markup:
    rows: list[Markup] = []
    top = _HEAD
    for name, family in by_family(findings):
        row, top = _row(beginning(name, 24), family, axis, top)
        rows.append(row)
    known = at.id(f"ratios{number}")
    title = f"Error against bound, {beginning(dtype, 40)}"
    caption = _caption(findings)
    return tag(
        "figure",
        tag("figcaption", tag("b", prose(dtype, 40)), " ", caption),
        image(known, title, _told(findings, caption), top + _FOOT, _grid(axis, top), *rows),
    )


def _beyond(findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.verdict != "holds"]


def _caption(findings: Sequence[Finding]) -> str:
    wrong, total = len(_beyond(findings)), len(findings)
    laws = "law" if total == 1 else "laws"
    if not wrong:
        return f"{'the only' if total == 1 else f'all {total}'} {laws} within what is allowed"
    return f"{wrong} of {total} {laws} beyond what is allowed"


def _told(findings: Sequence[Finding], caption: str) -> str:
    wrong = ", ".join(f"{beginning(f.law, 12)} {times(f.margin)}" for f in _beyond(findings)[:40])
    near = max(
        (f for f in findings if f.verdict == "holds" and f.margin), key=_margin, default=None
    )
    nearest = (
        f" The nearest that holds: {beginning(near.law, 12)} {times(near.margin)}." if near else ""
    )
    return f"{caption}{': ' if wrong else ''}{wrong}.{nearest}"


def _margin(finding: Finding) -> float:
    return finding.margin or 0.0


def _grid(axis: Log, bottom: float) -> Markup:
    marks = [power for power in axis.powers(7) if power != 0]
    one = axis.at(1.0)
    foot = bottom + 14
    return join(
        [
            *(upright(axis.at(10.0**power), _HEAD - 6, bottom, "grid") for power in marks),
            *(words(axis.at(10.0**power), foot, power_of_ten(power), "middle") for power in marks),
            words(_NONE, foot, "0", "middle"),
            words(_BEYOND, foot, "∞", "middle"),
            upright(one, _HEAD - 6, bottom, "limit"),
            words(one, foot, "1", "middle", "strong"),
            words(one, 10, "allowed", "middle", "strong"),
        ]
    )


def _row(name: str, family: Sequence[Finding], axis: Log, top: float) -> tuple[Markup, float]:
    """Return a row of marks under its name, and where the next begins."""
    piles: Counter[int] = Counter()
    places: list[tuple[Finding, float, int]] = []
    for f in family:
        x = _x(f, axis)
        near = round(x / _NEAR)
        places.append((f, x, min(piles[near], _PILE - 1)))
        piles[near] += 1
    base = top + _NAME + _APART * (max(high for _, _, high in places)) + 4
    marks = [_mark(f, x, base - _APART * high) for f, x, high in places]
    kind = "worse" if any(f.verdict == "fails" for f in family) else ""
    failing = [beginning(f.law, 8) for f in _beyond(family)]
    more = len(failing) - _MOST_NAMED
    named = " ".join(failing[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    told = [
        level(top, 0, 100, "rule"),
        words(0, top + 13, name),
        words(100, top + 13, f"beyond: {named}", "end", kind) if failing else None,
        *marks,
    ]
    return join(told, LINE), base + _BELOW


def _mark(finding: Finding, x: float, y: float) -> Markup:
    said = f"{beginning(finding.law, 12)} {beginning(finding.title, 60)}: {_ratio(finding)}"
    if finding.verdict == "holds":
        return dot(x, y, "fine", said)
    if finding.verdict == "expected":
        return square(x, y, "known", said)
    return cross(x, y, "worse", said)


def _ratio(finding: Finding) -> str:
    if finding.margin is None:
        return "exact, and there is an error"
    return f"{times(finding.margin)} of what is allowed"
