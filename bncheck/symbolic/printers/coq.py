"""Writes algebraic equations as Coq lemmas with their proofs, for every batch size.

The normal form knows for each sum over the batch the linear combination of power sums that it
is; the certificate states each such step, and Coq checks it: sums are linear, and coefficients
are compared by ``field``. Nothing of the normal form has to be believed.

The statistics enter by what they are: mu with ``sum x = m mu``, and s = (var + eps)^(-1/2) with
``sum x^2 = m (1 / s^2 - eps + mu^2)``. A gradient dL/dx enters in its closed form, which
``BatchNorm.v`` proves to be the derivative.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra, power_sums
from bncheck.symbolic.algebra import Polynomial
from bncheck.symbolic.expression import (
    Add,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    free_indices,
    i,
    rename,
)
from bncheck.symbolic.printers.coq_terms import (
    VECTORS,
    inside_of,
    linear,
    monomial_text,
    number,
    polynomial,
    power,
    total_of,
    with_statistics,
)
from bncheck.symbolic.theorem import Derivation
from bncheck.symbolic.vocabulary import backward, dy, eps, inner, mu, total, var, xhat

HEAD = """(* Written by bncheck: certificates of algebraic identities, for every m > 0. *)
Require Import Reals Lra.
Require Import BatchNorm.
Open Scope R_scope.

