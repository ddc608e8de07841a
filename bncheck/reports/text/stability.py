"""The stability map as characters: one column a condition, its height the error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bncheck.reports.common import curves
from bncheck.terminal import LABELS, columns

if TYPE_CHECKING:
    from bncheck.terminal import Style

# heights, from an error of one roundoff to one of the whole number
HEIGHTS = " ▁▂▃▄▅▆▇█"
ASCII_HEIGHTS = " .:-=+*#%"


def lines(stability: Mapping[str, Any] | None, style: Style, *, full: bool = False) -> list[str]:
    """Return the map of one dtype as text; nothing where it was not measured.

    stability: the plain form of `bncheck.fingerprint.Stability`; full: not only against mean/std
    """
    if not stability:
        return []
    told = []
    conditions = dict.fromkeys(curve["against"] for curve in stability["curves"])
    for against in conditions if full else ["mean/std"]:
        chosen = [curve for curve in stability["curves"] if curve["against"] == against]
        told += _sweep(against, chosen, stability, style)
    for worst in stability["worst"] if full else ():
        told += style.labelled("worst", curves.worst(worst))
    return [style.paint("Stability", "bold"), *told]


def _sweep(
    against: str,
    chosen: Sequence[Mapping[str, Any]],
    stability: Mapping[str, Any],
    style: Style,
) -> list[str]:
    at, unit = chosen[0]["at"], stability["unit"]
    told = style.wrap(
        f"errors in {stability['dtype']}, from 1 unit of roundoff (low) to {1 / unit:.0e} (high), "
        f"against {against} from {at[0]:.0e} to {at[-1]:.0e}",
        "  ",
        "  ",
    )
    for curve in sorted(chosen, key=lambda c: curves.OUTPUTS.index(c["output"])):
        keeps = stability["keeps"].get(curve["output"], 0)
        three = curves.digits(keeps, at, unit) if against == "mean/std" else ""
        plot = _plot(curve["errors"], unit, style)
        line = f"  {curve['output']:<9} {plot}  {curves.span(curve['errors'])}"
        joined = f"{line}; {three}" if three else line
        if columns(joined) <= style.width or not three:
            told.append(joined)
        else:
            told += [line, *style.wrap(three, LABELS, LABELS)]
    return told


def _plot(errors: Iterable[float], unit: float, style: Style) -> str:
    heights = HEIGHTS if style.unicode else ASCII_HEIGHTS
    whole = -math.log2(unit)
    return "|" + "".join(heights[_height(error, whole, len(heights) - 1)] for error in errors) + "|"


def _height(error: Any, whole: float, highest: int) -> int:
    error = float(error)  # the plain form of JSON writes "inf" and "nan"
    if not error <= 2.0**whole:
        return highest
    if error <= 1:
        return 0
    return min(1 + int((highest - 1) * math.log2(error) / whole), highest)
