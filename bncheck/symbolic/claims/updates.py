"""Whether an update of a running statistic is a known one.

Laws I03 and I14: the new value is w old + (1 - w) s, with a weight w between 0 and 1, where s is
the batch's mean, or its variance, as it is or times m / (m - 1). Which of the two has the weight
called momentum, and which variance is averaged, differs between frameworks, so both are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from bncheck.errors import NotSupported
from bncheck.symbolic.algebra import Monomial, Polynomial, constant, replace
from bncheck.symbolic.claims.assignments import ANY, MEAN, VARIANCE, Update
from bncheck.symbolic.claims.counterexample import smallest
from bncheck.symbolic.claims.domain import conditions_of
from bncheck.symbolic.claims.populations import Population
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.expression import ONE, ZERO, Element, Expr, Named, Symbol, rebuild
from bncheck.symbolic.normal import Normalizer, equal
from bncheck.symbolic.trees import substitute, walk
from bncheck.symbolic.vocabulary import m, mu, var

KNOWN = "w old + (1 - w) new"
CALLED = {MEAN: "the running mean", VARIANCE: "the running variance", ANY: "the running value"}


BY_NAME = {"mu": Symbol("batch mean"), "var": Symbol("batch variance")}


def updated(found: Update) -> Verdict:
    """Judge an update of a running statistic."""
    try:
        return _updated(found)
    except (NotSupported, ZeroDivisionError, ValueError) as doubt:
        return Verdict("undecided", reason=str(doubt))


OF = {"E": ("mean", "mu"), "Var": ("variance", "var")}


def estimated(found: Population) -> Verdict:
    """Judge a mean over batches, which inference uses."""
    called, wanted = OF[found.of]
    if found.averaged != wanted:
        return Verdict("false", reason=f"the {called} for inference is made of the other statistic")
    said = f"the {called} for inference, the mean over batches of the batch {called}"
    if equal(found.factor, ONE):
        biased = ", which stays biased" if found.of == "Var" else ""
        return Verdict("update", reason=said + biased)
    try:
        if found.of == "Var" and equal(found.factor * (m - 1), m):
            return Verdict("update", ("m > 1",), reason=said + " with Bessel's factor")
        wrong = "upside down" if equal(found.factor * m, m - 1) else "not m / (m - 1)"
    except (NotSupported, ZeroDivisionError, ValueError) as doubt:
        return Verdict("undecided", reason=str(doubt))
    if found.of == "Var":
        return Verdict("false", reason=f"Bessel's factor is {wrong}")
    return Verdict("false", reason="a mean over batches has no factor")


def _updated(found: Update) -> Verdict:
    rest = substitute(found.new, found.old.name, ZERO)
    weight = substitute(found.new, found.old.name, ONE) - rest
    if not equal(found.new, weight * found.old + rest):
        return _false(found, f"{CALLED[found.kind]} is not a weighted mean of old and new")
    form = Normalizer().form(weight)
    atoms = {a for monomial in form.terms for a, _ in monomial}
    if ("scalar", "m") in atoms and m in walk(_with_names(found.new, BY_NAME)):
        return Verdict("undecided", reason="is m the batch size, or the momentum? say with `where`")
    if any(a[0] not in ("scalar", "inverse") for a in atoms):
        return _false(found, "the weight of the old value depends on the batch")
    if equal(rest, ZERO):
        return Verdict("undecided", reason="an assignment without a statistic of the batch")
    for called, value in _statistics(found, form):
        if equal(rest, (1 - weight) * value):
            return _known(found, form, called)
    if found.kind == ANY:
        return Verdict("undecided", reason="a new value of what? say with `where` what is averaged")
    if not {*BY_NAME.values()} & {*walk(_with_names(rest, BY_NAME))} and not _entries(rest):
        return Verdict("undecided", reason="nothing in it is known as the batch's mean or variance")
    return _false(found, _wrong(found, weight, rest), weight)


def _entries(side: Expr) -> bool:
    return any(isinstance(node, Element) for node in walk(_with_names(side, BY_NAME)))


def _statistics(found: Update, weight: Polynomial) -> Iterator[tuple[str, Expr]]:
    """Yield what may be averaged."""
    if found.kind != VARIANCE:
        yield "the batch mean", mu()
    if found.kind != MEAN:
        yield "the biased batch variance", var()
        yield "the unbiased batch variance", var() * m / (m - 1)
    if found.kind == ANY:
        inside = {a[1] for monomial in weight.terms for a, _ in monomial} | {found.old.name, "m"}
        for symbol in dict.fromkeys(n for n in walk(found.new) if isinstance(n, Symbol)):
            if symbol.name not in inside:
                yield symbol.name, symbol


def _known(found: Update, form: Polynomial, called: str) -> Verdict:
    weight = written(form)
    if not _is_share(form):
        return _false(found, f"the weight of the old value is {weight}, not between 0 and 1")
    said = f"{CALLED[found.kind]} of {called}: {KNOWN} with w = {weight}, laws I03 and I14"
    own = [says for says in conditions_of(found.new) if says.startswith("m ")]
    return Verdict("update", tuple(own), reason=said)


SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
COUNTS = (Fraction(2), Fraction(3), Fraction(5))


def _is_share(form: Polynomial) -> bool:
    """Whether a weight can be between 0 and 1: where its symbols are, or where they count steps."""
    atoms = sorted({a for monomial in form.terms for a, _ in monomial if a[0] == "scalar"})
    for values in (*product(SHARES, repeat=len(atoms)), *product(COUNTS, repeat=len(atoms))):
        point = form
        for a, value in zip(atoms, values, strict=True):
            point = replace(point, a, constant(value))
        if 0 < point.terms.get((), 0) < 1:
            return True
    return False


def _false(found: Update, reason: str, weight: Expr | None = None) -> Verdict:
    """Return false, with a point at which the known update with this weight differs."""
    shown = None
    if weight is not None:
        statistic = var() if found.kind == VARIANCE else mu()
        shown = smallest(weight * found.old + (1 - weight) * statistic, found.new)
        reason += "" if shown is None else f"; left is {KNOWN}"
    return Verdict("false", counterexample=shown, reason=reason)


def _wrong(found: Update, share: Expr, rest: Expr) -> str:
    """Say why what is added to the old value is no statistic times 1 - w."""
    named = _with_names(rest, BY_NAME)
    if _entries(rest):
        return f"{CALLED[found.kind]} is not {KNOWN}"
    alone = _at(named, mean=ZERO, variance=ZERO)
    of_mean = _at(named, mean=ONE, variance=ZERO) - alone
    of_variance = _at(named, mean=ZERO, variance=ONE) - alone
    if found.kind == MEAN and not equal(of_variance, ZERO):
        return "the running mean is averaged with the variance"
    if found.kind == VARIANCE and not equal(of_mean, ZERO):
        return "the running variance is averaged with the mean"
    if not equal(alone, ZERO):
        return f"beside old and new there is {written(Normalizer().form(alone))}"
    new = Normalizer().form(of_mean if found.kind == MEAN else of_variance)
    weight = Normalizer().form(share)
    if weight == new == constant(1):
        return "old and new are added without weights"
    if found.kind == VARIANCE and new == Normalizer().form((1 - share) * (m - 1) / m):
        return "Bessel's factor is upside down: m / (m - 1) belongs where (m - 1) / m is"
    beside = ""
    at_two = substitute(of_variance, "m", 2 * ONE) / 2  # where Bessel's factor is 2
    if found.kind == VARIANCE and equal(of_variance * (m - 1), at_two * m):
        new, beside = Normalizer().form(at_two), " beside Bessel's factor"
    both = written(weight + new)
    return f"the weights {written(weight)} and {written(new)}{beside} sum to {both}, not to 1"


def _at(side: Expr, *, mean: Expr, variance: Expr) -> Expr:
    return substitute(substitute(side, "batch mean", mean), "batch variance", variance)


def _with_names(side: Expr, names: dict[str, Symbol]) -> Expr:
    """Put symbols for the statistics that stand there by name."""
    if isinstance(side, Named) and side.name in names:
        return names[side.name]
    return rebuild(side, tuple(_with_names(child, names) for child in side.children))


def written(form: Polynomial) -> str:
    """Write a polynomial in scalars for people: ``1 - alpha``, ``m/(m - 1)``."""
    terms = sorted(form.terms.items(), key=lambda item: (len(item[0]), item[0]))
    said = ""
    for monomial, c in terms:
        sign = " - " if c < 0 else " + "
        factors = _factors(monomial)
        number = _decimal(abs(c)) if abs(c) != 1 or not factors else ""
        said += sign + " ".join(part for part in (number, factors) if part)
    said = said[3:] if said.startswith(" + ") else "-" + said[3:]
    return said if terms else "0"


def _factors(monomial: Monomial) -> str:
    if not monomial:
        return ""
    words: list[str] = []
    below: list[str] = []
    for a, e in monomial:
        base = f"({written(Polynomial(dict(a[1])))})" if a[0] == "inverse" else str(a[1])
        exponent = -e if a[0] == "inverse" else e
        power = base if abs(exponent) == 1 else f"{base}^{abs(exponent)}"
        (words if exponent > 0 else below).append(power)
    return " / ".join([" ".join(words) or "1", *below])


def _decimal(value: Fraction) -> str:
    """Return a number as people print weights: 0.9, and 1/3 where no short decimal is it."""
    short = f"{float(value):.6g}"
    return short if Fraction(short) == value else str(value)
