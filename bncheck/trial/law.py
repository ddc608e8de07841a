"""What a law is, how it is written down, and the comparison in which it measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bncheck.model import NORMS, Ability, Case, Norm
from bncheck.trial.trial import Trial


@dataclass(frozen=True)
class Residual:
    """One comparison, reduced to its worst entry: laws measure, the engine judges.

    error: distance between what was got and what was expected; NaN counts as infinite
    bound: what a correct implementation may be off by; 0 for an exact law, inf for no promise
    got, expected: the two numbers at the worst entry
    compared, unpromised: entries with a finite bound, and entries without
    warning: a mismatch inside the rounding bound that a careful implementation would not have
    sees: the smallest error, relative to the largest entry of its channel, that would have been
        a failure wherever in the channel it was; 0 for exact comparisons, 1 or more where the
        bound is larger than what is compared, None where nothing was compared
    """

    what: str
    error: float
    bound: float
    got: float
    expected: float
    compared: int = 1
    unpromised: int = 0
    note: str = ""
    warning: str = ""
    cases: tuple[Case, ...] = ()
    sees: float | None = None


CENTRED = frozenset(norm.name for norm in NORMS.values() if norm.centred)
EVERY = frozenset(NORMS)
RELATIVES = EVERY - {"batch"}
# what layers without running statistics are not meant to have
_OF_STATE: frozenset[Ability] = frozenset({"eval", "eval_backward", "running", "cumulative"})


@dataclass(frozen=True)
class Law:
    """A law: what must hold, where, by whom, what it needs, and a body that is only the law.

    needs: abilities without which it is skipped; promises: convention it is conditional on
    exact: bound 0, equality as numbers; policy: reported, enforced only where promised
    shared: it only reads the plain run that all such laws share, so it is tried on every case;
        a law that makes its own calls is tried on a fixed share of them
    contiguous: it is given contiguous arrays in C order only: bits may depend on the memory
        layout, as the order of summation does
    wants: names of the input regimes it is tried on (empty: all)
    inputs: it is about the arrays that the caller handed over: a target that writes to them is
        given copies by all other laws
    native: it speaks of the layer's own parameters, whatever they belong to; the others see a
        gamma and a beta for each statistic set (see `bncheck.targets.common.view`)
    norms: what it is true of: batch normalization, and through the view what is centred as well
    fused: what it says holds for the output behind a fused activation as well, whose truth and
        cotangent are those of `trial.activation`
    follows: laws of the plain run from which it follows, in balls, where their answers are
        within their bounds by a margin (see `Truth.room`); then it need not be measured
    """

    id: str
    title: str
    statement: str
    domain: str
    source: str
    measure: Measure
    needs: frozenset[Ability] = frozenset()
    promises: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False
    policy: bool = False
    algebraic: bool = False
    shared: bool = False
    contiguous: bool = False
    wants: tuple[str, ...] = ()
    fused: bool = False
    inputs: bool = False
    native: bool = False
    norms: frozenset[str] = CENTRED
    follows: tuple[str, ...] = ()

    def kept_by(self, promises: Mapping[str, Any]) -> bool:
        """Whether these promises hold everything that the law is conditional on."""
        return all(
            set(value) <= set(promises.get(key, ()))
            if key == "arithmetic"
            else promises.get(key) == value
            for key, value in self.promises.items()
        )

    def about(self, norm: Norm) -> bool:
        """Whether it says something about a normalization."""
        return norm.name in self.norms and (norm.running or not self.needs & _OF_STATE)


Residuals = Iterator[Residual]
Measure = Callable[[Trial], Residuals]

IS15 = "Ioffe & Szegedy 2015 (arXiv 1502.03167)"
S18 = "Santurkar et al. 2018 (arXiv 1805.11604)"
OWN = "derived here"


def law(
    id: str,
    title: str,
    statement: str,
    *,
    domain: str = "eps > 0",
    source: str = OWN,
    needs: tuple[Ability, ...] = (),
    exact: bool = False,
    policy: bool = False,
    algebraic: bool = False,
    shared: bool = False,
    contiguous: bool = False,
    promises: Mapping[str, Any] | None = None,
    wants: tuple[str, ...] = (),
    fused: bool = False,
    inputs: bool = False,
    native: bool = False,
    norms: Iterable[str] = CENTRED,
    follows: tuple[str, ...] = (),
) -> Callable[[Measure], Law]:
    """Make a `Law` of a generator function whose body is only the law.

    Notation in statements: one channel, ``x`` of m values, ``mu = mean(x)``, ``v = mean((x -
    mu)^2)``, ``s = sqrt(v + eps)``, ``xhat = (x - mu)/s``, ``y = gamma xhat + beta``.
    """

    def define(measure: Measure) -> Law:
        return Law(
            id=id,
            title=title,
            statement=statement,
            domain=domain,
            source=source,
            measure=measure,
            needs=frozenset(needs),
            exact=exact,
            policy=policy,
            algebraic=algebraic,
            shared=shared,
            contiguous=contiguous,
            promises=promises or {},
            wants=wants,
            fused=fused,
            inputs=inputs,
            native=native,
            norms=frozenset(norms),
            follows=follows,
        )

    return define
