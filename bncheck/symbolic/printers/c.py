"""Writes programs as plain C with loops, for one channel of m values.

Every quantity with one value per sample is an array of m that the caller provides; every
quantity with one value per channel is a local variable, and is stored through a pointer where it
is a result.
"""

from __future__ import annotations

from fractions import Fraction

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
from bncheck.symbolic.trees import is_negative


def module(programs: tuple[Program, ...]) -> str:
    """Return a C file with one function for each program."""
    return "\n".join(["#include <math.h>\n", *(function(program) for program in programs)])


def function(program: Program) -> str:
    """Return the source of one C function."""
    parameters = ["long m", *map(_input, program.arguments)]
    lines: list[str] = []
    for step in program.steps:
        if step.indices:
            parameters.append(f"double *restrict {step.name}")
        elif step.name in program.returns:
            parameters.append(f"double *restrict {step.name}_out")
        lines += _step(step)
        if not step.indices and step.name in program.returns:
            lines.append(f"*{step.name}_out = {step.name};")
    inside = ",\n    ".join(parameters)
    head = f"void bn_{program.name}(\n    {inside})"
    summary = program.doc.splitlines()[0].replace("``", "").replace("`", "")
    looks_at_m = any("< m;" in line or "(double)m" in line for line in lines)
    unused = [] if looks_at_m else ["(void)m;"]
    body = "".join(f"    {line}\n" for line in [*unused, *lines])
    return f"/* {summary} */\n{head}\n{{\n{body}}}\n"


def _input(argument: Expr) -> str:
    if isinstance(argument, Named | Element) and argument.indices:
        return f"const double *restrict {argument.name}"
    if isinstance(argument, Named | Symbol):
        return f"double {argument.name}"
    raise TypeError(f"not an argument: {argument!r}")


def _step(step: Named) -> list[str]:
    sums: list[str] = []
    code = _Writer(step.name, sums).write(step.body, 0)
    if step.indices:
        return [*sums, f"for (long i = 0; i < m; ++i) {step.name}[i] = {code};"]
    return [*sums, f"const double {step.name} = {code};"]


class _Writer:
    """Writes one expression; sums become loops before it."""

    def __init__(self, name: str, sums: list[str]) -> None:
        self.name, self.sums = name, sums

    def write(self, expr: Expr, tightness: int) -> str:
        code, holds = self._write(expr)
        return code if holds >= tightness else f"({code})"

    def _write(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Number(value):
                return _number(value), 3 if value >= 0 else 2
            case Element(name) | Named(name, (_,)):
                return f"{name}[i]", 3
            case Symbol("m"):
                return "(double)m", 2
            case Symbol(name) | Named(name):
                return name, 3
            case Sum(_, body):
                sum_name = f"{self.name}_sum{len(self.sums) // 2 or ''}"
                code = self.write(body, 0)
                self.sums.append(f"double {sum_name} = 0;")
                self.sums.append(f"for (long i = 0; i < m; ++i) {sum_name} += {code};")
                return sum_name, 3
            case Add(terms):
                return self._sum(terms), 1
            case Power(base, exponent):
                return self._power(base, exponent)
            case Mul(factors):
                return self._product(factors), 2
        raise TypeError(f"C cannot be printed for a {type(expr).__name__}")

    def _sum(self, terms: tuple[Expr, ...]) -> str:
        code = self.write(terms[0], 1)
        for term in terms[1:]:
            negative = is_negative(term)
            part = self.write(mul(-1, term) if negative else term, 2)
            code += f" {'-' if negative else '+'} {part}"
        return code

    def _power(self, base: Expr, exponent: Fraction) -> tuple[str, int]:
        if exponent < 0:
            return f"1 / {self.write(power(base, -exponent), 3)}", 2
        if exponent == Fraction(1, 2):
            return f"sqrt({self.write(base, 0)})", 3
        return f"pow({self.write(base, 0)}, {_number(exponent)})", 3

    def _product(self, factors: tuple[Expr, ...]) -> str:
        code = ""
        for factor in factors:
            if code and isinstance(factor, Power) and factor.exponent < 0:
                code += f" / {self.write(power(factor.base, -factor.exponent), 3)}"
            else:
                code += (" * " if code else "") + self.write(factor, 3 if code else 2)
        return code


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"({value.numerator} / {value.denominator}.0)"
