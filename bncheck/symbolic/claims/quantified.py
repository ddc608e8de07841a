"""What depends on the normalization that a formula is about: quantities, layers, what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from bncheck.symbolic.claims.given import Given
from bncheck.symbolic.claims.labels import full_key_of, index_of, key_of, labels_of
from bncheck.symbolic.claims.lexer import ClaimError, TwoMeanings
from bncheck.symbolic.claims.nodes import Call, Name
from bncheck.symbolic.claims.norms import BATCH, BEYOND, OF_A_SET, TITLES
from bncheck.symbolic.claims.places import Places
from bncheck.symbolic.claims.words import CALLED
from bncheck.symbolic.expression import Expr, i, rename, sqrt
from bncheck.symbolic.vocabulary import batchnorm, eps, mean, square, x

PARAMETERS = {r"\gamma": "gamma", r"\beta": "beta"}
VARIANCE = (
    "is the variance of RMS normalization the mean of the squares, or about the mean? say it with "
    r"`where`: '\sigma^2=mean square' or '\sigma^2=variance'"
)
VARIANCES = {power: ({power: "variance"}, {power: "mean square"}) for power in ("", "^2")}
RMS = (
    "is RMS the root of the mean of squares, or with eps under the root? say it with `where`: "
    "'RMS=rms' or 'RMS=rms+eps'"
)
CHANNEL = "gamma of the channel that value i is in is gamma_i here"


@dataclass
class Quantified(Places):
    """Where in a formula we are, and what its quantities are.

    ``of_values`` are the free indices of values, where gamma and beta vary inside a set.
    """

    given: Given = field(default_factory=Given)
    of_values: frozenset[str] = frozenset()

    def quantity(self, meaning: str) -> Expr:
        """Return what a meaning stands for in the normalization that the formula is about.

        Raises ClaimError for one that it does not have.
        """
        norm = self.given.norm
        if meaning in norm.meanings:
            return norm.meanings[meaning]()
        title = TITLES[norm.name]
        if meaning in OF_A_SET:
            raise ClaimError(f"{meaning} of {title} adds up over sets that share it: {BEYOND}")
        raise ClaimError(f"{title} has no {meaning}")

    def parameter(self, name: str, node: Name) -> Expr:
        """Return gamma or beta where each value of a set has its own.

        Raises ClaimError for one with the index of the statistics.
        """
        if row := {*labels_of(node)} & self.channels:
            raise ClaimError(
                f"{key_of(node)} carries {min(row)}, the index of the statistics; which is the "
                f"{self.given.norm.one}?",
                node.position,
            )
        return self.of_each(self.quantity(name), node)

    def of_each(self, value: Expr, node: Name) -> Expr:
        """Return what each value of a set has of its own; without an index, that of the values.

        Raises ClaimError where the values have several, or others than it has.
        """
        own = {label for label in labels_of(node) if label not in self.channels}
        there = self.of_values.union(index.name for index in self.scopes)
        if self.given.norm.name == "group" and not own <= there:
            raise ClaimError(f"{full_key_of(node)} is of which values? {CHANNEL}", node.position)
        if own or self.scopes or not self.of_values:
            return self.at_index(value, node)
        if len(self.of_values) > 1:
            several = " and ".join(sorted(self.of_values))
            raise ClaimError(f"{key_of(node)} has no index, beside {several}", node.position)
        return rename(value, {i: index_of(min(self.of_values), node.position)})

    def ask_what_is_centred(self, node: Name, power: str = "") -> None:
        """Ask what a variance of RMS normalization is: code calls the mean of squares so."""
        if self.given.norm.name == "rms":
            raise TwoMeanings(VARIANCE, node.position, key_of(node), VARIANCES[power])

    def layer(self, node: Call, values: Expr) -> Expr:
        """Return the output of a layer that is called by its name.

        Raises ClaimError for the name of another normalization, and for another input than x.
        """
        norm = self.given.norm.name
        if CALLED[node.name] != norm:
            raise ClaimError(
                f"{node.name} is {TITLES[CALLED[node.name]]}, and the formula is read as one about "
                f"{TITLES[norm]}: say norm = {CALLED[node.name]}",
                node.position,
            )
        if norm == BATCH:
            return batchnorm(values)
        if values != x:
            raise ClaimError(f"{node.name} of what is not its input x", node.position)
        return self.quantity("y")

    def root_mean_square(self, node: Call, values: Expr) -> Expr:
        """Return RMS(...), in the sense that `where` gives it; asked where it gives none."""
        said = self.given.meanings.get("RMS")
        if said not in ("rms", "rms+eps"):
            raise TwoMeanings(RMS, node.position, "RMS", ({"": "rms"}, {"": "rms+eps"}))
        return sqrt(mean(square(values)) + (eps if said == "rms+eps" else 0))
