"""The stability map: how the error of each output grows with the condition of its input."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bncheck.reports.common import curves
from bncheck.reports.html.charts.axis import (
    Log,
    cross,
    dot,
    image,
    level,
    percent,
    pixels,
    power_of_ten,
    words,
)
from bncheck.reports.html.listing import listed
from bncheck.reports.html.markup import LINE, Markup, join, prose, tag

if TYPE_CHECKING:
    from bncheck.reports.html.place import Place

# in percent of the width, and in pixels
_LEFT, _RIGHT = 12.0, 98.0
_TOP, _BOTTOM, _HEIGHT = 14.0, 150.0, 184.0
# errors beyond so many powers of ten above the whole number are at the top
_ABOVE = 2


@dataclass(frozen=True)
class _Panel:
    """One curve. at, errors, allowed: as in `bncheck.fingerprint.Curve`, as numbers"""

    output: str
    against: str
    dtype: str
    at: Sequence[float]
    errors: Sequence[float]
    allowed: Sequence[float]
    unit: float
    x: Log
    y: Log

    def wrong(self) -> list[int]:
        """Return where the error is larger than any acceptable algorithm's, or no number."""
        pairs = enumerate(zip(self.errors, self.allowed, strict=True))
        return [n for n, (error, allowed) in pairs if allowed < math.inf and not error <= allowed]


def section(stability: Mapping[str, Any] | None, at: Place) -> Markup:
    """Return a chart for each curve; nothing where stability was not measured."""
    if not stability or not stability["curves"]:
        return Markup()
    order = {name: number for number, name in enumerate(curves.OUTPUTS)}
    told = sorted(stability["curves"], key=lambda c: order.get(c["output"], len(order)))
    charts: dict[str, list[Markup]] = {curve["against"]: [] for curve in stability["curves"]}
    for number, curve in enumerate(told, 1):
        panel, said = _panel(curve, stability), _words(curve, stability)
        charts[curve["against"]].append(_chart(panel, said, at.id(f"map{number}")))
    return at.section(
        "stability",
        "Stability",
        tag(
            "p",
            f"The largest error in {stability['dtype']}, in units of roundoff, relative to the "
            "largest true entry. Dashed: what any acceptable algorithm may have; shaded: nothing "
            "is promised. A cross is an error beyond that.",
            class_="quiet",
        ),
        *(tag("div", *row, class_="charts") for row in charts.values()),
        listed([curves.worst(worst) for worst in stability["worst"]]),
    )


def _words(curve: Mapping[str, Any], stability: Mapping[str, Any]) -> str:
    said = curves.span(curve["errors"])
    if curve["against"] != "mean/std":
        return said
    keeps = stability["keeps"].get(curve["output"], 0)
    three = curves.digits(keeps, curve["at"], stability["unit"])
    return f"{said}; {three}" if three else said


def _panel(curve: Mapping[str, Any], stability: Mapping[str, Any]) -> _Panel:
    unit = float(stability["unit"])
    # the plain form of JSON writes "inf" and "nan"
    at, errors, allowed = (
        [float(value) for value in curve[name]] for name in ("at", "errors", "allowed")
    )
    low, high = math.floor(math.log10(at[0])), math.ceil(math.log10(at[-1]))
    whole = math.ceil(-math.log10(unit))
    return _Panel(
        curve["output"],
        curve["against"],
        stability["dtype"],
        at,
        errors,
        allowed,
        unit,
        Log(low, max(high, low + 1), _LEFT, _RIGHT),
        Log(0, whole + _ABOVE, _BOTTOM, _TOP),
    )


def _chart(panel: _Panel, said: str, known: str) -> Markup:
    title = f"{panel.output} against {panel.against}"
    wrong = panel.wrong()
    beyond = f" {len(wrong)} of {len(panel.at)} are beyond what is allowed." if wrong else ""
    told = (
        f"Errors of {panel.output} in {panel.dtype} against {panel.against} from {panel.at[0]:.0e} "
        f"to {panel.at[-1]:.0e}, in units of roundoff: {said}.{beyond}"
    )
    drawn = (_ground(panel), _lines(panel), _marks(panel, set(wrong)), _frame(panel))
    return tag(
        "figure",
        tag("figcaption", tag("b", title), " ", prose(said)),
        image(known, title, told, _HEIGHT, *drawn),
    )


def _ground(panel: _Panel) -> Markup | None:
    """Return where nothing is promised."""
    free = [at for at, allowed in zip(panel.at, panel.allowed, strict=True) if allowed == math.inf]
    if not free:
        return None
    begin = panel.x.at(free[0])
    return tag(
        "rect",
        x=percent(begin),
        y=pixels(_TOP),
        width=percent(_RIGHT - begin),
        height=pixels(_BOTTOM - _TOP),
        class_="free",
    )


def _frame(panel: _Panel) -> Markup:
    """Return the lines of reference, and what the axes are."""
    whole = 1 / panel.unit
    lines = {"all digits lost": whole, "one roundoff": 1.0}
    if panel.unit < 5e-4:
        lines["three digits"] = 5e-4 * whole
    return join(
        [
            *(_reference(name, value, panel) for name, value in lines.items()),
            *(_power(power, panel) for power in panel.x.powers(5)),
            words((_LEFT + _RIGHT) / 2, _BOTTOM + 30, panel.against, "middle"),
        ],
        LINE,
    )


def _reference(name: str, value: float, panel: _Panel) -> Markup:
    y = panel.y.at(value)
    return join(
        [
            level(y, _LEFT, _RIGHT, "grid"),
            words(0, y + 4, power_of_ten(round(math.log10(value)))),
            words(_RIGHT, y - 3, name, "end"),
        ]
    )


def _power(power: int, panel: _Panel) -> Markup:
    anchor = "end" if power == panel.x.high else "middle"
    return words(panel.x.at(10.0**power), _BOTTOM + 15, power_of_ten(power), anchor)


def _lines(panel: _Panel) -> Markup:
    """Return the two curves, in a box that is stretched to the width."""
    finite = [n for n, allowed in enumerate(panel.allowed) if allowed < math.inf]
    return tag(
        "svg",
        _line(panel, finite, panel.allowed, "bound"),
        _line(panel, range(len(panel.at)), panel.errors, "error"),
        x="0",
        y=pixels(_TOP),
        width="100%",
        height=pixels(_BOTTOM - _TOP),
        viewBox=f"0 {pixels(_TOP)} 100 {pixels(_BOTTOM - _TOP)}",
        preserveAspectRatio="none",
    )


def _line(panel: _Panel, which: Iterable[int], values: Sequence[float], kind: str) -> Markup:
    points = " ".join(f"{panel.x.at(panel.at[n]):.2f},{_y(panel, values[n]):.1f}" for n in which)
    return tag("polyline", points=points, class_=kind)


def _y(panel: _Panel, value: float) -> float:
    # what is no number is as wrong as can be
    return panel.y.at(value if value == value else math.inf)


def _marks(panel: _Panel, wrong: set[int]) -> Markup:
    """Return a mark for each error, which says what it is to who points at it."""
    marks = []
    for n, (at, error) in enumerate(zip(panel.at, panel.errors, strict=True)):
        allowed = panel.allowed[n]
        promised = f"allowed {curves.number(allowed)}" if allowed < math.inf else "no promise"
        said = f"{panel.against} {at:.1e}: {curves.number(error)}, {promised}"
        mark = cross if n in wrong else dot
        marks.append(
            mark(panel.x.at(at), _y(panel, error), "worse" if n in wrong else "fine", said)
        )
    return join(marks, LINE)
