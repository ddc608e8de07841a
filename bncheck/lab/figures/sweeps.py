"""Accuracy after a short training against the rate, and against the scale of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bncheck.lab.experiments.e05_larger_rates import TRAINS, largest
from bncheck.lab.experiments.e06_initialisation import NEAR
from bncheck.lab.figures import canvas
from bncheck.lab.renderers import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bncheck.lab.model import Record

ARMS = ("none", "bn")


def rates(found: canvas.Claims) -> Figure | None:
    """E05: the largest rate that trains."""
    claim = found.get("E05")
    cells = canvas.cells(claim)
    if not cells:
        return None
    figure, axes = canvas.panels(1, len(cells), (4.0, 3.2), sharey=True)
    for ax, cell in zip(axes, cells, strict=True):
        own = canvas.records(claim, cell)
        _sweep(ax, own, "rates", TRAINS, f"trains:\n{TRAINS:g}")
        result = canvas.result(claim, cell, "largest")
        factor = numbers.times(result.decision.mean, "octaves") if result else ""
        ends = {arm: float(np.median([largest(r.arms[arm]) for r in own])) for arm in ARMS}
        ax.set_title(f"{cell}: {factor} the rate\n(up to {ends['none']:g}, with it {ends['bn']:g})")
        ticks = own[0].arms["none"]["rates"][::2]
        ax.set_xticks(ticks, [f"{t:g}" if t >= 1 else f"1/{1 / t:g}" for t in ticks])
        ax.set_xlabel("learning rate")
    axes[0].set_ylabel("accuracy on test images")
    canvas.finish(figure, "Accuracy after a short training, by learning rate", axes, own)
    return figure


def scales(found: canvas.Claims) -> Figure | None:
    """E06: the scales of the first weights that train."""
    claim = found.get("E06")
    cells = canvas.cells(claim)
    if not cells:
        return None
    figure, axes = canvas.panels(1, len(cells), (4.6, 3.2), sharey=True)
    for ax, cell in zip(axes, cells, strict=True):
        own = canvas.records(claim, cell)
        best = float(np.median([max(max(r.arms[arm]["acc"]) for arm in ARMS) for r in own]))
        _sweep(ax, own, "stds", NEAR * best, f"{100 * NEAR:.0f} %\nof best")
        result = canvas.result(claim, cell, "scales")
        more = numbers.number(result.decision.mean, signed=True) if result else ""
        ax.set_title(f"{cell}: {more} octaves of scales that train")
        ticks = own[0].arms["none"]["stds"][::2]
        ax.set_xticks(ticks, [f"{t:.2g}" for t in ticks])
        ax.set_xlabel("standard deviation of the first weights")
    axes[0].set_ylabel("accuracy on test images")
    title = "Accuracy after a short training, by the scale of the first weights"
    canvas.finish(figure, title, axes, own)
    return figure


def _sweep(ax: Axes, own: Sequence[Record], key: str, level: float, says: str) -> None:
    for arm in ARMS:
        canvas.band(ax, own[0].arms[arm][key], canvas.each(own, arm, "acc"), arm)
    ax.set_xscale("log", base=2)
    ax.minorticks_off()
    ax.set_ylim(0, 1)
    canvas.level(ax, level, says)
