"""Writes for each sum the fact that it is the linear combination of power sums that it is."""

from __future__ import annotations

from fractions import Fraction

from bncheck.symbolic import algebra, power_sums
from bncheck.symbolic.algebra import Monomial, Polynomial
from bncheck.symbolic.expression import Expr, Index, ordered_indices
from bncheck.symbolic.printers.coq_state import State
from bncheck.symbolic.printers.coq_sums import same_sum
from bncheck.symbolic.printers.coq_terms import atom, monomial, name_of, polynomial, total


class Sums(State):
    """Follows sums; those that depend on an index outside are stated for every index."""

    def __init__(self, sizes: frozenset[str], free: frozenset[str], known: frozenset[str]) -> None:
        """Start without any fact."""
        super().__init__(sizes, free, known)
        self._open: dict[str, str] = {}

    def _sum(
        self, expr: Expr, index: Index, body: Expr, inside: Polynomial, value: Polynomial
    ) -> None:
        literal = self.literal(expr)
        bound = [n for n in ordered_indices(expr) if n.name not in self._free]
        if literal in self._closed or literal in self._open:
            return
        fact = self._next("sum")
        given = "".join(
            f"forall {name_of(n.name)} : nat, ({name_of(n.name)} < {name_of(n.size)})%nat -> "
            for n in bound
        )
        at = name_of(index.name)
        left = total(index.size, at, self.shown(body))
        self.steps += [f"assert ({fact} : {given}{left} = {self._text(value)}).", "{ intros."]
        self.steps += self._linear(index.size, index.name, inside)
        self.steps.append(f"{self._eliminate()}close. }}")
        if bound:
            self._open[literal] = fact
        else:
            self._closed[literal] = self._text(value)
            self.steps.append(f"try rewrite {fact} in *. clear {fact}.")

    def _linear(self, size: str, index: str, inside: Polynomial) -> list[str]:
        groups = _grouped(inside, index)
        parts = [(self._text(c), self._product(key)) for key, c in groups]
        chain = "".join(f"{c} * ({f}) + (" for c, f in parts) + "0" + ")" * len(parts)
        known = self._with_facts()
        at, of = name_of(index), name_of(size)
        steps = [
            f"transitivity (total {of} (fun {at} => {chain})).",
            f"{{ apply total_eq; intros; cbv beta. {known}{self._eliminate()}close. }}",
        ]
        # facts about the products come first: rewriting must find them as they stand
        for c, f in parts:
            steps.append(f"rewrite (total_split {of} {c} (fun {at} => {f})).")
        steps.append("rewrite total_zero.")
        before: list[str] = []
        for key, _ in groups:
            if not key:
                steps.append("rewrite ?total_one.")
                continue
            fact = self._next("part")
            before.append(self._part(fact, size, index, key))
            steps.append(f"try rewrite {fact}. clear {fact}.")
        return before + steps

    def _with_facts(self) -> str:
        """Put the facts about sums within sums in: those that contain others first."""
        by = "by (first [assumption | lia])"
        return "".join(f"rewrite ?{fact} {by}. " for fact in reversed(self._open.values()))

    def _part(self, fact: str, size: str, index: str, key: Monomial) -> str:
        at, of = name_of(index), name_of(size)
        left = total(size, at, self._product(key))
        value = power_sums.total(Polynomial({key: Fraction(1)}), index, size)
        right = polynomial(value, {}, self.sizes)
        contracted = next((a for a, _ in key if a[0] == "delta"), None)
        if contracted is None:
            steps = same_sum(size, index, key)
            ((only, _),) = value.terms.items()
            right = monomial(only, {}, self.sizes)
        else:
            other = contracted[2] if contracted[1] == (1, index) else contracted[1]
            place = atom(("delta", (1, index), other), {}, self.sizes)
            there = place.split()[2].rstrip(")")
            rest = self._product(tuple(f for f in key if f[0] != contracted)) or "1"
            steps = [
                f"transitivity (total {of} (fun {at} => {place} * ({rest}))).",
                "{ apply total_eq; intros; cbv beta; close. }",
                f"rewrite (total_delta {of} {there} (fun {at} => {rest})) by (first [assumption |"
                " lia]).",
                "cbv beta. close.",
            ]
        return f"assert ({fact} : {left} = {right}).\n  {{ " + "\n    ".join(steps) + " }"

    def _product(self, key: Monomial) -> str:
        return monomial(key, {}, self.sizes)


def _grouped(p: Polynomial, index: str) -> list[tuple[Monomial, Polynomial]]:
    """Split into products of what depends on the index, and their coefficients."""
    groups: dict[Monomial, Polynomial] = {}
    for key, coefficient in p.terms.items():
        inside = tuple(f for f in key if algebra.depends(f[0], index))
        outside = tuple(f for f in key if not algebra.depends(f[0], index))
        groups[inside] = groups.get(inside, algebra.constant(0)) + Polynomial(
            {outside: coefficient}
        )
    return sorted(((key, c) for key, c in groups.items() if c.terms), key=lambda group: group[0])
