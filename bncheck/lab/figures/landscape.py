"""Figure 4 of Santurkar et al.: the landscape along the gradient, over the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bncheck.lab.figures import canvas
from bncheck.lab.renderers import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bncheck.lab.model import Record

ARMS = ("none", "bn", "same function")
# key of a record: what its panel is called
PANELS = {
    "range": "loss along the gradient",
    "change": "largest change of the gradient",
    "beta": "change over distance (effective beta)",
}


def draw(found: canvas.Claims) -> Figure | None:
    """Draw the band of losses, the change of the gradient, and effective beta."""
    claim = found.get("E09")
    cells = canvas.cells(claim)
    if not cells:
        return None
    figure, axes = canvas.panels(len(cells), len(PANELS), (5.2, 2.9))
    shown = iter(axes)
    for cell in cells:
        own = canvas.records(claim, cell)
        for key, says in PANELS.items():
            ax = next(shown)
            _bands(ax, own) if key == "range" else _curves(ax, own, key)
            title = f"{cell}: {says}\n"
            path = _smoother(found, "E09", cell, key)
            same = _smoother(found, "E10", cell, key)
            ax.set_title(f"{title}{path} on its own path, {same} at the same function")
            ax.set_xlabel("steps")
    names = ("loss, lowest to highest", "norm", "norm over distance")
    for n, ax in enumerate(axes):
        ax.set_ylabel(names[n % len(PANELS)])
    title = "How much smoother it is along the gradient, in steps of 1/2 to 4 times the rate"
    canvas.finish(figure, title, axes, own)
    return figure


def _smoother(found: canvas.Claims, claim: str, cell: str, key: str) -> str:
    result = canvas.result(found.get(claim), cell, key)
    if result is None:
        return "not run"
    way = "smaller" if result.decision.mean >= 0 else "larger"
    return f"{numbers.times(abs(result.decision.mean), 'decades')} {way}"


def _bands(ax: Axes, own: Sequence[Record]) -> None:
    """Fill between the medians of the lowest and of the highest loss."""
    for arm in ARMS:
        colour, dashes, name = canvas.ARMS[arm]
        at = canvas.steps(own[0].arms[arm])
        low, high = (np.median(canvas.each(own, arm, key), 0) for key in ("low", "high"))
        ax.fill_between(at, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(at, low, dashes, color=colour, linewidth=1.1, label=name)
        ax.plot(at, high, dashes, color=colour, linewidth=1.1)


def _curves(ax: Axes, own: Sequence[Record], key: str) -> None:
    for arm in ARMS:
        canvas.curve(ax, own, arm, key)
    canvas.logarithmic(ax)
