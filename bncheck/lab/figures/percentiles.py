"""Figure 1b and c of Ioffe & Szegedy: what one nonlinearity gets, over the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bncheck.lab.figures import canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the first of these that was run
_CELLS = ("rate 0.5", "digits")


def draw(found: canvas.Claims) -> Figure | None:
    """Draw three percentiles of one unit, both arms on the same axes, of one seed."""
    claim = found.get("E01")
    cell = next((name for name in _CELLS if name in canvas.cells(claim)), None)
    if cell is None:
        return None
    own = canvas.records(claim, cell)
    figure, axes = canvas.panels(1, 2, (4.6, 3.4), sharey=True)
    for ax, arm in zip(axes, ("none", "bn"), strict=True):
        colour, _, name = canvas.ARMS[arm]
        at = canvas.steps(own[0].arms[arm])
        low, middle, high = np.array(own[0].arms[arm]["percentiles"], np.float64).T
        ax.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0)
        for values, dashes, says in (
            (low, ":", "15 %"),
            (middle, "-", "50 %"),
            (high, ":", "85 %"),
        ):
            ax.plot(at, values, dashes, color=colour, linewidth=1.6)
            ax.annotate(says, (at[-1], values[-1]), (4, 0), textcoords="offset points",
                        va="center", color=colour, fontsize=8.5)  # fmt: skip
        moved = np.mean([record.arms[arm]["movement"] for record in own])
        ax.set_title(f"{name}:\nfrom look to look it moves by {moved:.2g} of its width")
        ax.set(xlabel="steps", xlim=(at[0], at[-1] * 1.13))
    axes[0].set_ylabel("input of one sigmoid of the last layer")
    figure.suptitle(
        f"15th, 50th and 85th percentile over test images ({cell}, seed {own[0].seed})",
        fontweight="bold",
    )
    return figure
