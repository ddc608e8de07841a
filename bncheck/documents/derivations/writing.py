"""Expressions with local names, as formulas of a document."""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.documents.derivations.naming import Naming
from bncheck.documents.derivations.outlines import Local
from bncheck.documents.model import Formula
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.printers.formula import latex, text
from bncheck.symbolic.printers.notation import Spelling

RELATIONS = {r"\ge": ">=", r"\le": "<=", r"\neq": "!="}


class Writer:
    """Writes formulas with the local names of one theorem."""

    def __init__(self, naming: Naming) -> None:
        """Take the names."""
        self._names: Mapping[str, Spelling] = naming.spellings
        self._plain = {key: _plain(spelling) for key, spelling in naming.spellings.items()}

    def formula(self, expr: Expr) -> Formula:
        """Return an expression as a formula."""
        return Formula(latex(expr, self._names), text(expr, self._plain))

    def relation(self, left: Expr, sign: str, right: Expr) -> Formula:
        """Return a relation as a formula."""
        one, other = self.formula(left), self.formula(right)
        plain = RELATIONS.get(sign, sign)
        return Formula(f"{one.tex} {sign} {other.tex}", f"{one.text} {plain} {other.text}")

    def definition(self, local: Local) -> Formula:
        """Return what a local name stands for, as an equation."""
        return self.relation(local.symbol, "=", local.body)


def _plain(spelling: Spelling) -> Spelling:
    r"""Return a spelling for plain text: ``mu_z``, ``var_z``, ``zhat``."""
    base, below = plain(spelling.base), plain(spelling.below)
    return Spelling("var" if spelling.above and base == "sigma" else base, below)


def plain(tex: str) -> str:
    r"""Return a letter in plain text: ``zhat`` for ``\hat{z}``."""
    for accent, name in ((r"\hat{", "hat"), (r"\tilde{", "tilde")):
        if tex.startswith(accent):
            tex = tex.removeprefix(accent).removesuffix("}") + name
    return tex.replace("\\", "")
