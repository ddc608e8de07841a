"""Accuracy over the training, arm by arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bncheck.lab.figures import canvas
from bncheck.lab.judging import Claim
from bncheck.lab.renderers import facts, numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def accuracy(found: canvas.Claims) -> Figure | None:
    """Figure 1a of Ioffe & Szegedy, in every cell of E01."""
    claim = found.get("E01")
    figure = _figure(claim, ("none", "bn"), "Test accuracy over training", 3)
    if figure is None or claim is None:
        return None
    for ax, cell in zip(figure.axes, canvas.cells(claim), strict=False):
        level = claim.experiment.cell(cell).settings["level"]
        canvas.level(ax, level, f"{level:g}")
        said = _faster(claim, cell)
        higher = canvas.result(found.get("E02"), cell, "final")
        end = numbers.number(higher.decision.mean, signed=True) if higher else ""
        ax.set_title(f"{cell}\n{said}\n{f'{end} points in the end' if end else ''}")
    return figure


def _faster(claim: Claim, cell: str) -> str:
    result = canvas.result(claim, cell, "steps")
    if result is None:
        return ""
    bound, _ = facts.censored(claim, result)
    factor = 2.0**result.decision.mean
    way = "fewer" if factor >= 1 else "more"
    return f"{bound} {max(factor, 1 / factor):.2g} times {way} steps to the level".strip()


def saturating(found: canvas.Claims) -> Figure | None:
    """E07: sigmoid nets of several depths."""
    return _ends(found.get("E07"), ("none", "bn"), "Deep sigmoid nets: test accuracy over training")


def noisy(found: canvas.Claims) -> Figure | None:
    """E11: noise after batch normalization, and without it."""
    arms = ("none", "noisy none", "bn", "noisy bn")
    claim = found.get("E11")
    figure = _figure(claim, arms, "Noise on what the nonlinearity gets: test accuracy", 2)
    for ax, cell in _panels(figure, claim):
        same, harm = (canvas.result(claim, cell, name) for name in ("noisy", "noise alone"))
        if same and harm:
            ways = [same.decision.mean, -harm.decision.mean]
            with_it, plain = (numbers.number(way, signed=True) for way in ways)
            said = f"{with_it} with it, {plain} without"
            ax.set_title(f"{cell}: what noise changes, mean points:\n{said}")
    return figure


def placement(found: canvas.Claims) -> Figure | None:
    """E16: before and after the activation."""
    title = "Batch normalization before or after the activation: test accuracy"
    return _ends(found.get("E16"), ("before", "after"), title, "before less after")


def regularises(found: canvas.Claims) -> Figure | None:
    """E17 and E18: few images, with dropout, and with statistics over groups."""
    arms = ("none", "none, dropout", "bn", "bn, dropout", "groups of 12")
    title = "1,000 training images"
    claim = found.get("E17")
    cells = canvas.cells(claim)
    if not cells:
        return None
    own = canvas.records(claim, cells[0])
    figure, axes = canvas.panels(1, 2, (5.0, 3.4))
    for arm in arms:
        canvas.curve(axes[0], own, arm)
        canvas.curve(axes[1], own, arm, "loss")
    result = canvas.result(claim, cells[0], "final")
    said = numbers.number(result.decision.mean, signed=True) if result else ""
    axes[0].set(xlabel="steps", ylabel="accuracy on test images", ylim=(0.7, None))
    axes[0].set_title(f"in the end {said} points with batch normalization")
    axes[1].set(xlabel="steps", ylabel="loss on test images, nats", ylim=(0.2, 1.2))
    axes[1].set_title("where it turns upwards, the net overfits")
    canvas.finish(figure, f"{title}: does it regularise?", axes, own)
    return figure


def wrong(found: canvas.Claims) -> Figure | None:
    """E19: each wrong backward pass beside the right one."""
    claim = found.get("E19")
    cells = canvas.cells(claim)
    if claim is None or not cells:
        return None
    names = [statistic.name for statistic in claim.experiment.statistics]
    figure, axes = canvas.panels(len(cells), len(names), (2.05, 2.2), sharex="row", sharey="row")
    shown = iter(axes)
    for row, cell in enumerate(cells):
        own = canvas.records(claim, cell)
        for name in names:
            ax, result = next(shown), canvas.result(claim, cell, name)
            runs = canvas.each(own, name, "acc")
            canvas.curve(ax, own, "right")
            canvas.band(ax, canvas.steps(own[0].arms[name]), runs, "wrong")
            said = numbers.number(-result.decision.mean, signed=True) if result else ""
            ax.set_title(f"{name}\n{said} points", fontsize=8)
            ax.set_ylim(0, 1)
            if row == len(cells) - 1:
                ax.set_xlabel("steps")
        axes[row * len(names)].set_ylabel(f"{cell}: test accuracy")
    title = (
        "Seven wrong backward passes: what training notices (accuracy in the end, against right)"
    )
    canvas.finish(figure, title, axes, own)
    return figure


def _ends(
    claim: Claim | None, arms: tuple[str, ...], title: str, what: str = "with less without"
) -> Figure | None:
    """Draw cells with the difference in the end in their titles."""
    figure = _figure(claim, arms, title, 3)
    for ax, cell in _panels(figure, claim):
        result = canvas.result(claim, cell, "final")
        if result is not None:
            end = numbers.number(result.decision.mean, signed=True)
            ax.set_title(f"{cell}: {end} points in the end\n({what})")
    return figure


def _panels(figure: Figure | None, claim: Claim | None) -> list[tuple[Axes, str]]:
    return list(zip(figure.axes, canvas.cells(claim), strict=False)) if figure else []


def _figure(claim: Claim | None, arms: tuple[str, ...], title: str, columns: int) -> Figure | None:
    """Draw test accuracy in a panel for each cell."""
    cells = canvas.cells(claim)
    if not cells:
        return None
    columns = min(columns, len(cells))
    rows = int(np.ceil(len(cells) / columns))
    figure, axes = canvas.panels(rows, columns, (3.9, 2.9))
    for ax, cell in zip(axes, cells, strict=False):
        own = canvas.records(claim, cell)
        for arm in arms:
            canvas.curve(ax, own, arm)
        ax.set(title=cell, xlabel="steps", ylabel="accuracy on test images", ylim=(0, 1))
    for ax in axes[len(cells) :]:
        ax.remove()
    canvas.finish(figure, title, axes[: len(cells)], own)
    return figure
