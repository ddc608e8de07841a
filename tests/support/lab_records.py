"""Records of the lab with made-up numbers: several verdicts, stale ones, missing ones."""

from bncheck.lab import catalogue, judging
from bncheck.lab.model import Record


def record(name, cell, seed, effects, arms=None, digest=None):
    made = digest or catalogue.definition(catalogue.BY_ID[name])
    return Record(name, made, cell, seed, "", 1.5, effects, arms or {})


def curve(ends, steps=(0, 100, 200)):
    return {
        "step": list(steps),
        "acc": [0.1, ends / 2, ends],
        "percentiles": [[-1.0, 0.0, 1.0]] * 3,
        "movement": 0.1,
    }


def records():
    """Supported and censored; depends; missing; too few seeds; exact and broken; stale."""
    made = []
    for n in range(12):
        off = n / 100
        arms = {"none": curve(0.7 + off), "bn": curve(0.9 + off)}
        for name in ("digits", "rate 0.5"):
            made.append(record("E01", name, 100 + n, {"steps": 2.5 + off}, arms))
        made.append(record("E16", "relu", 100 + n, {"final": off, "steps": off}))
        made.append(record("E16", "sigmoid", 100 + n, {"final": off - 3, "steps": off}))
        lost = {"final": float("nan") if n == 3 else 4.0 + off}
        made.append(record("E02", "rate 0.5", 100 + n, lost))
    for n in range(2):
        made.append(record("E05", "relu", 100 + n, {"largest": 2.0 + n}))
        made.append(
            record("E12", "digits", n, {"gradients": 0.0, "training": 4.0, "fixed eps": 1e-5})
        )
    made.append(record("E12", "mnist", 0, {"gradients": 0.0}, digest="0" * 16))
    return made


def claims():
    names = ("E01", "E02", "E05", "E12", "E16", "E19")
    return judging.judged([catalogue.BY_ID[name] for name in names], records())
