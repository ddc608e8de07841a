"""The stability map as characters: one column a condition, its height the error."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bncheck.terminal import LABELS, columns

if TYPE_CHECKING:
    from bncheck.terminal import Style

# heights, from an error of one roundoff to one of the whole number
HEIGHTS = " ▁▂▃▄▅▆▇█"
ASCII_HEIGHTS = " .:-=+*#%"

OUTPUTS = ("y", "variance", "dx")


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
        told += style.labelled("worst", _worst(worst))
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
    for curve in sorted(chosen, key=lambda c: OUTPUTS.index(c["output"])):
        keeps = stability["keeps"].get(curve["output"], 0)
        three = _digits(keeps, at, unit) if against == "mean/std" else ""
        plot = _plot(curve["errors"], unit, style)
        line = f"  {curve['output']:<9} {plot}  {_range(curve['errors'])}"
        if columns(line + three) <= style.width or not three:
            told.append(line + three)
        else:
            told += [line, *style.wrap(three.removeprefix("; "), LABELS, LABELS)]
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


def _range(errors: Sequence[Any]) -> str:
    return f"{_number(errors[0])} to {_number(max(map(float, errors)))}"


def _number(value: Any) -> str:
    return f"{float(value):.2g}"


def _digits(keeps: float, at: Sequence[float], unit: float) -> str:
    if unit > 5e-4:
        return ""  # the format itself has no three digits
    if not keeps:
        return "; never three digits"
    return "; three digits " + ("throughout" if keeps >= at[-1] else f"up to mean/std {keeps:.1e}")


def _worst(worst: Mapping[str, Any]) -> str:
    where = ", ".join(
        f"{name} {float(worst[name]):.1e}" for name in ("mean/std", "var/eps", "outlier/std")
    )
    if not float(worst["share"]):
        return f"{worst['output']}: nothing is promised for such inputs in this format"
    # plain data has no infinity
    lost = float(worst["share"]) >= sys.float_info.max
    share = f"{_number(worst['share'])} of what rounding allows"
    told = "NaN or infinite where a number is promised" if lost else share
    return f"{worst['output']}: {told}, at {where}; the worst of {worst['tried']} inputs tried"
