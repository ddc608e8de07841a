"""From x to the deviations and to the variance, by every way that people take.

Each stage is used exactly, as it is printed, or with some digits kept that nobody sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.keeping import Keep
from bncheck.symbolic.claims.tables.printed import MODES
from bncheck.symbolic.claims.tables.rules import APART, EXACT, ONE_PASS, PRINTED, SAME, Choice

Modes = Mapping[str, frozenset[str]]
"""By printed column, whether it is right rounded, cut, or both; never neither."""


@dataclass(frozen=True)
class Hidden:
    """Digits that are kept of some stages, and that nobody sees."""

    keep: Keep | None = None
    stages: frozenset[str] = frozenset()

    @property
    def cost(self) -> int:
        """What such a rule costs at least: see `Rule.cost`."""
        return 6 + len(self.stages) if self.stages else 0

    def choices(self, table: Table, name: str) -> tuple[Choice, ...]:
        """Return how a stage may be used."""
        if self.keep is not None and name in self.stages:
            return (self.keep,)
        return (EXACT, PRINTED) if table[name] else (EXACT,)


NONE = Hidden()


@dataclass(frozen=True)
class Deviations:
    """x - mu as xhat is computed from."""

    mean: Fraction
    values: tuple[Fraction, ...]
    kept: tuple[tuple[str, Choice], ...]
    modes: Modes

    @property
    def key(self) -> object:
        """What the values depend on."""
        return self.mean, next((choice for name, choice in self.kept if name == "xmu"), EXACT)


@dataclass(frozen=True)
class Spread:
    """The variance as the standard deviation is computed from."""

    var: Fraction
    kept: tuple[tuple[str, Choice], ...]
    modes: Modes
    bessel: bool
    source: str


def deviations(table: Table, hidden: Hidden = NONE) -> Iterator[Deviations]:
    """Yield the deviations from the mean."""
    for mu in hidden.choices(table, "mu"):
        (mean,) = _used(table, "mu", mu, [table.mean])
        of_mean = _modes(table, "mu", mu, [table.mean])
        if of_mean is None:
            continue
        for xmu in hidden.choices(table, "xmu"):
            exact = _from_mean(table, mean)
            modes = _modes(table, "xmu", xmu, exact)
            if modes is not None:
                values = exact if xmu == EXACT else tuple(_used(table, "xmu", xmu, exact))
                yield Deviations(mean, values, _kept(mu=mu, xmu=xmu), {**of_mean, **modes})


def _from_mean(table: Table, mean: Fraction) -> tuple[Fraction, ...]:
    if mean not in table.memo:
        table.memo[mean] = tuple(v - mean for v in table.x)
    values: tuple[Fraction, ...] = table.memo[mean]
    return values


def spreads(table: Table, start: Deviations, hidden: Hidden = NONE) -> Iterator[Spread]:
    """Yield the variances that go with deviations: of these, or of what is exact."""
    exact = _squares(table, start)
    for xmu2 in hidden.choices(table, "xmu2"):
        modes = _modes(table, "xmu2", xmu2, exact)
        if modes is None:
            continue
        total = sum(_used(table, "xmu2", xmu2, exact), Fraction(0))
        sums = [(total, SAME)]
        if start.kept and xmu2 == EXACT:
            sums.append((table.squares, APART))
            sums.append((table.squares + table.m * (table.mean**2 - start.mean**2), ONE_PASS))
        for total, source in sums:
            for bessel in (False, True):
                if table.m > bessel and total >= 0:
                    raw = Spread(
                        total / (table.m - bessel), _kept(xmu2=xmu2), modes, bessel, source
                    )
                    yield from _printed(table, hidden, raw)


def _squares(table: Table, start: Deviations) -> tuple[Fraction, ...]:
    key = "squares", start.key
    if key not in table.memo:
        table.memo[key] = tuple(v * v for v in start.values)
    values: tuple[Fraction, ...] = table.memo[key]
    return values


def _printed(table: Table, hidden: Hidden, raw: Spread) -> Iterator[Spread]:
    """Yield the variance as it is used, where it is printed right."""
    for choice in hidden.choices(table, "var"):
        (var,) = _used(table, "var", choice, [raw.var])
        modes = _modes(table, "var", choice, [raw.var])
        if modes is not None and var >= 0:
            kept = raw.kept + _kept(var=choice)
            yield replace(raw, var=var, kept=kept, modes={**raw.modes, **modes})


def _used(table: Table, name: str, choice: Choice, values: Sequence[Fraction]) -> list[Fraction]:
    """Return what the next stage uses of these values."""
    if isinstance(choice, Keep):
        return [choice(v) for v in values]
    return [cell.value for cell in table[name]] if choice == PRINTED else list(values)


def _modes(table: Table, name: str, choice: Choice, raw: Sequence[Fraction]) -> Modes | None:
    """Return how a column is right, if it is: printed from what is computed, or what is kept."""
    if not table[name]:
        return {}
    sources = [raw, [choice(v) for v in raw]] if isinstance(choice, Keep) else [raw]
    found = {
        mode
        for mode in MODES
        for values in sources
        if all(v in span for v, span in zip(values, table.spans[name, mode], strict=True))
    }
    return {name: frozenset(found)} if found else None


def _kept(**choices: Choice) -> tuple[tuple[str, Choice], ...]:
    return tuple((name, choice) for name, choice in choices.items() if choice != EXACT)
