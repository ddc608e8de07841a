"""``bncheck compare A B``: two implementations on the same cases, their conventions mapped.

Each is held against its own truth: the running statistics that its convention prescribes, at the
eps and momentum that it was given. What is left are errors, and the errors of two right
implementations differ by at most both bounds together. So two agree where
``|(a - A) - (b - B)| <= e_a + e_b`` for answers a, b and truths A, B; where the truths are the
same number, this is ``|a - b| <= e_a + e_b``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bncheck.cases import Recipe
from bncheck.engine import opening, scope, together, weighed
from bncheck.engine.compared import Agreement, Compared, Side, Unanswered
from bncheck.engine.held import Held, flat, hold
from bncheck.engine.options import Options
from bncheck.engine.pool import Pool
from bncheck.errors import UsageError
from bncheck.model import Convention, Domain, Implementation
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array
from bncheck.truth.conventions import merged

OUTPUTS = (
    *("y", "dx", "dgamma", "dbeta", "running mean", "running variance"),
    *("inference y", "inference dx", "inference dgamma", "inference dbeta"),
)


# so many calls that end a process are enough
_ENOUGH_LOST = 3


@dataclass(frozen=True)
class _Opened:
    """One target, opened and looked at."""

    name: str
    pool: Pool
    seen: opening.Look
    domain: Domain
    convention: Convention
    abilities: frozenset[str]
    dtypes: tuple[tuple[str, str], ...]
    defaults: Mapping[str, float]


def compare(
    a: str | Path | Implementation,
    b: str | Path | Implementation,
    options: Options | None = None,
) -> Compared:
    """Run two targets on the same cases and say where they differ.

    Raises UsageError, TargetError or NotSupported where one of them cannot be taken, and
    UsageError where no dtype or rank is common to both.
    """
    a, options = opening.asked(a, options)
    b, options = opening.asked(b, options)
    notes: list[str] = []
    first = _opened(a, options, notes)
    try:
        second = _opened(b, options, notes)
        try:
            found, unanswered = _compared(first, second, notes, options.seed)
        finally:
            second.pool.close()
    finally:
        first.pool.close()
    for side in (first, second):
        notes += [f"{side.name}: {told}" for told in side.pool.remarks.told()]
        alone = [d for d, _ in side.dtypes if d not in {f.dtype for f in found.values()}]
        notes += scope.alone(side.name, alone)
        notes += scope.writing(side.name, writes=side.seen.writes)
    one, other = (side.pool.first.loaded["weights"] for side in (first, second))
    notes += weighed.told(one, other)
    agreements = tuple(found.values())
    notes += scope.off(agreements, first.name, second.name)
    notes += scope.compared(agreements, first.name, second.name)
    return Compared(_side(first), _side(second), agreements, tuple(notes), unanswered)


def _side(target: _Opened) -> Side:
    observed = dict(target.seen.observed)
    if target.convention.momentum_weighs and "momentum" in target.defaults:
        # without statistics to look at, the default still means something
        observed.setdefault("momentum_weighs", target.convention.momentum_weighs)
    outputs = frozenset(_outputs(target))
    return Side(
        target.name, observed, target.defaults, outputs, target.pool.first.loaded["weights"]
    )


def _opened(target: str | Implementation, options: Options, notes: list[str]) -> _Opened:
    pool = opening.pool(target, options, single=True)
    try:
        loaded = pool.first.loaded
        dtypes = opening.dtypes(loaded, options)
        seen = opening.look(pool, dtypes)
        opening.stability(pool, dtypes[0][0], seen, notes)
        name = target if isinstance(target, str) else target.name
        notes.extend(f"{name}: {note}" for note in seen.notes)
        promised = Convention.from_mapping(loaded["promised"])
        return _Opened(
            name,
            pool,
            seen,
            opening.domain(loaded),
            merged(promised, seen.known),
            frozenset(loaded["abilities"]),
            dtypes,
            loaded["defaults"],
        )
    except BaseException:
        pool.close()
        raise


def _outputs(target: _Opened) -> Iterator[str]:
    able = target.abilities
    for name in OUTPUTS:
        if name.startswith("running") and not {"running", "state_before_step"} <= able:
            continue
        if name.startswith("inference") and "eval" not in able:
            continue
        if not (name.startswith("inference") or target.domain.training):
            continue
        wanted = "eval_backward" if name.startswith("inference") else "backward"
        if name.split()[-1].startswith("d") and wanted not in able:
            continue
        yield name


def _compared(
    a: _Opened, b: _Opened, notes: list[str], seed: int
) -> tuple[dict[tuple[str, str], Agreement], tuple[Unanswered, ...]]:
    dtypes = [(d, kept) for d, kept in a.dtypes if (d, kept) in b.dtypes]
    common = together.common(a.domain, b.domain)
    if not dtypes or not common.ranks:
        raise UsageError(
            f"{a.name} takes {_told(a)}, {b.name} takes {_told(b)}: they have no case in common"
        )
    found: dict[tuple[str, str], Agreement] = {}
    unanswered: list[Unanswered] = []
    lost = left = 0
    both_answer_one = "raises" not in (a.convention.one_value, b.convention.one_value)
    for dtype, kept in dtypes:
        for recipe in together.cases(common, dtype, kept, seed, one_value=both_answer_one):
            if lost >= _ENOUGH_LOST:
                left += 1
                continue
            one, other = (
                hold(t.pool.first, t.convention, t.abilities, _own(t, recipe)) for t in (a, b)
            )
            # a hang costs its whole time, so one is enough
            lost += sum({"": 0, "hang": _ENOUGH_LOST}.get(held.lost, 1) for held in (one, other))
            _case(one, other, recipe, found)
            unanswered += _one_sided(one, other, set(_outputs(a)) & set(_outputs(b)), recipe)
            notes += _neither(one, other, recipe)
    if left:
        notes.append(f"{left} more cases were not tried, since calls end the process")
    return found, tuple(unanswered)


def _one_sided(one: Held, other: Held, wanted: set[str], recipe: Recipe) -> Iterator[Unanswered]:
    """Where one side answers and the other does not: the first output of each mode that lacks."""
    for mode in (False, True):
        names = [n for n in OUTPUTS if n in wanted and n.startswith("inference") == mode]
        lacking = [n for n in names if (n in one.answers) != (n in other.answers)]
        if lacking:
            side, silent = ("b", other) if lacking[0] in one.answers else ("a", one)
            told = silent.told(inference=mode)
            yield Unanswered(side, lacking[0], recipe.dtype, told, recipe.plain())


def _neither(one: Held, other: Held, recipe: Recipe) -> Iterator[str]:
    if not one.answers and not other.answers and (one.lost or other.lost):
        yield f"neither answers on shape {recipe.shape}: {one.told()}; {other.told()}"


def _told(target: _Opened) -> str:
    dtypes = ", ".join(dtype for dtype, _ in target.dtypes)
    return f"{dtypes} in ranks {', '.join(map(str, target.domain.ranks))}"


def _case(one: Held, other: Held, recipe: Recipe, found: dict[tuple[str, str], Agreement]) -> None:
    for name in OUTPUTS:
        if name in one.answers and name in other.answers:
            key = (name, recipe.dtype)
            agreement = found.setdefault(key, Agreement(*key))
            _agree(agreement, one, other, recipe)


def _own(target: _Opened, recipe: Recipe) -> Recipe:
    """The same case for this target: the new batch has the same weight in its averages."""
    domain, momentum = target.domain, recipe.momentum
    if target.convention.momentum_weighs == "old" and momentum is not None:
        momentum = 1 - momentum
    return replace(
        recipe,
        eps=domain.eps(recipe.eps),
        momentum=domain.momentum(momentum),
    )


def _agree(agreement: Agreement, one: Held, other: Held, recipe: Recipe) -> None:
    name = agreement.output
    got_a, got_b = (_wide(held.answers[name]) for held in (one, other))
    true_a, true_b = (held.truths[name] for held in (one, other))
    with np.errstate(all="ignore"):
        off_a, off_b = got_a - true_a.mid, got_b - true_b.mid
        ratio = _ratio(off_a - off_b, true_a.rad + true_b.rad)
        shares = tuple(
            float(_ratio(off, truth.rad).max(initial=0.0))
            for off, truth in ((off_a, true_a), (off_b, true_b))
        )
    if not (ratio >= 0).any():
        agreement.unpromised += 1
        return
    at = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    worst = float(ratio[at])
    agreement.compared += 1
    agreement.shares = tuple(map(max, agreement.shares, shares))  # type: ignore[assignment] # two
    agreement.agreed += worst <= 1
    if worst > agreement.ratio or not agreement.recipe:
        agreement.ratio = max(worst, 0.0)
        agreement.a, agreement.b = float(got_a[at]), float(got_b[at])
        agreement.exact = (float(true_a.mid[at]), float(true_b.mid[at]))
        agreement.recipe = recipe.plain()


def _ratio(off: Array, allowed: Array) -> Array:
    """Return errors in units of their bounds; -1 where nothing is promised."""
    ratio = np.where(off != 0, np.abs(off) / allowed, 0)
    # NaN, or infinity, where a number was promised
    ratio = np.where(np.isnan(ratio), np.inf, ratio)
    return np.where(np.isfinite(allowed), ratio, -1)


def _wide(array: Array) -> Array:
    return as_wide(flat(array), np.longdouble)
