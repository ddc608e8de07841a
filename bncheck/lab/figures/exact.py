"""Where a theorem says what comes out, or nearly: depth, growth, whitening, features."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np

from bncheck.lab.figures import canvas
from bncheck.lab.renderers import numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# units that are whitened: with so many samples and one more the covariance can be regular
UNITS = 100


def depth(found: canvas.Claims) -> Figure | None:
    """E08: squared norms of gradients against the last layer."""
    claim = found.get("E08")
    cells = canvas.cells(claim)
    if not cells:
        return None
    figure, axes = canvas.panels(1, len(cells), (3.1, 3.0))
    for ax, cell in zip(axes, cells, strict=True):
        own = canvas.records(claim, cell)
        for arm in ("none", "bn"):
            squares = canvas.each(own, arm, "squares")
            at = np.arange(1, squares.shape[1] + 1)
            canvas.band(ax, at, squares / squares[:, -1:], arm)
        if cell == "relu":
            ax.plot(at, (pi / (pi - 1)) ** (at[-1] - at), ":", color="black", linewidth=1.2,
                    label="pi/(pi - 1) a layer: Yang et al. 2019, wide nets")  # fmt: skip
        result = canvas.result(claim, cell, "factor")
        factor = numbers.number(result.decision.mean) if result else ""
        canvas.logarithmic(ax)
        ax.set(title=f"{cell}\nwith it: times {factor} a layer", xlabel="weight matrix")
    axes[0].set_ylabel("|gradient|², against the last")
    canvas.finish(figure, "Gradients of 20 layers before any training", axes, own)
    return figure


def growth(found: canvas.Claims) -> Figure | None:
    """E13: the squared norm of a weight matrix."""
    claim = found.get("E13")
    cells = canvas.cells(claim)
    if not cells:
        return None
    own = canvas.records(claim, cells[0])
    figure, axes = canvas.panels(1, 1, (6.2, 3.4))
    for arm in ("none", "bn", "bn with decay"):
        norms = canvas.each(own, arm, "norms")
        canvas.band(axes[0], 50 * np.arange(norms.shape[1]), norms / norms[:, :1], arm)
    result = canvas.result(claim, cells[0], "growth")
    factor = numbers.times(result.decision.mean, "octaves") if result else ""
    step = canvas.result(claim, cells[0], "step")
    held = {"holds": "every step is that of W05", "broken": "a step is NOT that of W05"}
    said = held.get(step.verdict, "") if step else ""
    axes[0].set_title(f"without it, they grow {factor} as much; with it, {said}")
    axes[0].set(xlabel="steps", ylabel="squared norm, against its start")
    canvas.finish(figure, "Growth of the second weight matrix", axes, own)
    return figure


def whitening(found: canvas.Claims) -> Figure | None:
    """E14: ranks, and how far apart whitened samples are, by the size of the batch."""
    claim = found.get("E14")
    cells = canvas.cells(claim)
    if not cells:
        return None
    cell = cells[-1]
    own = canvas.records(claim, cell)
    figure, axes = canvas.panels(1, 2, (4.8, 3.4))
    sizes = np.array(own[0].arms["bn"]["sizes"], np.float64)
    ranks, spread = (canvas.each(own, "bn", key) for key in ("rank", "spread"))
    axes[0].plot(sizes, np.median(ranks, 0), "o", color="#0060a8", label="measured")
    at = np.geomspace(sizes[0], sizes[-1], 200)
    limit = np.minimum(at - 1, UNITS)
    axes[0].plot(at, limit, "-", color="black", linewidth=0.9, label="min(m - 1, 100)")
    axes[0].set(ylabel="rank of the covariance", title="the covariance is singular up to m = 100")
    axes[1].plot(sizes, np.median(spread, 0), "o-", color="#0060a8", linewidth=1)
    axes[1].set(
        ylabel="relative spread of squared distances",
        title="up to m = 101 all whitened samples are equally far apart:\nnothing is left of them",
    )
    for ax in axes:
        ax.set_xscale("log")
        ax.set_xlabel("samples in the batch, m")
        ax.axvline(UNITS + 1, color="#888888", linewidth=0.7)
        place: dict[str, Any] = {
            "transform": ax.get_xaxis_transform(),
            "va": "bottom",
            "ha": "right",
            "rotation": 90,
        }
        ax.text(UNITS, 0.04, "m = 101", fontsize=7.5, color="#555555", **place)
    title = f"Joint whitening of 100 activations ({cell})"
    canvas.finish(figure, title, axes, own, "medians over seeds")
    return figure


def features(found: canvas.Claims) -> Figure | None:
    """E15: steps of gradient descent on least squares."""
    claim = found.get("E15")
    cells = canvas.cells(claim)
    if not cells:
        return None
    figure, axes = canvas.panels(1, 1, (7.0, 3.4))
    bars = {"raw": "#c04f00", "centred": "#e0b080", "standardised": "#0060a8"}
    hatches = {"raw": "//", "centred": "..", "standardised": ""}
    for n, (arm, colour) in enumerate(bars.items()):
        own = [canvas.records(claim, cell) for cell in cells]
        steps = [float(np.median([r.arms[arm]["steps"] for r in each])) for each in own]
        places = np.arange(len(cells)) + 0.28 * (n - 1)
        drawn = axes[0].bar(places, steps, 0.26, color=colour, hatch=hatches[arm],
                            edgecolor="white", label=arm)  # fmt: skip
        told = [f"{s:,.0f}" if s < 1e5 else f"{s:.0e}".replace("e+0", "e") for s in steps]
        axes[0].bar_label(drawn, told, fontsize=7.5)
    axes[0].set_yscale("log")
    axes[0].set_xticks(range(len(cells)), cells)
    axes[0].set(ylabel="steps to 1 % of the excess loss", xlabel="data")
    title = "Gradient descent on least squares, by how features are prepared"
    canvas.finish(figure, title, axes, [r for each in own for r in each], "median over seeds")
    return figure
