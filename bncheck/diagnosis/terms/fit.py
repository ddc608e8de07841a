"""Which factor each term of an output has.

In each channel of each case the factors are the solution of a small system of linear equations,
known as well as the room for rounding lets them be. A factor is an expression if it is so on all
cases. Nothing is decided here: a formula that was read off is a hypothesis like any other, which
the court then holds against all that the target answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs_of

import numpy as np

from bncheck.diagnosis.partial import ENOUGH
from bncheck.diagnosis.terms.factors import (
    ALL,
    COUNTS,
    ONE,
    PARAMETERS,
    ROOTS,
    ZERO,
    Factor,
    product,
)
from bncheck.diagnosis.terms.formulas import Formula, Term
from bncheck.diagnosis.terms.samples import Sample
from bncheck.model.formats import Array

# where terms are so nearly alike that a part in so many decides between them, nothing is read
_ALIKE = 2.0**-18


@dataclass(frozen=True)
class Read:
    """The factors of one channel of one case, each known to within its error."""

    sample: Sample
    channel: int
    factors: Array
    errors: Array


@dataclass(frozen=True)
class Fitted:
    """The terms of an output with the factors that they have; those of factor 0 included."""

    formula: Formula
    factors: tuple[tuple[Term, Factor], ...]

    @property
    def changed(self) -> tuple[tuple[Term, Factor], ...]:
        """The terms whose factor is not the right one."""
        return tuple((t, f) for t, f in self.factors if f.says != t.right.says)


def fitted(formula: Formula, samples: Sequence[Sample]) -> Iterator[Fitted]:
    """Formulas of these terms that fit all samples: with no extra term first, then with one."""
    core = tuple(t for t in formula.terms if not t.extra)
    extras = [t for t in formula.terms if t.extra]
    solve = _solved if formula.wide else _tried
    for terms in (core, *((*core, extra) for extra in extras)):
        found = solve(terms, samples)
        if found is not None:
            told = tuple(zip(terms, found, strict=True))
            if any(f.says != t.right.says for t, f in told):
                yield Fitted(formula, told)
                return


def candidates(term: Term) -> Iterator[Factor]:
    """Factors that a term may have, the right one first, then what people make of it."""
    yield term.right
    if term.right in (ONE, ZERO) or term.right.says == "-1":
        negative = term.right.says == "-1"
        for factor in ALL:
            yield factor
            if factor not in COUNTS or factor.says not in ("0", "-1", "1"):
                yield product(COUNTS[2], factor)
        sign = COUNTS[2] if negative else ONE
        yield from (product(sign, a, b) for a, b in pairs_of(PARAMETERS[:2], ROOTS))
        yield from (product(sign, a, b) for a, b in pairs_of(COUNTS[3:16], ROOTS))
        return
    for factor in ALL:
        yield _times(term.right, factor) if factor is not ZERO else ZERO
        yield factor
    for a, b in pairs_of(COUNTS[2:16], ROOTS):
        yield _times(term.right, product(a, b))


def _times(right: Factor, factor: Factor) -> Factor:
    return replace(
        product(right, factor), over=factor.of, inverse=factor.inverse, named=factor.named
    )


def _solved(terms: Sequence[Term], samples: Iterable[Sample]) -> list[Factor] | None:
    """Solve for the factors; None where the terms do not make up the output."""
    reads: list[Read] = []
    for sample in samples:
        found = list(readings(terms, sample))
        if any(not fits(terms, read) for read in found):
            return None
        reads += found
    if len({id(r.sample) for r in reads}) < ENOUGH:
        return None
    factors = [_recognised(term, k, reads) for k, term in enumerate(terms)]
    return None if None in factors else [f for f in factors if f is not None]


def _columns(terms: Sequence[Term], sample: Sample) -> Array:
    """``(C, m, K)``."""
    with np.errstate(all="ignore"):
        made = [np.broadcast_to(t.of(sample.p), sample.got.shape) for t in terms]
    return np.stack(made, axis=-1).astype(np.float64)


def readings(terms: Sequence[Term], sample: Sample) -> Iterator[Read]:
    """Solve for the factors in each channel in which they can be told apart."""
    columns = _columns(terms, sample)
    if sample.got.shape[1] < len(terms) or not np.isfinite(columns).all():
        return
    for channel, matrix in enumerate(columns):
        size = np.sqrt((matrix * matrix).sum(0))
        if not (size > 0).all():
            continue
        scaled = matrix / size
        singular = np.linalg.svd(scaled, compute_uv=False)
        if singular[-1] < _ALIKE * singular[0]:
            continue
        inverse = np.linalg.pinv(scaled) / size[:, None]
        got = sample.got[channel].astype(np.float64)
        room = sample.room[channel].astype(np.float64)
        factors = inverse @ got
        # the room grows with the terms, where factors make them larger than the right ones are
        grown = room * (1 + np.abs(factors).max())
        noise = 2.0**-50 / singular[-1] * (np.abs(inverse) @ np.abs(got))
        yield Read(sample, channel, factors, np.abs(inverse) @ grown + noise)


def fits(terms: Sequence[Term], read: Read) -> bool:
    """Whether the terms with these factors make up the output of this channel."""
    matrix = _columns(terms, read.sample)[read.channel]
    made = matrix @ read.factors
    room = read.sample.room[read.channel] * (1 + np.abs(read.factors).max())
    slack = np.abs(matrix) @ read.errors
    return bool((np.abs(read.sample.got[read.channel] - made) <= room + slack).all())


def _recognised(term: Term, k: int, reads: Sequence[Read]) -> Factor | None:
    """The first factor that the term has in every channel of every case."""
    for factor in candidates(term):
        if all(_is(factor, k, read) for read in reads):
            return factor
    return None


def _is(factor: Factor, k: int, read: Read) -> bool:
    with np.errstate(all="ignore"):
        value = np.ravel(np.asarray(factor.of(read.sample.p), np.float64))
    mine = value[read.channel] if len(value) > 1 else value[0]
    # at one value per channel many expressions are 0/0; nobody is held to those
    if not np.isfinite(mine):
        return read.sample.p.m == 1 or not np.isfinite(read.errors[k])
    return bool(abs(read.factors[k] - mine) <= read.errors[k] + 2.0**-45 * abs(mine))


def _tried(terms: Sequence[Term], samples: Sequence[Sample]) -> list[Factor] | None:
    """One number a channel: factors are tried, one term or two at a time."""
    if len(samples) < ENOUGH:
        return None
    values = [[np.asarray(t.of(s.p)) for s in samples] for t in terms]
    first = list(candidates(terms[0]))
    if len(terms) == 1:
        return next(([f] for f in first if _sums(values, [f], samples)), None)
    others = [f for f in candidates(terms[1]) if f is not ZERO]
    short = [f for f in first if f in (ONE, ZERO) or f in COUNTS[:8] or f is terms[0].right]
    for left, right in _possible(terms, short, others, samples):
        if _sums(values, [left, right], samples):
            return [left, right]
    return None


def _possible(
    terms: Sequence[Term],
    lefts: Sequence[Factor],
    rights: Sequence[Factor],
    samples: Sequence[Sample],
) -> Iterator[tuple[Factor, Factor]]:
    """Pairs of factors that one sample leaves possible: thousands are refuted at once."""
    sample = next((s for s in samples if s.wrong and s.p.m > 1), None)
    if sample is None:
        yield from pairs_of(lefts, rights)
        return
    with np.errstate(all="ignore"):
        one, two = (
            np.array(
                [np.broadcast_to(f.of(sample.p) * t.of(sample.p), sample.got.shape) for f in some]
            )
            for t, some in zip(terms, (lefts, rights), strict=True)
        )
        made = one[:, None] + two[None, :]
        sizes = (np.abs(part).max(axis=(1, 2)) for part in (one, two))
        ratio = np.maximum.outer(*sizes) / max(np.abs(sample.right).max(), 1e-300)
        room = sample.room * (2 + ratio[:, :, None, None])
        fit = (np.isfinite(made) & (np.abs(sample.got - made) <= room)).all(axis=(2, 3))
    for i, j in np.argwhere(fit).tolist():
        yield lefts[i], rights[j]


def _sums(
    values: Sequence[Sequence[Array]], factors: Sequence[Factor], samples: Sequence[Sample]
) -> bool:
    for at, sample in enumerate(samples):
        with np.errstate(all="ignore"):
            parts = [
                np.asarray(f.of(sample.p) * v[at]) for f, v in zip(factors, values, strict=True)
            ]
            made = np.sum(np.broadcast_arrays(*parts), axis=0)
            ratio = np.max([np.abs(p).max() for p in parts]) / max(
                np.abs(sample.right).max(), 1e-300
            )
            room = sample.room * (2 + ratio)
            if not np.isfinite(made).all():
                if sample.p.m == 1:
                    continue
                return False
        if not (np.abs(sample.got - made) <= room).all():
            return False
    return True
