"""Examining a black box: the probes in turn, and what they tell together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.fingerprint import averaging, normalisation, profiles, stability, summation, variance
from bncheck.fingerprint.bench import Bench
from bncheck.fingerprint.nouns import Fingerprint, Stability, Trait
from bncheck.fingerprint.stability import Sweep
from bncheck.fingerprint.worst import searched
from bncheck.model import Convention, Implementation
from bncheck.trial.trial import Guard, Inapplicable

# conventions that recognition tells, in the order in which they are reported
_OBSERVED = {
    "momentum_weighs": "two training steps on small batches",
    "running_var": "two training steps on small batches",
    "debiased": "two training steps on small batches",
    "one_value": "a training step with one value per channel",
    "empty_batch": "a training step with no samples",
}


@dataclass
class _Notebook:
    """What is known so far."""

    traits: list[Trait] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def read(self, what: str, traits: Callable[[], Iterable[Trait]]) -> None:
        """Write down traits; a target that raises has told something, too."""
        try:
            self.traits.extend(traits())
        except TargetRaised as error:
            raised = f"{error.where} raised {error.kind}: {error.message[:200]}"
            self.notes.append(f"{what} could not be looked at: {raised}")
        except Inapplicable:
            self.notes.append(f"{what} could not be looked at: the target has no such ability")

    def value(self, name: str) -> str:
        return next((t.value for t in self.traits if t.name == name), "")


def examine(
    implementation: Implementation,
    convention: Convention,
    guard: Guard,
    dtype: str,
    observed: Mapping[str, Any],
    *,
    search: bool = True,
) -> Fingerprint:
    """Tell conventions and numerics of an implementation.

    convention: its promises, completed by what was recognised; observed: what recognition says
    search: also look for the worst inputs, which takes some hundred calls more
    """
    bench = Bench(implementation, convention, guard, dtype, [0])
    book = _Notebook()
    book.read("the denominator", lambda: normalisation.training(bench))
    if {"eval", "state_before_step"} <= implementation.abilities:
        book.read("inference", lambda: normalisation.inference(bench))
    book.traits.extend(_conventions(observed))
    weight = _weight(bench, book)
    if weight:
        book.read("the sums", lambda: summation.traits(bench, weight))
    readable = observed.get("running_var") in ("biased", "unbiased")
    sweeps = _sweeps(bench, book, weight if readable else 0.0)
    calls = bench.calls[0]
    worst: tuple[Mapping[str, Any], ...] = ()
    if sweeps is not None and search:
        worst = _worst(bench, book, weight if readable else 0.0, tuple(sweeps[0].errors))
    return Fingerprint(
        target=implementation.name,
        dtype=dtype,
        calls=calls,
        traits=tuple(book.traits),
        profiles=tuple(profiles.matching(observed, {t.name: t for t in book.traits})),
        stability=None if sweeps is None else _stability(bench, *sweeps, worst),
        notes=tuple(book.notes),
    )


def _sweeps(bench: Bench, book: _Notebook, weight: float) -> tuple[Sweep, Sweep] | None:
    """Measure how errors grow, and write down which variance algorithm that shows."""
    found: list[tuple[Sweep, Sweep]] = []

    def look() -> Iterator[Trait]:
        sweep = stability.against_mean(bench, weight)
        yield from _variance(bench, sweep, book.value("sums_in"))
        found.append((sweep, stability.against_eps(bench, weight)))

    book.read("the growth of errors", look)
    return found[0] if found else None


def _worst(
    bench: Bench, book: _Notebook, weight: float, outputs: tuple[str, ...]
) -> tuple[Mapping[str, Any], ...]:
    found: list[Mapping[str, Any]] = []

    def look() -> Iterator[Trait]:
        found.extend(searched(bench, weight, outputs))
        return iter(())

    book.read("the worst inputs", look)
    return tuple(found)


def _conventions(observed: Mapping[str, Any]) -> Iterator[Trait]:
    for name, because in _OBSERVED.items():
        if name not in observed:
            continue
        told = str(observed[name])
        if told.startswith("ambiguous"):
            names = told.removeprefix("ambiguous (").removesuffix(")").split(" or ")
            yield Trait(name, names[0], because, tuple(names[1:]))
        else:
            yield Trait(name, "" if told == "unrecognised" else told, because)


def _weight(bench: Bench, book: _Notebook) -> float:
    """Find out with which weight the batch's statistics go into the running ones; 0: unknown."""
    found: list[float] = []

    def look() -> Iterator[Trait]:
        yield from averaging.traits(bench)
        found.append(averaging.weight(bench, bench.weighing_one()) or 0.0)

    if "running" in bench.implementation.abilities:
        book.read("the averages", look)
    return found[0] if found else 0.0


def _variance(bench: Bench, sweep: Sweep, summed: str) -> Iterator[Trait]:
    errors = sweep.errors.get("variance")
    if errors is None:
        text = "the running variance cannot be read, and y hides the variance behind the mean"
        yield Trait("variance_algorithm", "", text)
        return
    kept = bench.algorithms.parameters
    yield from variance.traits(np.asarray(sweep.at), errors, kept, summed=summed)


def _stability(
    bench: Bench, sweep: Sweep, ratios: Sweep, worst: tuple[Mapping[str, Any], ...]
) -> Stability:
    unit = bench.storage.unit_roundoff
    curves = (
        *stability.curves(sweep, "mean/std", unit),
        *stability.curves(ratios, "var/eps", unit),
    )
    return Stability(bench.dtype, unit, curves, stability.keeps(sweep), worst)
