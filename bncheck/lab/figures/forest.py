"""All statistics with a verdict in one figure: effects in units of their margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bncheck.lab.figures import canvas
from bncheck.lab.judging import Claim, Result
from bncheck.lab.renderers import facts, numbers
from bncheck.lab.statistics import FEWEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# verdict -> colour and sign, so that none is told by its colour alone
LOOKS = {
    "supported": ("#00694a", ">"),
    "opposite": ("#b3261e", "<"),
    "not supported": ("#5b5b5b", "D"),
    "undecided": ("#8a6500", "o"),
    "too few seeds": ("#8a6500", "x"),
    "holds": ("#00694a", ">"),
    "broken": ("#b3261e", "X"),
}
TICKS = (-300, -100, -30, -10, -3, -1, 0, 1, 3, 10, 30, 100, 300)
_ROW = 0.205


def draw(found: canvas.Claims) -> Figure | None:
    """Draw a row for each statistic with a verdict, below the title of its claim."""
    lines = list(_lines([claim for claim in found.values() if claim.results]))
    if not any(isinstance(line, Result) for _, line in lines):
        return None
    height = _ROW * len(lines) + 1.9
    figure, ax = canvas.placed((13.0, height), (0.28, 0.35, 1.15 / height, 1 - 0.45 / height))
    ax.axvspan(_at(-1), _at(1), color="#e8e8e8")
    ax.axvline(0, color="black", linewidth=0.6)
    for n, (claim, line) in enumerate(lines):
        if isinstance(line, Result):
            _row(ax, -n, claim, line)
        else:
            _title(ax, -n, claim)
    results = [line for _, line in lines if isinstance(line, Result)]
    reach = max([3.0, *(abs(v) for r in results for v in _ends(r) if np.isfinite(v))])
    ticks = [t for t in TICKS if abs(t) <= max(reach, 10)]
    ax.set_xticks([_at(t) for t in ticks], [f"{t:g}" for t in ticks])
    ax.set_yticks([])
    ax.set(xlim=(-_at(reach) * 1.04, _at(reach) * 1.04), ylim=(0.6 - len(lines), 1.2))
    ax.set_xlabel(
        "effect in units of the smallest that matters (grey: smaller); right is as claimed, "
        "but where things are claimed equal"
    )
    ax.spines["left"].set_visible(False)
    _legend(figure, ax, {r.verdict for r in results})
    figure.suptitle("What is said about batch normalization, and what was measured",
                    fontweight="bold")  # fmt: skip
    return figure


def _lines(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Result | None]]:
    """Yield the title of each claim, then its statistics with a verdict."""
    for claim in claims:
        own = [result for result in claim.results if result.verdict != "told"]
        if own:
            yield claim, None
            yield from ((claim, result) for result in own)


def _at(value: float) -> float:
    """Where an effect stands: evenly near 0, by its logarithm further out; 1 stays 1."""
    return float(np.sign(value) * np.log10(1 + 9 * abs(value)))


def _ends(result: Result) -> tuple[float, float, float]:
    found, margin = result.decision, result.statistic.margin
    if result.statistic.kind == "exact":
        return 0.0, 0.0, 0.0
    return found.low / margin, found.mean / margin, found.high / margin


def _title(ax: Axes, y: float, claim: Claim) -> None:
    colour = LOOKS.get(claim.word, ("#222222", ""))[0]
    place: dict[str, Any] = {
        "transform": ax.get_yaxis_transform(),
        "va": "center",
        "fontweight": "bold",
    }
    ax.text(-0.79, y, f"{claim.experiment.id} {claim.experiment.title}", fontsize=8.5, **place)
    ax.text(2.02, y, numbers.word(claim), fontsize=8.5, color=colour, ha="right", **place)


def _row(ax: Axes, y: float, claim: Claim, result: Result) -> None:
    colour, sign = LOOKS[result.verdict]
    place: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": 7.5}
    several = len({r.statistic.name for r in claim.results if r.verdict != "told"}) > 1
    name = f"{result.cell}: {result.statistic.name}" if several else result.cell
    claimed = " (claimed equal)" if result.statistic.kind == "equivalent" else ""
    ax.text(-0.77, y, name + claimed, **place)
    bound, _ = facts.censored(claim, result)
    if result.statistic.kind == "exact":
        said = f"exact: {numbers.effect(result)} of 1 that rounding explains"
    else:
        low, mean, high = map(_at, _ends(result))
        dashes = "-" if result.decision.n >= FEWEST else ":"
        ax.plot([low, high], [y, y], dashes, color=colour, linewidth=2)
        open_ = result.verdict == "undecided"
        ax.plot([mean], [y], sign, color=colour, markersize=5.5,
                markerfacecolor="white" if open_ else colour)  # fmt: skip
        told = (bound, numbers.effect(result), numbers.interval(result), result.statistic.unit)
        said = " ".join(filter(None, told))
    ax.text(1.03, y, said, **place)
    ax.text(2.02, y, result.verdict, color=colour, ha="right", **place)


def _legend(figure: Figure, ax: Axes, verdicts: set[str]) -> None:
    for verdict, (colour, sign) in LOOKS.items():
        if verdict in verdicts - {"holds", "broken"}:
            face = "white" if verdict == "undecided" else colour
            ax.plot([], [], sign, color=colour, markerfacecolor=face, label=verdict)
    handles, labels = ax.get_legend_handles_labels()
    title = f"line: {numbers.COVERS} interval; dotted: the range of fewer than {FEWEST} seeds"
    figure.legend(
        handles, labels, loc="lower center", ncols=5, frameon=False, title=title,
        title_fontsize=8.5,
    )  # fmt: skip
