"""Looks for the simplest rule that gives every printed digit of a table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from bncheck.symbolic.claims.tables.columns import PRINTED as COLUMNS
from bncheck.symbolic.claims.tables.columns import Table
from bncheck.symbolic.claims.tables.divisors import Divisors, divisors
from bncheck.symbolic.claims.tables.keeping import DECIMALS, HALF_EVEN, SIGNIFICANT, Keep
from bncheck.symbolic.claims.tables.printed import CUT, MODES, ROUNDED
from bncheck.symbolic.claims.tables.rules import EXACT, PRINTED, USUAL, Choice, Rule
from bncheck.symbolic.claims.tables.spans import NOTHING, POSSIBLE, Span
from bncheck.symbolic.claims.tables.ways import (
    NONE,
    Deviations,
    Hidden,
    Modes,
    Spread,
    deviations,
    spreads,
)

ALONE = ("mu",), ("var",), ("std",), ("inv",), ("xhat",)
TOGETHER = (
    ("mu", "var"),
    ("mu", "std"),
    ("var", "std"),
    ("mu", "inv"),
    ("mu", "var", "std"),
    ("mu", "var", "inv"),
    ("mu", "xmu", "xmu2", "var", "std"),
    ("mu", "xmu", "xmu2", "var", "std", "xhat"),
)
"""Stages at which people keep some digits: one, two or three numbers, or all that they write.

inv is 1 / std, by which some multiply.
"""
MOST_DECIMALS = 10
SIGNIFICANT_DIGITS = range(2, 7)


def simplest(table: Table) -> Rule | None:
    """Return the simplest rule that gives every printed digit; none where there is none."""
    best: Rule | None = None
    seen: set[object] = set()
    for hidden in _hidden(table):
        if best is not None and best.cost <= (True, hidden.cost):
            break
        for rule in rules(table, hidden, best, seen):
            if best is None or rule.cost < best.cost:
                best = rule
    return best


def _hidden(table: Table) -> Iterator[Hidden]:
    """Yield what digits nobody sees, the fewest stages first: as many as are printed, or two more.

    Stages that are printed are used as they are printed, or exactly.
    """
    yield NONE
    most = max(cell.decimals for name in COLUMNS for cell in table[name])
    kinds = [(DECIMALS, n) for n in range(1, min(most + 2, MOST_DECIMALS) + 1)]
    kinds += [(SIGNIFICANT, n) for n in SIGNIFICANT_DIGITS]
    for stages in (*ALONE, *TOGETHER):
        for kind, digits in kinds:
            for mode in (ROUNDED, CUT, HALF_EVEN):
                yield Hidden(Keep(digits, kind, mode), frozenset(stages))


def rules(
    table: Table,
    hidden: Hidden = NONE,
    best: Rule | None = None,
    seen: set[object] | None = None,
) -> Iterator[Rule]:
    """Yield the rules that give every printed digit, and may be simpler than the best so far.

    seen: what was tried before; what comes to the same numbers by another way is not tried again
    """
    tried: set[object] = set() if seen is None else seen
    late = hidden.keep if hidden.stages & {"std", "inv", "xhat"} else None
    for start in deviations(table, hidden):
        key = start.key, hidden.keep if "xhat" in hidden.stages else None
        if key not in table.memo:
            table.memo[key] = list(divisors(table, start.values, hidden))
        for spread in spreads(table, start, hidden) if table.memo[key] else ():
            modes = tuple({**start.modes, **spread.modes}.items())
            numbers = key, spread.var, modes, late, hidden.stages & {"std", "inv"}
            least = (hidden.cost > 0, hidden.cost + 4 * spread.bessel)
            if numbers not in tried and (best is None or least < best.cost):
                yield from _roots(table, hidden, start, spread, table.memo[key])
            tried.add(numbers)


def _roots(
    table: Table, hidden: Hidden, start: Deviations, spread: Spread, ends: list[Divisors]
) -> Iterator[Rule]:
    """Yield the rules that end with a root: exact, as printed, or with some digits kept."""
    stage = "inv" if "inv" in hidden.stages else "std"
    for choice in hidden.choices(table, stage):
        roots = _kept_roots(table, spread.var, choice, stage)
        for end, mode in product(ends, MODES if table["std"] else ("",)):
            if choice == PRINTED and table["std"][0].value not in end.span:
                continue
            for bare in (False, True) if mode else (False,):
                root = end.span if choice == EXACT else POSSIBLE
                fits = _fitting(table, spread.var, root, mode, bare)
                right = [e for e, kept in roots.items() if kept in end.span and e in fits]
                eps, span = _first(right) if isinstance(choice, Keep) else _usual(table, fits)
                if span is None or (hidden.stages and eps is None and span.low != 0):
                    continue  # any eps at all, and hidden digits too, would explain too much
                modes = {**start.modes, **spread.modes, **end.modes}
                modes |= {"std": frozenset({mode})} if mode else {}
                kept = {**dict(start.kept + spread.kept), stage: choice, "xhat": end.choice}
                yield _rule(table, kept, modes, spread, eps, span, bare)


def _kept_roots(
    table: Table, var: Fraction, choice: Choice, stage: str
) -> dict[Fraction, Fraction]:
    """Return the eps to be tried, and the root that is kept; those alike are tried once."""
    if not isinstance(choice, Keep):
        return {}
    candidates = USUAL if table.eps is None else (table.eps,)
    squares = [(eps, var + eps) for eps in reversed(candidates) if var + eps > 0]
    if stage == "inv":
        found = {choice.of_root(1 / square): eps for eps, square in squares}
        return {eps: 1 / inverse for inverse, eps in found.items() if inverse > 0}
    found = {choice.of_root(square): eps for eps, square in squares}
    return {eps: root for root, eps in found.items() if root > 0}


def _rule(
    table: Table,
    kept: dict[str, Choice],
    modes: Modes,
    spread: Spread,
    eps: Fraction | None,
    span: Span,
    bare: bool,
) -> Rule:
    cut = [name for name, found in modes.items() if ROUNDED not in found]
    all_cut = bool(cut) and all(CUT in found for found in modes.values())
    return Rule(
        tuple((name, choice) for name, choice in kept.items() if choice != EXACT),
        spread.bessel,
        spread.source,
        bare,
        eps,
        span if table.eps is None else None,
        tuple(modes) if all_cut else tuple(cut),
        all_cut,
    )


def _fitting(table: Table, var: Fraction, roots: Span, mode: str, bare: bool) -> Span:
    """Return the eps >= 0 with sqrt(var + eps) among the roots, and as the table prints it."""
    if mode:
        (cell,) = table.spans["std", mode]
        if bare and not cell.has_root(var):
            return NOTHING
        roots = roots if bare else roots.meet(cell)
    positive = Span(Fraction(0), None, low_open=var == 0)
    return roots.squares().solved(Fraction(1), var).meet(positive)


def _first(found: list[Fraction]) -> tuple[Fraction | None, Span | None]:
    """Return the plainest eps by which the root that is kept fits; none where none does."""
    return (found[0], Span(found[0], found[0])) if found else (None, None)


def _usual(table: Table, fits: Span) -> tuple[Fraction | None, Span | None]:
    """Return an eps that is given or usual, and all that fit; none where none does."""
    if fits.empty or (table.eps is not None and table.eps not in fits):
        return None, None
    usual = table.eps
    if usual is None:
        usual = next((eps for eps in USUAL if eps in fits), None)
    # an eps that nobody uses counts only with others near it: one alone makes ties of what is none
    alone = usual is None and fits.low == fits.high
    return usual, None if alone else fits
