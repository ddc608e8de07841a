"""Figures of what was measured, through matplotlib, which is optional.

Each is made from records alone, and only where there are some; one is read without its caption:
titles say what came out, arms differ in more than their colours, and legends stand outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bncheck.errors import UsageError
from bncheck.lab.figures import canvas, curves, exact, forest, landscape, percentiles, sweeps
from bncheck.lab.judging import Claim, by_claim

# name of the file, and what draws it
FIGURES = (
    ("forest", forest.draw),
    ("e01-accuracy", curves.accuracy),
    ("e03-percentiles", percentiles.draw),
    ("e05-rates", sweeps.rates),
    ("e06-scales", sweeps.scales),
    ("e07-saturating", curves.saturating),
    ("e08-gradients-by-depth", exact.depth),
    ("e09-landscape", landscape.draw),
    ("e11-noisy", curves.noisy),
    ("e13-growth", exact.growth),
    ("e14-whitening", exact.whitening),
    ("e15-features", exact.features),
    ("e16-placement", curves.placement),
    ("e17-regularises", curves.regularises),
    ("e19-wrong-backward-passes", curves.wrong),
)


def draw(
    claims: Sequence[Claim], folder: Path, formats: Sequence[str] = ("png", "svg")
) -> list[Path]:
    """Draw what there are records for into a folder, and return the files.

    Raises UsageError where matplotlib is missing, or the folder cannot be written. The bytes of
    SVG are the same whenever the records and the version of matplotlib are.
    """
    try:
        return list(_drawn(claims, folder, formats))
    except OSError as error:
        raise UsageError(f"{folder}: figures cannot be written there: {error.strerror}") from None


def _drawn(claims: Sequence[Claim], folder: Path, formats: Sequence[str]) -> Iterator[Path]:
    with canvas.style():
        folder.mkdir(parents=True, exist_ok=True)
        found = by_claim(claims)
        for name, drawn in FIGURES:
            figure = drawn(found)
            if figure is None:
                continue
            for kind in formats:
                path = folder / f"{name}.{kind}"
                canvas.save(figure, path)
                yield path
