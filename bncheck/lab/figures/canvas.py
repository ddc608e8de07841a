"""What all figures share: how they look, arms, bands over seeds, files that stay the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bncheck.errors import UsageError
from bncheck.lab.judging import Claim, Result
from bncheck.lab.model import Measured, Record
from bncheck.model.formats import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Claims = Mapping[str, Claim]
MISSING = "figures need matplotlib: pip install 'bncheck[lab]'"

# arm -> colour (apart for colour-blind people: Okabe & Ito 2008), dashes, name
ARMS: dict[str, tuple[str, str, str]] = {
    "none": ("#c04f00", "--", "without batch normalization"),
    "bn": ("#0060a8", "-", "with batch normalization"),
    "same function": ("#b0448a", "-.", "the same function, batch normalization inserted"),
    "noisy bn": ("#00805c", "-.", "noisy batch normalization"),
    "noisy none": ("#6b6b6b", ":", "without it, the same noise"),
    "bn with decay": ("#00805c", "-.", "with it, and weight decay"),
    "before": ("#0060a8", "-", "before the activation"),
    "after": ("#00805c", "-.", "after the activation"),
    "none, dropout": ("#d99a00", ":", "without it, dropout"),
    "bn, dropout": ("#00805c", "-.", "with it, dropout"),
    "groups of 12": ("#6b6b6b", ":", "with it, statistics over groups of 12"),
    "right": ("#222222", "-", "the right backward pass"),
    "wrong": ("#c04f00", "--", "the wrong one"),
}
_STYLE = {
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "bncheck",
    "figure.titlesize": 12,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw as bncheck does, whatever the user's own settings are.

    Raises UsageError where matplotlib is missing.
    """
    try:
        import matplotlib.style
    except ImportError:
        raise UsageError(MISSING) from None
    with matplotlib.style.context(["default", _STYLE]):
        yield


def panels(
    rows: int, columns: int, size: tuple[float, float], **shared: Any
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels, row by row; size: of one panel, in inches."""
    from matplotlib.figure import Figure

    whole = (size[0] * columns, size[1] * rows + 0.9)
    figure = Figure(figsize=whole, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **shared)
    return figure, list(axes.flat)


def placed(
    size: tuple[float, float], place: tuple[float, float, float, float]
) -> tuple[Figure, Axes]:
    """Return a figure with one panel at a place, with room for words at its sides.

    size: in inches; place: left edge, width, lower and upper edge, as shares of it
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    left, width, low, high = place
    return figure, figure.add_axes((left, low, width, high - low))


def save(figure: Figure, path: Path) -> None:
    """Write a figure; without the day, so that the same one has the same bytes."""
    stamp = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    figure.savefig(path, dpi=120, metadata=stamp, facecolor="white")


def records(claim: Claim | None, cell: str) -> list[Record]:
    """Return the records of a cell that have arms, by seed."""
    own = claim.records if claim else ()
    return sorted((r for r in own if r.cell == cell and r.arms), key=lambda r: r.seed)


def cells(claim: Claim | None) -> list[str]:
    """Return the cells with records to draw, in their order."""
    if claim is None:
        return []
    return [cell.name for cell in claim.experiment.cells if records(claim, cell.name)]


def result(claim: Claim | None, cell: str, statistic: str) -> Result | None:
    """Return what came out for a statistic of a cell."""
    own = claim.results if claim else ()
    return next((r for r in own if r.cell == cell and r.statistic.name == statistic), None)


def each(found: Sequence[Record], arm: str, key: str) -> Array:
    """Return a curve of each seed, ``(seeds, points)``; what is no number is NaN."""
    return np.array([record.arms[arm][key] for record in found], np.float64)


def band(ax: Axes, x: Iterable[float], runs: Array, arm: str) -> None:
    """Draw the median over seeds, and their range."""
    colour, dashes, name = ARMS[arm]
    at = np.array(list(x), np.float64)
    ax.fill_between(at, runs.min(0), runs.max(0), color=colour, alpha=0.18, linewidth=0)
    ax.plot(at, np.median(runs, 0), dashes, color=colour, linewidth=1.7, label=name)


def curve(ax: Axes, found: Sequence[Record], arm: str, key: str = "acc") -> None:
    """Draw a curve over the steps."""
    band(ax, steps(found[0].arms[arm]), each(found, arm, key), arm)


def steps(arm: Measured) -> list[float]:
    """Return the steps at which was looked."""
    return list(arm["step"])


def level(ax: Axes, value: float, says: str) -> None:
    """Draw a level to be reached; what it is stands beside the panel, away from the curves."""
    ax.axhline(value, color="#888888", linewidth=0.7)
    place: dict[str, Any] = {
        "textcoords": "offset points",
        "va": "center",
        "annotation_clip": False,
    }
    at = ("axes fraction", "data")
    ax.annotate(says, (1, value), (2, 0), xycoords=at, fontsize=7, color="#555555", **place)


def logarithmic(ax: Axes) -> None:
    """Make the vertical axis logarithmic, and write its numbers out where they are few."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.set_yscale("log")
    low, high = ax.get_ylim()
    if high / low < 1e4:
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < 100 else (1.0,)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())


def finish(
    figure: Figure, title: str, axes: Sequence[Axes], found: Sequence[Record], told: str = ""
) -> None:
    """Add the title, and a legend below of all that has a name, once. told: what is drawn"""
    figure.suptitle(title, fontweight="bold")
    named = {
        label: handle
        for ax in axes
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    seeds = len({record.seed for record in found})
    # of one seed there is neither a median nor a range
    over = told or f"line: median of {seeds} seeds; band: their range"
    over = over if seeds > 1 else "one seed"
    # inches that an entry takes
    widest = max(0.075 * len(label) + 0.75 for label in named)
    figure.legend(
        named.values(),
        named.keys(),
        loc="outside lower center",
        ncols=max(1, min(4, len(named), int(figure.get_figwidth() / widest))),
        title=over,
        title_fontsize=8.5,
        frameon=False,
    )
