"""Writes programs as array code: NumPy, torch or jax, over axis 0.

The three differ in the name of their module only: ``.sum(0)``, ``.mean(0)`` and ``sqrt`` exist
in all. Named quantities become variables, in the order and with the parentheses of the author.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bncheck.errors import NotSupported
from bncheck.symbolic.expression import (
    Add,
    Element,
    Expr,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    mul,
    power,
)
from bncheck.symbolic.programs import Program
from bncheck.symbolic.trees import is_negative, walk

SUM, PRODUCT, UNARY, ATOM = 1, 2, 3, 4
WIDTH = 100


@dataclass(frozen=True)
class Dialect:
    """An array library: the prefix of its functions, and the name of its array type."""

    module: str
    array: str
    imports: str


NUMPY = Dialect("np", "Array", "import numpy as np\n\nfrom bncheck.model.formats import Array")
PLAIN_NUMPY = Dialect("np", "np.ndarray", "import numpy as np")
TORCH = Dialect("torch", "torch.Tensor", "import torch")
JAX = Dialect("jnp", "jax.Array", "import jax\nimport jax.numpy as jnp")


def function(program: Program, dialect: Dialect = NUMPY) -> str:
    """Return the source of one function."""
    arguments = [_argument(argument, dialect) for argument in program.arguments]
    signature = f"def {program.name}({', '.join(arguments)}) -> {_returned(program, dialect)}:"
    if len(signature) > WIDTH:
        inside = f"    {', '.join(arguments)}"
        signature = f"def {program.name}(\n{inside}\n) -> {_returned(program, dialect)}:"
    lines = [signature, *_docstring(program)]
    if any(isinstance(n, Symbol) and n.name == "m" for n in _printed(program)):
        batch = next(a for a in program.arguments[::-1] if isinstance(a, Element))
        lines.append(f"    m = {batch.name}.shape[0]")
    last = {name: at for at, name in enumerate(program.returns)}
    steps = list(program.steps)
    inline = len(program.returns) == 1 and steps[-1].name in last
    lines += [
        f"    {s.name} = {Writer(dialect).write(s.body)[0]}"
        for s in steps[: -1 if inline else None]
    ]
    values = ", ".join(program.returns)
    if inline:
        # annotated: what a library's operators return is often untyped
        only = steps[-1]
        lines.append(f"    {only.name}: {dialect.array} = {Writer(dialect).write(only.body)[0]}")
        lines.append(f"    return {only.name}")
    else:
        lines.append(
            f"    return {program.record}({values})" if program.record else f"    return {values}"
        )
    return "\n".join(lines) + "\n"


def _argument(argument: Expr, dialect: Dialect) -> str:
    if not isinstance(argument, Named | Element | Symbol):
        raise TypeError(f"not an argument: {argument!r}")
    return f"{argument.name}: {'float' if argument.name == 'weight' else dialect.array}"


def _returned(program: Program, dialect: Dialect) -> str:
    if program.record:
        return program.record
    if len(program.returns) == 1:
        return dialect.array
    return f"tuple[{', '.join([dialect.array] * len(program.returns))}]"


def _docstring(program: Program) -> list[str]:
    first, *rest = program.doc.splitlines()
    if not rest:
        return [f'    """{first}"""']
    return [f'    """{first}', *(f"    {line}".rstrip() for line in rest), '    """']


def _printed(program: Program) -> list[Expr]:
    """Return the nodes that appear in the code: what lies under a name is not printed again."""
    return [n for step in program.steps for n in _visible(step.body)]


def _visible(expr: Expr) -> list[Expr]:
    if isinstance(expr, Named):
        return [expr]
    if _mean_of(mul(-1, expr) if is_negative(expr) else expr) is not None:
        return [n for n in walk(expr) if isinstance(n, Named)]
    return [expr, *(n for child in expr.children for n in _visible(child))]


def _mean_of(expr: Expr) -> Expr | None:
    """Return the vector whose mean the expression is, if it is written as one."""
    match expr:
        case Mul((Sum(index, body), Power(Symbol(name), exponent))) if name == index.size:
            return body if exponent == -1 else None
    return None


@dataclass(frozen=True)
class Writer:
    """Writes expressions in one dialect."""

    dialect: Dialect

    def write(self, expr: Expr) -> tuple[str, int]:
        """Return the code, and how tightly it holds together."""
        averaged = _mean_of(expr)
        if averaged is not None:
            return f"{self.held(averaged, ATOM)}.mean(0)", ATOM
        match expr:
            case Number(value):
                if value.denominator == 1:
                    return str(value), ATOM if value >= 0 else UNARY
                return f"{value.numerator} / {value.denominator}", PRODUCT
            case Symbol(name) | Element(name) | Named(name):
                return name, ATOM
            case Sum(_, body):
                return f"{self.held(body, ATOM)}.sum(0)", ATOM
            case Add(terms):
                return self._sum(terms), SUM
            case Power(base, exponent):
                return self._power(base, exponent)
            case Mul(factors):
                return self._product(factors), PRODUCT
        raise NotSupported(f"code cannot be printed for a {type(expr).__name__}")

    def held(self, expr: Expr, tightness: int) -> str:
        """Return the code, in parentheses where it would fall apart."""
        code, holds = self.write(expr)
        return code if holds >= tightness else f"({code})"

    def _sum(self, terms: tuple[Expr, ...]) -> str:
        # a positive term first: 1 - weight, not -weight + 1
        ordered = sorted(terms, key=is_negative) if is_negative(terms[0]) else list(terms)
        code = self.held(ordered[0], SUM)
        for term in ordered[1:]:
            negative = is_negative(term)
            part = self.held(mul(-1, term) if negative else term, PRODUCT)
            code += f" {'-' if negative else '+'} {part}"
        return code

    def _power(self, base: Expr, exponent: Fraction) -> tuple[str, int]:
        if exponent < 0:
            return f"1 / {self.held(power(base, -exponent), UNARY)}", PRODUCT
        if exponent == Fraction(1, 2):
            return f"{self.dialect.module}.sqrt({self.write(base)[0]})", ATOM
        if exponent.denominator == 1:
            return f"{self.held(base, ATOM)} ** {exponent}", UNARY
        root = self.held(power(base, Fraction(1, 2)), ATOM)
        return f"{root} ** {exponent.numerator}", UNARY

    def _product(self, factors: tuple[Expr, ...]) -> str:
        sign = ""
        if factors[0] == Number(Fraction(-1)):
            sign, factors = "-", factors[1:]
        code = ""
        for factor in factors:
            divides = isinstance(factor, Power) and factor.exponent < 0
            if divides and code and isinstance(factor, Power):
                code += f" / {self.held(power(factor.base, -factor.exponent), UNARY)}"
            else:
                code += (" * " if code else "") + self.held(factor, UNARY if code else PRODUCT)
        return sign + code
