"""The nouns. Frozen dataclasses with almost no behaviour; a missing ability is ``None``.

Shapes everywhere: ``x`` and ``dy`` are ``(m, C)`` or ``(N, C, *spatial)``, ranks 2 to 5;
per-channel arrays are ``(C,)``; ``m`` is the number of values per channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bncheck.arrays import samples
from bncheck.formats import Array
from bncheck.promises import Convention as Convention

if TYPE_CHECKING:
    from bncheck.trial import Trial


@dataclass(frozen=True, eq=False)
class Case:
    """One input: a batch, parameters, a cotangent and the state before the step.

    x, dy: ``(m, C)`` or ``(N, C, *spatial)``, one dtype, any memory layout
    gamma, beta, running_mean, running_var: ``(C,)``
    eps: positive; momentum: as handed to the layer, ``None`` for a cumulative average
    recipe: the plain data from which `bncheck.cases.build` makes this case, if it was made so
    """

    x: Array
    gamma: Array
    beta: Array
    dy: Array
    running_mean: Array
    running_var: Array
    eps: float = 1e-5
    momentum: float | None = 0.1
    recipe: Mapping[str, Any] | None = None

    @property
    def m(self) -> int:
        """Values per channel."""
        return samples(self.x.shape)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.x.shape[1])

    @property
    def dtype(self) -> str:
        """Name of the storage dtype of x."""
        return str(self.x.dtype.name)

    def __repr__(self) -> str:
        """Python that can be pasted after ``import numpy as np``."""
        body = ",\n".join(
            f"    {f.name}={_python(getattr(self, f.name))}" for f in fields(self)[:-1]
        )
        return f"Case(\n{body},\n)"


def _python(value: object) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = value.dtype.name
    kind = "ml_dtypes.bfloat16" if dtype == "bfloat16" else f"np.{dtype}"
    # float64 holds every narrower value, so its shortest form reads back to the same number
    listed = np.asarray(value, np.float64).tolist()
    text = repr(listed).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}, dtype={kind})"


@dataclass(frozen=True)
class Gradients:
    """Vector-Jacobian products: ``dx`` shaped like x, ``dgamma`` and ``dbeta`` ``(C,)``."""

    dx: Array
    dgamma: Array | None = None
    dbeta: Array | None = None


@dataclass(frozen=True)
class State:
    """Running statistics, each ``(C,)``."""

    mean: Array
    var: Array


@dataclass(frozen=True)
class Layer:
    """One living batch-norm layer.

    train: x -> y in training mode; updates the running statistics if there are any. It is never
        called where the domain has no training mode
    eval: x -> y in inference mode, from the running statistics
    backward: dy -> gradients of the latest ``train`` or ``eval`` call
    state: -> the running statistics now (a copy)
    jvp: (x, tangent) -> directional derivative of y in training mode
    double_backward: (x, dy, w) -> gradients of ``<w, dx>`` with respect to x, dy and gamma
    """

    train: Callable[[Array], Array]
    eval: Callable[[Array], Array] | None = None
    backward: Callable[[Array], Gradients] | None = None
    state: Callable[[], State] | None = None
    jvp: Callable[[Array, Array], Array] | None = None
    double_backward: Callable[[Array, Array, Array], tuple[Array, Array, Array]] | None = None


Ability = Literal[
    "backward",  # Layer.backward after train
    "eval",  # Layer.eval
    "eval_backward",  # Layer.backward after eval
    "running",  # Layer.state, changed by train
    "jvp",
    "double_backward",
    "cumulative",  # momentum=None means the arithmetic mean of all batches
    "state_before_step",  # running statistics at the start can be set from the case
]


@dataclass(frozen=True)
class Domain:
    """What an implementation can be given. What is fixed cannot be varied, and is said so.

    ranks: ranks of x it takes; channels: their number where it is fixed
    dtypes: names of the storage dtypes to try
    fixed_eps, fixed_momentum: the value, where it cannot be set
    only_cumulative: running statistics are the mean of all batches: a momentum cannot be set
    affine: gamma and beta can be set (otherwise they are 1 and 0)
    strided: takes arrays that are not contiguous as such (otherwise it is given copies)
    training: has a training mode; otherwise only what is said about inference is tried
    few_shapes: every new shape is expensive, as where it is compiled for; cases then have the
        shapes of a small pool (see `bncheck.cases.few_shapes`)
    """

    ranks: tuple[int, ...] = (2, 3, 4, 5)
    channels: int | None = None
    dtypes: tuple[str, ...] = ("float32", "float64")
    fixed_eps: float | None = None
    fixed_momentum: float | None = None
    only_cumulative: bool = False
    affine: bool = True
    strided: bool = True
    training: bool = True
    few_shapes: bool = False

    @property
    def sets_momentum(self) -> bool:
        """Whether any momentum can be given."""
        return self.fixed_momentum is None and not self.only_cumulative

    def momentum(self, wanted: float | None) -> float | None:
        """Return the momentum that it is given where ``wanted`` is."""
        if self.only_cumulative:
            return None
        return wanted if self.fixed_momentum is None else self.fixed_momentum


@dataclass(frozen=True)
class Implementation:
    """Anybody's batch normalization, made ready to be asked.

    name: what reports call it; make: builds a fresh layer whose parameters, eps, momentum and
    running statistics are those of the case; origin: ``file:line`` where it is known
    defaults: eps and momentum as the layer has them where nobody sets them, where that is known
    measured: keys of the convention that the adapter found out; its author promised the others
    """

    name: str
    make: Callable[[Case], Layer]
    abilities: frozenset[Ability] = frozenset()
    convention: Convention = field(default_factory=Convention)
    domain: Domain = field(default_factory=Domain)
    origin: str = ""
    defaults: Mapping[str, float] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()


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
    """

    id: str
    title: str
    statement: str
    domain: str
    source: str
    measure: Callable[[Trial], Iterator[Residual]]
    needs: frozenset[Ability] = frozenset()
    promises: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False
    policy: bool = False
    algebraic: bool = False
    shared: bool = False
    contiguous: bool = False
    wants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deviation:
    """A named, precise way of being wrong, as a change to the reference.

    name: as in the contract; says: one sentence for people; seen: where in the wild
    regime: inputs that expose it; apply: makes an Implementation that deviates in just this
    change: the same as a function from a `bncheck.deviations.Reference` to another, so that
        deviations can be combined; family: its row in the contract
    legitimate: a convention that is wrong only because another one is promised
    dangerous: it ends or blocks the process it runs in; ask it only in a worker
    """

    name: str
    says: str
    seen: str
    regime: str
    apply: Callable[[], Implementation]
    change: Callable[[Any], Any] | None = None
    family: str = ""
    legitimate: bool = False
    dangerous: bool = False


