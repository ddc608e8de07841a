"""Writes the proof that two expressions are equal: the steps of the normal form, one by one.

Each sum and each root that the normal form meets becomes a fact that Coq checks: a sum is the
linear combination of power sums that it is, a root s is positive with s s = R, and one unknown
of R is eliminated. What is left is an equation of fractions. Nothing of the normal form has to be
believed: where it were wrong, Coq would refuse the fact.
"""

from __future__ import annotations

from bncheck.errors import NotSupported
from bncheck.symbolic import algebra, power_sums
from bncheck.symbolic.algebra import Atom, Polynomial
from bncheck.symbolic.expression import Add, Expr, Mul, Number, Power, Sum, Symbol
from bncheck.symbolic.printers.coq_linear import Sums
from bncheck.symbolic.printers.coq_terms import atom, number, repeated
from bncheck.symbolic.trees import walk


class Writer(Sums):
    """Follows the normal form of an equation, and collects hypotheses and steps."""

    def __init__(self, sizes: frozenset[str], free: frozenset[str], known: frozenset[str]) -> None:
        """Start without any denominator."""
        super().__init__(sizes, free, known)
        self._apart: set[str] = set()

    def finish(self) -> str:
        """Return the last step: an equation of fractions."""
        return f"{self._eliminate()}close."

    def suppose_roots(self, expr: Expr) -> None:
        """Suppose that what stands under roots is positive: there they have derivatives."""
        for node in walk(expr):
            rooted = isinstance(node, Power) and node.exponent.denominator == 2
            if rooted and not self._manifest(node.children[0]):
                self.hypotheses[f"0 < {self.literal(node.children[0])}"] = None

    def _evaluate(self, expr: Expr) -> Polynomial:
        match expr:
            case Sum(index, body):
                inside = self._of(body)
                value = power_sums.total(inside, index.name, index.size)
                self._sum(expr, index, body, inside, value)
                return value
            case Power(base, exponent):
                p = self._of(base)
                if exponent.denominator == 2:
                    return self._rooted(base, p) ** int(2 * exponent)
                if exponent < 0:
                    p = self._reduce(p)
                    self._divides(base, p)
                return p ** int(exponent)
        return super()._evaluate(expr)

    def _rooted(self, base: Expr, p: Polynomial) -> Polynomial:
        literal = self.literal(base)
        if literal in self._roots:
            return self._roots[literal][1]
        radicand = self._reduce(p)
        mono = self._monomial_root(radicand) or self._known_root(radicand)
        root = mono if mono is not None else self._new_root(literal, base, radicand)
        if mono is not None:
            self._old_root(literal, base, mono)
        return root

    def _old_root(self, literal: str, base: Expr, root: Polynomial) -> None:
        ((key, c),) = root.terms.items()
        signs = [a[1] for a, _ in key if a[0] == "sign"]
        for a in signs:
            self._sign(a)
        factors = [
            f"({self._texts[('sign', a)]} * {atom(a, self._texts, self.sizes)})" for a in signs
        ]
        for a, e in key:
            rest = e - 1 if a in signs else e
            if a[0] != "sign" and rest:
                factors.append(repeated(atom(a, self._texts, self.sizes), rest))
        fact = self._next("root")
        text = " * ".join(filter(None, ["" if c == 1 else number(c), *factors])) or "1"
        self.steps += [
            f"assert ({fact} : sqrt {self.shown(base)} = {text}).",
            f"{{ apply root_is; [nonneg | {self._eliminate('; ')}close]. }}",
            f"try rewrite {fact} in *. clear {fact}.",
        ]
        self._roots[literal] = (f"({text})", root)

    def _sign(self, a: Atom) -> None:
        if ("sign", a) in self._texts:
            return
        name = self._next("g")
        self._texts[("sign", a)] = name
        self.steps.append(
            f"destruct (sign_of {atom(a, self._texts, self.sizes)}) as ({name} & {name}_is & "
            f"{name}_with)."
        )

    def _new_root(self, literal: str, base: Expr, radicand: Polynomial) -> Polynomial:
        t = algebra.atom("root", len(self._eliminated))
        divisor = algebra.constant(1)
        found = self._unknown_of(radicand)
        if found is None:
            divisor = self._denominator_root(radicand)
            found = self._unknown_of(radicand * divisor**2)
        if found is None:
            raise NotSupported("a root has no unknown to solve it for")
        target, coefficient, rest = found
        value = (t**-2 - rest) * algebra.inverse(coefficient)
        s, solved = self._next("s"), self._next("solved")
        self._texts[("root", len(self._eliminated))] = f"(/ {s})"
        if not self._manifest(base):
            self.hypotheses[f"0 < {literal}"] = None
        scale = self._text(divisor)
        shown = self.shown(base)
        old = atom(target, self._texts, self.sizes)
        self.steps += [
            f"assert ({s}_of : 0 < {shown}) by positive.",
            f"destruct (root_of {shown} {scale} {s}_of) as ({s} & {s}_pos & {s}_sq & {s}_def);"
            " [positive |].",
            f"try rewrite {s}_def in *. clear {s}_def.",
        ]
        new = self._root_texts(value, s)
        self.steps += [
            f"assert ({solved} : {old} = {new}).",
            f"{{ rewrite ?{s}_sq. close. }}",
            f"try rewrite {solved} in *.",
        ]
        self._eliminated.append((target, value))
        self._roots[literal] = (f"({s} / {scale})", t**-1 * divisor**-1)
        self._replace_texts(target, old, new)
        self._solved.append(solved)
        return self._reduce(t**-1 * divisor**-1)

    def _root_texts(self, value: Polynomial, s: str) -> str:
        return self._text(value).replace(f"(/ ((/ {s}) * (/ {s})))", f"({s} * {s})")

    def _divides(self, base: Expr, p: Polynomial) -> None:
        if isinstance(base, Mul | Power):
            for factor in base.children:
                self._divides(factor, self._reduce(self._of(factor)))
        literal = self.literal(base)
        if literal in self._apart or isinstance(base, Number | Mul | Power):
            return
        self._apart.add(literal)
        if self._manifest(base):
            return
        root = self._root_of(p)
        if root is None:
            self.hypotheses[f"{literal} <> 0"] = None
        else:
            fact, text = self._next("square"), self._text(root * root)
            self.steps.append(
                f"assert ({fact} : {self.shown(base)} = {text}) by ({self._eliminate('; ')}close)."
            )
            self.steps.append(f"try rewrite {fact} in *. clear {fact}.")
            self._squares[literal] = text

    def _root_of(self, p: Polynomial) -> Polynomial | None:
        """Return a root whose square the denominator is."""
        for _, root in self._roots.values():
            gap = self._reduce(p) - self._reduce(root * root)
            if not algebra.without_inverses(gap).terms:
                return root
        return None

    def _manifest(self, base: Expr) -> bool:
        match base:
            case Add((Symbol(name), Number(value))) if value == -1:
                return f"{name} - 1" in self._known_positive
            case Symbol(name):
                return name in self.sizes or name in self._known_positive
            case Number(value):
                return value > 0
            case Power(inner, exponent):
                return exponent.denominator == 2 or self._manifest(inner)
        return (
            all(map(self._manifest, base.children))
            and bool(base.children)
            and not isinstance(base, Sum)
        )
