"""A rule by which a table may have been computed: in words, and how simple it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic.claims.tables.keeping import Keep, in_digits
from bncheck.symbolic.claims.tables.spans import Span

EXACT, PRINTED = "exact", "printed"
Choice = str | Keep
"""How a stage is used by the next ones: exact, as it is printed, or with some digits kept."""

SAME, APART, ONE_PASS = "same", "apart", "one pass"
"""What the variance is computed from: the deviations that xhat is computed from; exact ones,
though xhat is not; or mean(x^2) - mu^2."""

NAMES = {
    "mu": "the mean",
    "xmu": "x - mu",
    "xmu2": "(x - mu)^2",
    "var": "the variance",
    "std": "the standard deviation",
    "inv": "1/sqrt(var + eps)",
    "xhat": "xhat",
    "y": "y",
}
SMALL = tuple(Fraction(1, 10**n) for n in (5, 3, 6, 8, 4, 7, 9, 10, 12))
LARGE = (Fraction(1, 100), Fraction(1, 10), Fraction(1))
USUAL = (Fraction(0), *SMALL, *LARGE)
"""Values of eps that people use, the plainest first."""


@dataclass(frozen=True)
class Rule:
    """A rule."""

    kept: tuple[tuple[str, Choice], ...] = ()
    """The stages that are not used exactly."""
    bessel: bool = False
    source: str = SAME
    bare: bool = False
    """Whether the printed standard deviation is that without eps."""
    eps: Fraction | None = None
    """As given, or a usual one that fits; None where none fits."""
    span: Span | None = None
    """Every eps that fits, where it is not given."""
    cut: tuple[str, ...] = ()
    """The printed columns that are cut, not rounded."""
    all_cut: bool = False

    @property
    def hidden(self) -> tuple[str, ...]:
        """The stages of which digits are kept that are not printed."""
        return tuple(name for name, choice in self.kept if isinstance(choice, Keep))

    @property
    def any_eps(self) -> bool:
        """Whether every eps > 0 fits, so that nothing is asked of it."""
        return self.span is not None and self.span.low == 0 and self.span.high is None

    @property
    def of_course(self) -> bool:
        """Whether nothing is asked of eps."""
        return self.span is None or self.eps == 0 or self.any_eps

    @property
    def standard(self) -> bool:
        """Whether this is batch normalization as it is defined, printed as one should."""
        return self.of_course and not (self.bessel or self.cut or self.hidden)

    @property
    def cost(self) -> tuple[bool, int]:
        """How far from plain it is: less is simpler.

        The order matters, the numbers only make it: what is printed is used; a usual eps; cut;
        Bessel's variance; digits that nobody sees; an eps that nobody uses. Bessel's variance comes
        before a large eps, since one can always be taken for the other.
        """
        eps = 0 if self.of_course else 2 if self.eps in SMALL else 5 if self.eps in LARGE else 12
        cut = 0 if not self.cut else 4 if self.all_cut else 6
        # one of two doubtful things explains more than both
        hidden = 6 + len(self.hidden) + 8 * (not self.of_course) if self.hidden else 0
        printed = len(self.kept) - len(self.hidden)
        others = 4 * self.bessel + (self.source != SAME) + self.bare
        return not self.standard, eps + cut + hidden + printed + others

    def conditions(self) -> tuple[str, ...]:
        """Return what must be so for the table to be right, beyond what is so by definition."""
        bessel = "the variance divides by m - 1" if self.bessel else ""
        eps = "" if self.of_course or self.span is None else _range(self.span, self.eps)
        return tuple(filter(None, (bessel, eps, self._cut(), self._hidden())))

    def _cut(self) -> str:
        if self.all_cut or not self.cut:
            return "the digits are cut, not rounded" if self.cut else ""
        verb = "are" if len(self.cut) > 1 else "is"
        return f"{_list([NAMES[n] for n in self.cut])} {verb} cut, not rounded"

    def _hidden(self) -> str:
        if not self.hidden:
            return ""
        keep = next(choice for _, choice in self.kept if isinstance(choice, Keep))
        verb, pronoun = ("are", "they are") if len(self.hidden) > 1 else ("is", "it is")
        what = _list([NAMES[n] for n in self.hidden])
        return f"{what} {verb} {keep} before {pronoun} used"

    def told(self) -> str:
        """Say the whole rule."""
        used = [name for name, choice in self.kept if choice == PRINTED]
        before = [NAMES[n] for n in used if n != "xhat"]
        source = {ONE_PASS: "as mean(x^2) - mu^2", APART: "of exact deviations"}
        parts = (
            self._eps(),
            "the variance with m - 1" if self.bessel else "",
            f"the variance {source[self.source]}" if self.source in source else "",
            f"{_list(before)} used as printed" if before else "",
            "y from xhat as printed" if "xhat" in used else "",
            "the printed standard deviation without eps" if self.bare else "",
            self._hidden(),
            self._cut(),
        )
        return ", ".join(filter(None, parts))

    def _eps(self) -> str:
        if self.any_eps:
            return "any eps > 0"
        if self.eps is not None:
            return f"eps = {in_digits(self.eps, 3)}"
        low, high = (self.span.low, self.span.high) if self.span else (None, None)
        return f"eps about {in_digits(((low or 0) + (high or low or 0)) / Fraction(2), 3)}"


def _list(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _range(span: Span, usual: Fraction | None) -> str:
    """Say between what eps lies: the bounds are rounded inwards, so that what is told is enough."""
    digits, low, high = 3, span.low or Fraction(0), span.high
    if high is None:
        return f"eps is at least {in_digits(low, digits, up=True)}"
    while low < high and Fraction(in_digits(low, digits, up=True)) > Fraction(
        in_digits(high, digits, up=False)
    ):
        digits += 3
    told = f"eps is at least {in_digits(low, digits, up=True)}"
    told += f" and at most {in_digits(high, digits, up=False)}"
    return told if usual is None else f"{told}, as {in_digits(usual, 3)} is"