Verdict = Literal["holds", "fails", "error", "skipped", "expected"]


@dataclass(frozen=True)
class Counterexample:
    """The smallest input that was found to show a failure.

    python: pasteable; recipe: plain data that rebuilds it; file: where it was saved
    residual: the worst comparison on it
    """

    python: str
    recipe: Mapping[str, Any]
    what: str = ""
    got: float = float("nan")
    expected: float = float("nan")
    file: str = ""


@dataclass(frozen=True)
class Finding:
    """What came out for one law and one dtype.

    sees, typically_sees: detection power, the smallest relative error that would have been a
    failure (see `Residual`), on the best of the examples and on the median one
    blind: examples on which no error smaller than the signal itself would have been seen, as
    with a constant cotangent, or equal inputs, or where the bound is larger than the signal
    """

    law: str
    title: str
    verdict: Verdict
    dtype: str
    error: float | None = None
    bound: float | None = None
    examples: int = 0
    no_promise: int = 0
    case: Counterexample | None = None
    causes: tuple[str, ...] = ()
    reason: str = ""
    warning: str = ""
    statement: str = ""
    sees: float | None = None
    typically_sees: float | None = None
    blind: int = 0

    @property
    def margin(self) -> float | None:
        """How many times the bound the error is; ``None`` for exact laws and unmeasured ones."""
        if self.error is None or not self.bound:
            return None
        return self.error / self.bound


@dataclass(frozen=True)
class Report:
    """Everything a run found out; every output format is made from this one object."""

    target: str
    findings: tuple[Finding, ...]
    promised: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    causes: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stability: Mapping[str, Any] | None = None
    abilities: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    interrupted: bool = False
    faults: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 all that was checked holds, 1 something is wrong, 2 nothing could be checked.

        An interrupted run that found nothing wrong is a 2: a script must not take it for success.
        3 where bncheck itself failed at something; what it found otherwise still stands.
        """
        if self.faults:
            return 3
        verdicts = {f.verdict for f in self.findings}
        if verdicts & {"fails", "error"} or self.stale:
            return 1
        if self.interrupted:
            return 2
        return 0 if verdicts & {"holds", "expected"} else 2

    @property
    def ok(self) -> bool:
        """Whether everything checked holds and at least one thing was checked."""
        return self.exit_code == 0