Section Certificates.
Variable m : nat.
Hypothesis some : (0 < m)%nat.
Notation M := (INR m).
Variables x dy : nat -> R.
Variables gamma beta eps mu s : R.
Hypothesis s_not_0 : s <> 0.
Hypothesis mean_x : total m x = M * mu.
Hypothesis var_x : total m (fun k => x k * x k) = M * (/ (s * s) - eps + mu * mu).
Let M_apart : M <> 0 := M_not_0 m some.
"""
FOOT = "End Certificates.\n"

MU, VAR = mu(), var()
RADICAND = VAR + eps
CLOSED = {"dx": backward(), "dgamma": inner(dy, xhat()), "dbeta": total(dy)}
SCALARS = ("gamma", "beta", "eps", "m")


def certificates(derivations: list[tuple[str, Derivation]]) -> tuple[str, list[str]]:
    """Return a Coq file for those derivations that can be written so, and their names."""
    lemmas, names = [], []
    for name, derivation in derivations:
        try:
            lemmas.append(lemma(name, derivation.start, derivation.end))
        except NotSupported:
            continue
        names.append(name)
    return "\n".join([HEAD, *lemmas, FOOT]), names


def lemma(name: str, left: Expr, right: Expr) -> str:
    """Return one lemma with its proof.

    Raises NotSupported for what is not an identity of sums over the batch.
    """
    writer = _Writer()
    stated = f"{writer.stated(left)} =\n    {writer.stated(right)}"
    for side in (left, right):
        writer.value(side)
    free = sorted(index.name for index in free_indices(left) | free_indices(right))
    quantified = f"forall {' '.join(free)} : nat,\n    " if free else ""
    intro = f"  intros {' '.join(free)}.\n" if free else ""
    facts = "".join(writer.facts)
    return (
        f"Lemma {name} :\n    {quantified}{stated}.\nProof.\n{intro}{facts}  field; auto.\nQed.\n"
    )


def _is_known_nonzero(p: Polynomial) -> bool:
    """Whether the hypotheses of every certificate say so: M and s are not zero."""
    known = {("scalar", "m"), ("scalar", "s")}
    return p.monomial is not None and {a for a, _ in p.monomial[0]} <= known


@dataclass
class _Writer:
    facts: list[str] = field(default_factory=list)
    values: dict[str, tuple[Polynomial, str]] = field(default_factory=dict)

    def stated(self, expr: Expr, solved: bool = False) -> str:
        """Return the expression; if ``solved``, with its sums replaced by what they are."""
        match expr:
            case Number(value):
                return number(value)
            case Symbol("m"):
                return "M"
            case Symbol(name) if name in SCALARS:
                return name
            case Element(name, (Index() as at,)) if name in VECTORS:
                return f"({name} {at.name})"
            case Add(terms):
                return "(" + " + ".join(self.stated(t, solved) for t in terms) + ")"
            case Mul(factors):
                return "(" + " * ".join(self.stated(f, solved) for f in factors) + ")"
            case Power(base, exponent) if _is_radicand(base):
                return power("s", -2 * exponent)
            case Power(base, exponent) if exponent.denominator == 1:
                return power(self.stated(base, solved), exponent)
            case Sum() if free_indices(expr):
                raise NotSupported("a sum that depends on an index outside it")
            case Sum(index, body) if solved:
                return self.values[self.stated(Sum(index, body))][1]
            case Sum(index, body):
                return total_of(self.stated(rename(body, {index: Index("k")})))
            case Named() if expr == MU:
                return "mu"
            case Named() if expr == VAR:
                return "(/ (s * s) - eps)"
            case Named():
                return self.stated(_body(expr), solved)
        raise NotSupported(f"a certificate cannot speak of {type(expr).__name__}")

    def value(self, expr: Expr) -> Polynomial:
        """Return the normal form in mu, s and power sums; record a fact for each sum."""
        match expr:
            case Number(value):
                return algebra.constant(value)
            case Symbol(name):
                return algebra.atom("scalar", name)
            case Element(name, (Index() as at,)):
                return algebra.atom("element", name, ((1, at.name),))
            case Add(terms):
                parts = [item for t in terms for item in self.value(t).terms.items()]
                return algebra.collect(parts)
            case Mul(factors):
                product = algebra.constant(1)
                for factor in factors:
                    product = product * self.value(factor)
                return product
            case Power(base, exponent) if _is_radicand(base):
                return algebra.atom("scalar", "s") ** int(-2 * exponent)
            case Power(base, exponent):
                raised = self.value(base)
                if exponent < 0 and not _is_known_nonzero(raised):
                    raise NotSupported("a denominator that Coq would have to be told is not zero")
                return raised ** int(exponent)
            case Named() if expr == MU:
                return algebra.atom("scalar", "mu")
            case Named() if expr == VAR:
                return algebra.atom("scalar", "s") ** -2 - algebra.atom("scalar", "eps")
            case Named():
                return self.value(_body(expr))
            case Sum(index, body):
                return self._sum(index, body)
        raise NotSupported(f"a certificate cannot speak of {type(expr).__name__}")

    def _sum(self, index: Index, body: Expr) -> Polynomial:
        body = rename(body, {index: Index("k")})
        key = self.stated(Sum(Index("k"), body))
        if key not in self.values:
            inside = self.value(body)
            value = with_statistics(power_sums.total(inside, "k", "m"))
            bare = total_of(monomial_text(inside_of(value)))
            if bare == key:  # a power sum already: rewriting it into itself would not end
                self.values[key] = (value, key)
            else:
                self.values[key] = (value, f"({polynomial(value)})")
                self.facts.append(self._fact(body, inside, self.values[key][1]))
        return self.values[key][0]

    def _fact(self, body: Expr, inside: Polynomial, value: str) -> str:
        solved = self.stated(body, solved=True)
        nth = len(self.facts) + 1
        split = " + ".join(f"{c} * ({p})" for c, p in linear(inside)) or "0 * 1"
        return (
            f"  assert (sum_{nth} : {total_of(solved)} =\n      {value}).\n"
            f"  {{ rewrite (total_ext m _ (fun k => {split})) by (intro; field; auto).\n"
            f"    rewrite ?total_add, ?total_scale, ?total_one, ?mean_x, ?var_x. field; auto. }}\n"
            f"  try rewrite sum_{nth}. clear sum_{nth}.\n"
        )


def _body(expr: Named) -> Expr:
    if expr.name in CLOSED:
        closed = CLOSED[expr.name]
        at = next(iter(expr.indices), i)
        return closed[at]
    if isinstance(expr.body, Derivative):
        raise NotSupported("a derivative without a closed form")
    return expr.body


def _is_radicand(expr: Expr) -> bool:
    return expr == RADICAND
