"""What the symbols of one formula mean.

A symbol that could mean two things is refused with the question that would decide it, an unknown
one with the known one that is spelled most like it; nothing is guessed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from bncheck.symbolic.claims.definitions import Definition
from bncheck.symbolic.claims.labels import (
    BATCH,
    RUNNING,
    full_key_of,
    is_marked,
    key_of,
    labels_of,
    squared,
)
from bncheck.symbolic.claims.lexer import ClaimError, TwoMeanings
from bncheck.symbolic.claims.nodes import Name, Node
from bncheck.symbolic.claims.norms import OF_A_SET
from bncheck.symbolic.claims.quantified import PARAMETERS, Quantified
from bncheck.symbolic.expression import (
    Expr,
    Index,
    Symbol,
    free_indices,
    i,
    rename,
    sqrt,
)
from bncheck.symbolic.vocabulary import (
    eps,
    m,
    mean,
    mu,
    running_mean,
    running_var,
    square,
    var,
    x,
)

FREE_SCALARS = frozenset({"a", r"\alpha", "b", "c", "k", r"\lambda", "t"})
BARE_SIGMA = (
    "is a bare sigma sqrt(var), or sqrt(var + eps)? say it with `where`: "
    r"'\sigma=std' or '\sigma=std+eps'"
)
EPS = r"\epsilon"
KNOWN = (
    *("x", "y", r"\hat{x}", r"\mu", r"\mu_{B}", r"\mu_{run}", r"\sigma^2", r"\sigma^2_{B}"),
    *(r"\sigma^2_{run}", r"\gamma", r"\beta", r"\epsilon", "m", "L"),
)
"""How known symbols are spelled, for those who spelled one otherwise."""


@dataclass
class Symbols(Quantified, ABC):
    """How the symbols of one formula are read.

    ``inference`` is whether running statistics occur in it; ``totals`` whether mu and sigma^2 move
    in a derivative by x; ``defined`` is what the page defines, ``values`` what of it is known, and
    ``looking_up`` what is being looked up.
    """

    input_letter: str = "x"
    size_letter: str = ""
    inference: bool = False
    totals: bool = False
    defined: Mapping[str, Definition] = field(default_factory=dict)
    values: dict[str, Expr] = field(default_factory=dict)
    looking_up: list[str] = field(default_factory=list)

    def name(self, node: Name) -> Expr:
        """Return what a symbol means.

        Raises ClaimError for what is unknown or ambiguous.
        """
        scalar, array = self.given.scalar(node), self.given.array_of(node)
        if scalar is not None:
            return scalar
        if array is not None:
            return self.entry(*array)
        defined = self.definition(node)
        if defined is not None:
            return self.at_index(defined, node)
        if node.base in (r"\sigma", "s") and self.given.meaning(node) is None:
            square = self.definition(squared(node))
            if square is not None:
                return sqrt(self.at_index(square, node))
        meaning = self.given.meaning(node)
        if meaning is not None:
            if meaning == self.given.word(node) and key_of(node) not in self.given.meanings:
                self.check_word(node, meaning)
            value = self.quantity(meaning)
            varies = self.given.norm.varying and meaning in (*PARAMETERS.values(), *OF_A_SET)
            return self.of_each(value, node) if varies else self.at_index(value, node)
        if is_marked(node):
            raise self.unknown(node)
        if node.accent or node.below.startswith("norm") or node.above.startswith("norm"):
            return self.accented(node)
        return self.plain(node)

    def definition(self, node: Name) -> Expr | None:
        """Return what the page has defined a symbol as; a vector has the index i.

        Raises ClaimError for what is defined by itself.
        """
        found = self.defined.get(full_key_of(node))
        if found is None and not is_marked(node):
            found = self.defined.get(key_of(node))
            if found is not None and not found.label and {*labels_of(node)} - self.channels:
                raise self.unknown(node)
        if found is None:
            return None
        if found.key in self.looking_up:
            raise ClaimError(f"{found.key} is defined by itself", node.position)
        if found.key not in self.values:
            self.values[found.key] = self.worked_out(found)
        return self.values[found.key]

    def worked_out(self, found: Definition) -> Expr:
        """Return the value of a definition, outside of all sums around its use."""
        scopes, over = self.scopes, self.over
        self.scopes, self.over = [], None
        self.looking_up.append(found.key)
        try:
            value = self.expression(found.body)
        finally:
            self.scopes, self.over = scopes, over
            self.looking_up.pop()
        return rename(value, {Index(found.label, "m"): i}) if found.label else value

    @abstractmethod
    def expression(self, node: Node) -> Expr:
        """Return what a node means."""

    def accented(self, node: Name) -> Expr:
        """Return what a symbol with an accent means."""
        base, accent = node.base, node.accent
        if base in (r"\mu", r"\sigma") and accent == "hat":  # estimated from the batch
            return self.plain(node)
        if accent == "tilde":
            raise ClaimError(
                f"what is {base} with a tilde: the normalized value, or the output?", node.position
            )
        if accent == "bar":
            if base.lower() == self.input_letter:
                return mu()
            raise ClaimError(f"what is {base} with a bar?", node.position)
        if base.lower() in (self.input_letter, "x"):
            self.ask_which_statistics(node)
            return self.at_index(self.quantity("xhat"), node)
        raise ClaimError(f"what is the hat of {base}?", node.position)

    def plain(self, node: Name) -> Expr:
        """Return what a symbol without an accent means."""
        base = node.base
        if base in (r"\sigma", "std"):
            raise TwoMeanings(BARE_SIGMA, node.position, key_of(node))
        if base == r"\delta":
            return self.kronecker(node)
        if (values := self.statistic_of(node)) is not None:
            return mu() if values == x else mean(values)
        if base == r"\mu" and is_running(node):
            return running_mean
        if base in PARAMETERS and self.given.norm.varying:
            return self.parameter(PARAMETERS[base], node)
        scalars = {**{sign: self.quantity(name) for sign, name in PARAMETERS.items()}, EPS: eps}
        if base == r"\mu":
            self.check_statistic(node)
            return mu()
        if base in scalars:
            self.check_statistic(node)
            return scalars[base]
        if base in (self.size_letter, "|B|") and not node.below and not node.above:
            return m
        if base in ("y", "Y"):
            self.ask_which_statistics(node)
            return self.at_index(self.quantity("y"), node)
        if base.lower() == self.input_letter:
            return self.at_index(x, node)
        if base in FREE_SCALARS and not (node.below or node.above):
            return Symbol(base.strip("\\"))
        raise self.unknown(node)

    def unknown(self, node: Name, shown: str = "") -> ClaimError:
        """Return the refusal of an unknown symbol, with the known one that looks most like it."""
        shown = shown or full_key_of(node)
        near = get_close_matches(shown, KNOWN, 1, 0.6)
        hint = f"; the nearest that is known is {near[0]}" if near and near[0] != shown else ""
        return ClaimError(f"what is {shown}? say it with `where`{hint}", node.position)

    def square_of(self, node: Name) -> Expr | None:
        r"""Return what `where` says of the square of a symbol: ``s^2``, ``\sigma_2^2``."""
        shown = squared(node)
        defined = self.definition(shown)
        if defined is not None:
            return self.at_index(defined, node)
        scalar, key = self.given.scalar_called(full_key_of(shown)), full_key_of(shown)
        if scalar is not None or key not in self.given.meanings:
            return scalar
        return self.at_index(self.quantity(self.given.meanings[key]), node)

    def variance(self, node: Name) -> Expr:
        """Return the variance that a sigma squared stands for."""
        shown = squared(node)
        if is_marked(node):
            raise self.unknown(shown)
        if is_running(node):
            return running_var
        if (values := self.statistic_of(node)) is not None:
            return var() if values == x else mean(square(values - mean(values)))
        self.check_statistic(shown)
        self.ask_what_is_centred(node, "^2")
        return var()

    def statistic_of(self, node: Name) -> Expr | None:
        """Return what a mean or a variance is of, where that stands below it: mu_y, sigma_x^2."""
        if node.base not in (r"\mu", r"\sigma") or node.above or node.accent == "bar":
            return None
        if node.below == self.input_letter:
            return x
        return self.quantity("y") if node.below == "y" else None

    def check_word(self, node: Name, meaning: str) -> None:
        r"""Refuse a word for one number that says of what it is: ``\mathrm{var}_y``."""
        if meaning == "variance":
            self.ask_what_is_centred(node)
        if i not in free_indices(self.quantity(meaning)):
            self.check_statistic(node)
            if {*labels_of(node)} & {self.input_letter, "y"}:
                raise self.unknown(node)

    def check_statistic(self, node: Name) -> None:
        """Refuse a statistic with the index of a sample, or with a mark that is not known."""
        for label in labels_of(node):
            if label in self.channels or label in BATCH:
                continue
            if any(label == index.name for index in self.scopes):
                raise ClaimError(f"{key_of(node)} carries the index of a sum", node.position)
            if len(label) != 1:
                raise self.unknown(node)

    def ask_which_statistics(self, node: Name) -> None:
        """Refuse an output beside running statistics: it may be the one of inference."""
        if self.inference:
            raise ClaimError(
                f"{key_of(node)} beside running statistics: in training, or in inference?",
                node.position,
            )


def is_running(node: Name) -> bool:
    """Whether a statistic is marked as the running one."""
    return bool(RUNNING & {*labels_of(node)})
