"""``bncheck compare A B``: two implementations on the same cases, their conventions mapped.

Each is held against its own truth: the running statistics that its convention prescribes, at the
eps and momentum that it was given. What is left are errors, and the errors of two right
implementations differ by at most both bounds together. So two agree where
``|(a - A) - (b - B)| <= e_a + e_b`` for answers a, b and truths A, B; where the truths are the
same number, this is ``|a - b| <= e_a + e_b``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bncheck.cases import Recipe, build
from bncheck.diagnosis import panel, scripts
from bncheck.engine import opening
from bncheck.engine.compared import Agreement, Compared, Side
from bncheck.engine.options import Options
from bncheck.engine.pool import Pool
from bncheck.engine.session import Died
from bncheck.errors import UsageError
from bncheck.model import Case, Convention, Domain, Implementation
from bncheck.model.arrays import as_wide, flatten
from bncheck.model.formats import Array, format_of
from bncheck.truth import oracle
from bncheck.truth.conventions import Statistics, merged, predict
from bncheck.truth.rounding import Algorithms, Ball, inference_bounds, training_bounds

OUTPUTS = (
    *("y", "dx", "dgamma", "dbeta", "running mean", "running variance"),
    *("inference y", "inference dx", "inference dgamma", "inference dbeta"),
)


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
            found = _compared(first, second, options, notes)
        finally:
            second.pool.close()
    finally:
        first.pool.close()
    return Compared(_side(first), _side(second), tuple(found.values()), tuple(notes))


def _side(target: _Opened) -> Side:
    outputs = frozenset(_outputs(target))
    return Side(target.name, target.seen.observed, target.defaults, outputs)


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
        wanted = "eval_backward" if name.startswith("inference") else "backward"
        if name.split()[-1].startswith("d") and wanted not in able:
            continue
        yield name


def _compared(
    a: _Opened, b: _Opened, options: Options, notes: list[str]
) -> dict[tuple[str, str], Agreement]:
    dtypes = [(d, kept) for d, kept in a.dtypes if (d, kept) in b.dtypes]
    common = _common(a.domain, b.domain)
    if not dtypes or not common.ranks:
        raise UsageError(
            f"{a.name} takes {_told(a)}, {b.name} takes {_told(b)}: they have no case in common"
        )
    found: dict[tuple[str, str], Agreement] = {}
    both_answer_one = "raises" not in (a.convention.one_value, b.convention.one_value)
    for dtype, kept in dtypes:
        for recipe in panel.panel(common, dtype, kept, cumulative=False, one_value=both_answer_one):
            try:
                _case(a, b, recipe, found)
            except Died as died:
                notes.append(f"a call ended the process: {died.detail}")
    return found


def _told(target: _Opened) -> str:
    dtypes = ", ".join(dtype for dtype, _ in target.dtypes)
    return f"{dtypes} in ranks {', '.join(map(str, target.domain.ranks))}"


def _common(a: Domain, b: Domain) -> Domain:
    return Domain(
        ranks=tuple(r for r in a.ranks if r in b.ranks),
        channels=a.channels if b.channels is None else b.channels,
        multiple=math.lcm(a.multiple, b.multiple),
        shape=a.shape or b.shape,
        activation=a.activation or b.activation,
        affine=a.affine and b.affine,
        strided=a.strided and b.strided,
    )


def _case(a: _Opened, b: _Opened, recipe: Recipe, found: dict[tuple[str, str], Agreement]) -> None:
    one, other = (_Held(t, _own(t, recipe)) for t in (a, b))
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
        eps=recipe.eps if domain.fixed_eps is None else domain.fixed_eps,
        momentum=domain.momentum(momentum),
    )


class _Held:
    """A target's answers on one case, and the truth that its convention prescribes."""

    def __init__(self, target: _Opened, recipe: Recipe) -> None:
        request = {"do": "answers", "recipe": recipe.plain(), "scripts": ["train", "infer"]}
        told = target.pool.first.ask(request)["answers"]
        self.answers: dict[str, Array] = {}
        for script in told.values():
            self.answers |= scripts.read(script).outputs
        self.recipe = recipe
        case = build(recipe)
        kept = self.answers.get("running variance")
        # one value per channel may leave the running variance alone
        left = case.m == 1 and kept is not None and bool((kept == case.running_var).all())
        self.truths = _truths(target, case, "left" if left else "zero")


def _truths(target: _Opened, case: Case, first_variance: str) -> dict[str, Ball]:
    """Enclose every output of a right implementation of the target's convention.

    first_variance: what one value per channel does to the running variance (see `predict`)
    """
    convention = target.convention
    algorithms = replace(
        Algorithms.of(case.dtype, convention), parameters=format_of(case.gamma.dtype)
    )
    values, own = oracle.train(case)
    allowed = training_bounds(values, algorithms)
    inferred, own_inference = oracle.infer(case)
    allowed_inference = inference_bounds(inferred, algorithms)

    def ball(name: str) -> Ball:
        return Ball(getattr(values, name), getattr(allowed, name) + getattr(own, name))

    truths = {name: ball(name) for name in ("y", "dx", "dgamma", "dbeta")}
    for name in ("y", "dx", "dgamma", "dbeta"):
        off = getattr(allowed_inference, name) + getattr(own_inference, name)
        truths[f"inference {name}"] = Ball(getattr(inferred, name), off)
    batch = Statistics(ball("mean"), ball("var"), case.m)
    running = predict(convention, case, [batch], algorithms, first_variance=first_variance)
    return truths | {"running mean": running.mean, "running variance": running.var}


def _agree(agreement: Agreement, one: _Held, other: _Held, recipe: Recipe) -> None:
    name = agreement.output
    got_a, got_b = (_wide(held.answers[name]) for held in (one, other))
    true_a, true_b = (held.truths[name] for held in (one, other))
    if got_a.shape != true_a.mid.shape or got_b.shape != got_a.shape:
        return
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
    return as_wide(flatten(array) if array.ndim > 1 else array, np.longdouble)
