"""Logarithmic axes, and the few marks that the charts are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bncheck.reports.html.markup import LINE, Markup, join, tag


@dataclass(frozen=True)
class Log:
    """A logarithmic axis. low, high: powers of ten; begin, end: where they are"""

    low: int
    high: int
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Return where a positive number is; what is outside is at the nearer end."""
        power = math.log10(value) if 0 < value < math.inf else math.inf if value > 0 else -math.inf
        share = (power - self.low) / (self.high - self.low)
        return self.begin + min(max(share, 0.0), 1.0) * (self.end - self.begin)

    def powers(self, most: int) -> list[int]:
        """Return powers of ten to be marked, 0 among them where it is on the axis, and no more."""
        step = 1
        while (self.high - self.low) // step + 1 > most:
            step += 1
        return [power for power in range(self.low, self.high + 1) if power % step == 0]


def power_of_ten(power: int) -> str:
    """Write a power of ten as people do: 0.01, 1, 1000, 1e6."""
    if -4 < power < 4:
        return f"{10.0**power:g}"
    return f"1e{power}"


def percent(value: float) -> str:
    """Write a place between 0 and 100."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def pixels(value: float) -> str:
    """Write a length."""
    return f"{value:.1f}".removesuffix(".0")


def image(known: str, title: str, told: str, height: float, *inside: str | None) -> Markup:
    """Return a chart of the full width. known: its id; told: the same in words"""
    labels = (
        tag("title", title, id=f"{known}-title"),
        tag("desc", told, id=f"{known}-desc"),
    )
    return tag(
        "svg",
        join([*labels, *inside], LINE),
        class_="plot",
        role="img",
        width="100%",
        height=pixels(height),
        aria_labelledby=f"{known}-title {known}-desc",
    )


def upright(x: float, top: float, bottom: float, kind: str) -> Markup:
    """Return a vertical line; x in percent."""
    return tag("line", x1=percent(x), x2=percent(x), y1=pixels(top), y2=pixels(bottom), class_=kind)


def level(y: float, begin: float, end: float, kind: str) -> Markup:
    """Return a horizontal line; begin and end in percent."""
    return tag("line", x1=percent(begin), x2=percent(end), y1=pixels(y), y2=pixels(y), class_=kind)


def words(x: float, y: float, said: str, anchor: str = "", kind: str = "") -> Markup:
    """Return text. anchor: ``middle`` or ``end`` where x is not its begin"""
    return tag(
        "text",
        said,
        x=percent(x),
        y=pixels(y),
        text_anchor=anchor or None,
        class_=kind or None,
    )


def dot(x: float, y: float, kind: str, said: str) -> Markup:
    """Return a point that is in order."""
    return tag("circle", tag("title", said), cx=percent(x), cy=pixels(y), r="3", class_=kind)


def cross(x: float, y: float, kind: str, said: str) -> Markup:
    """Return a point that is not in order: another shape, not only another colour."""
    return _drawn("M-4-4L4 4M-4 4L4-4", x, y, kind, said)


def square(x: float, y: float, kind: str, said: str) -> Markup:
    """Return a point that is not in order, as was expected."""
    return _drawn("M-3.5-3.5H3.5V3.5H-3.5Z", x, y, kind, said)


def _drawn(path: str, x: float, y: float, kind: str, said: str) -> Markup:
    drawn = tag("path", tag("title", said), d=path, class_=kind)
    return tag("svg", drawn, x=percent(x), y=pixels(y), class_="mark")
