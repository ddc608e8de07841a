"""The statistics that verdicts are about: one for each claim and cell, all of them here.

Holm's correction is over those of this list that were measured. With 12 seeds the smallest p is
``2 / 2^12``, so that 51 statistics can be significant at the 0.025 of one look, and no more; what
is not in the list is told beside, with its interval, and has no verdict.
"""

from __future__ import annotations

from bncheck.lab.model import Experiment, Statistic

# experiment: statistic, cells
PRIMARY: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "E01": (("steps", ("digits", "rate 0.5", "small weights", "both tuned", "60,000 images")),),
    "E02": (("final", ("rate 0.5", "both tuned", "4,000 of many images", "60,000 images")),),
    "E03": (("movement", ("rate 0.5", "both tuned")),),
    "E04": (("matrix 2", ("sigmoid", "relu")),),
    "E05": (("largest", ("sigmoid", "relu")),),
    "E06": (("scales", ("sigmoid", "relu")),),
    "E07": (("final", ("3 layers", "6 layers")),),
    "E08": (("nearer", ("sigmoid", "relu", "tanh")),),
    "E09": (("beta", ("sigmoid", "relu")),),
    "E10": (("beta", ("sigmoid", "relu")),),
    "E11": (("noisy", ("sigmoid", "relu")), ("noise alone", ("sigmoid", "relu"))),
    "E13": (("growth", ("sigmoid",)),),
    "E15": (("standardised", ("wine", "breast-cancer", "digits")),),
    "E16": (("final", ("sigmoid", "relu")),),
    "E17": (("final", ("1,000 images",)), ("noise alone", ("1,000 images",))),
    "E18": (("interaction", ("1,000 images",)),),
    "E19": (
        ("statistics-as-constants", ("relu",)),
        ("missing-mean-term", ("relu",)),
        ("missing-variance-term", ("relu",)),
        ("variance-term-sign", ("relu",)),
        ("missing-gamma", ("relu",)),
        ("bessel-in-backward", ("relu",)),
        ("dgamma-averaged", ("relu",)),
    ),
}
# claims that are made beside the one that the experiment is called by: they have verdicts of
# their own, and its word is not about them
ASIDE = {("E11", "noise alone"), ("E17", "noise alone")}
SIZE = sum(len(cells) for entries in PRIMARY.values() for _, cells in entries)


def is_primary(experiment: Experiment, statistic: Statistic, cell: str) -> bool:
    """Whether a statistic of a cell has a verdict that is corrected for all of them.

    Exact ones have a verdict, too, but no chance is in it.
    """
    return any(
        statistic.name == name and cell in cells for name, cells in PRIMARY.get(experiment.id, ())
    )
