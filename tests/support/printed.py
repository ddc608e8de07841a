"""Every line of every derivation as LaTeX that can be judged, and forgeries of it.

For all forgeries of all lines (about ten minutes): ``python -m tests.symbolic.printed``; it says
which are undecided, and which are judged true although exact rationals tell both sides apart.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import rationals
from bncheck.symbolic.claims.given import about
from bncheck.symbolic.claims.judge import Verdict, judge
from bncheck.symbolic.claims.statement import statements
from bncheck.symbolic.expression import Derivative, Element, Expr, Index, Sum, Symbol
from bncheck.symbolic.library import find
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.trees import walk

KNOWN = {"m", "eps", "gamma", "beta", "x", "dy", "running_mean", "running_var"}
ROOT = r"\sqrt{\sigma^2 + \epsilon}"


@dataclass(frozen=True)
class Line:
    """Both sides of a printed line, what its symbols mean, and which normalization it is about."""

    left: str
    right: str
    where: dict[str, str] = field(hash=False, compare=False)
    norm: str = "batch"

    def judged(self, right: str | None = None) -> Verdict:
        """Return the verdict, with another right side if there is one."""
        formula = f"{self.left} = {self.right if right is None else right}"
        return judge(formula, self.where, norm=self.norm, repair=False)

    def differs(self, right: str) -> bool | None:
        """Whether exact rationals tell the sides apart; ``None`` where no root is rational."""
        try:
            where = about(self.norm, self.where)
            (statement,) = statements(f"{self.left} = {right}", where)
            return rationals.refutation(statement.left, statement.right) is not None
        except (NotSupported, ValueError, ZeroDivisionError):
            return None


NORMS = {"LN": "layer", "RMS": "rms", "GN": "group", "IN": "instance"}
"""Normalizations, by the letters of their theorems."""
ONE_CHANNEL = "GN03"
"""A theorem on groups of one channel, which is instance normalization: one gamma for the group."""


def norm_of(id: str) -> str:
    """Return the normalization that a theorem is about."""
    return "instance" if id == ONE_CHANNEL else NORMS.get(id.rstrip("0123456789"), "batch")


def pairs() -> Iterator[tuple[Expr, Expr, str]]:
    """Yield both sides of every line of every derivation, and which normalization it is about."""
    for proof in find():
        norm = norm_of(proof.theorem.id)
        for derivation in proof.theorem.derivations:
            shown = [derivation.start, *(step.expression for step in derivation.steps)]
            yield from ((before, after, norm) for before, after in pairwise(shown))


@cache
def lines() -> tuple[Line, ...]:
    """Return every line of every derivation, each once."""
    made = (Line(latex(one), latex(two), where(one, two), norm) for one, two, norm in pairs())
    return tuple(dict.fromkeys(made))


def where(*sides: Expr) -> dict[str, str]:
    """Return what a page would say in words about the symbols that are no known ones."""
    nodes = [n for side in sides for n in walk(side)]
    arrays: dict[str, list[str]] = {}
    unknown = {n.name for n in nodes if isinstance(n, Element)}
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)}
    for n in nodes:
        indices = n.indices if isinstance(n, Element) else ()
        if isinstance(n, Derivative) and n.target in unknown:
            sizes |= {index.size for index in n.formal}
            n, indices = Element(n.target, n.formal), n.formal
        for at, index in enumerate(indices):  # a fixed place says nothing about the size
            known = arrays.setdefault(n.name, ["m"] * len(indices))
            known[at] = index.size if isinstance(index, Index) else known[at]
    sizes |= {size for over in arrays.values() for size in over}
    said = dict.fromkeys(sizes - {"m"}, "size")
    for n in nodes:
        if isinstance(n, Symbol) and n.name not in KNOWN | sizes:
            said[latex(Symbol(n.name))] = "positive scalar" if n.positive else "scalar"
    if any(isinstance(n, Symbol) and n.name.startswith("running") for n in nodes):
        said |= {"y": "y", r"\hat{x}": "xhat"}  # those of training
    for name, over in arrays.items():
        if name not in KNOWN or over != ["m"]:
            said[latex(Symbol(name))] = f"array over {', '.join(over)}"
    return said


def flipped_signs(right: str) -> Iterator[str]:
    """Yield the formula with each of its signs flipped."""
    for sign in re.finditer(r"(?<= )[+-](?= )", right):
        yield right[: sign.start()] + ("-" if sign[0] == "+" else "+") + right[sign.end() :]
    yield right[1:] if right.startswith("-") else rf"-\left({right}\right)"


def changed(pattern: str, by: str):
    """Return a forgery that replaces the first match."""
    return lambda right: re.sub(pattern, by.replace("\\", r"\\"), right, count=1)


def without_a_term(right: str) -> str:
    """Return the formula without the second term of its first sum."""
    start = re.search(r" [+-] ", right)
    if start is None:
        return right
    depth, end = 0, start.end()
    while end < len(right) and not (depth == 0 and re.match(r" [+-] ", right[end:])):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(right[end], 0)
        if depth < 0:  # the bracket that the sum stands in; \right) begins before it
            end -= len(r"\right") if right[end] == ")" else 0
            break
        end += 1
    return right[: start.start()] + right[end:]


FORGERIES = {
    "factor": lambda r: rf"2 \left({r}\right)",
    "index": changed(r"_\{j\}", "_{k}"),
    "missing term": without_a_term,
    "m - 1 for m": changed(r"\}\{m\}", "}{m - 1}"),
    "m for 1": changed(r"\}\{m\}", "}{1}"),
    "eps outside the root": lambda r: r.replace(ROOT, r"\left(\sqrt{\sigma^2} + \epsilon\right)"),
    "eps dropped": changed(r"\\sigma\^2 \+ \\epsilon(?!_)", r"\sigma^2"),
    "eps twice": changed(r"\\sigma\^2 \+ \\epsilon", r"\sigma^2 + 2 \epsilon"),
    "1 for xhat": changed(r"(?<!partial )\\hat\{x\}_\{[ij]\}(\^\{\d\})?", "1"),
    "root dropped": lambda r: r.replace(ROOT, r"\left(\sigma^2 + \epsilon\right)", 1),
    "exponent": changed(r"\^\{2\}", "^{3}"),
    "exponent of a root": changed(r"\^\{(-?)3/2\}", "^{1/2}"),
}


def forgeries(line: Line) -> Iterator[tuple[str, str]]:
    """Yield every forgery of a line: how it was made, and the right side."""
    if line.right in ("0", "1"):
        yield "0 for 1", str(1 - int(line.right))
        return
    for number, wrong in enumerate(flipped_signs(line.right)):
        yield f"sign {number}", wrong
    for kind, change in FORGERIES.items():
        wrong = change(line.right)
        if wrong not in (line.right, ""):
            yield kind, wrong


def main() -> None:
    """Judge every forgery of every line."""
    outcome = Counter()
    for line in lines():
        for kind, wrong in forgeries(line):
            verdict = line.judged(wrong).verdict
            outcome[verdict] += 1
            doubtful = verdict == "true" and line.differs(wrong) is not False
            if verdict == "undecided" or doubtful:
                sys.stdout.write(f"{verdict}, {kind}: {line.left} = {wrong}; {line.where}\n")
    sys.stdout.write(f"{dict(outcome)}\n")


if __name__ == "__main__":
    main()
