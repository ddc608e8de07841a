"""How one formula uses its letters: for the input, for the batch size, for channels."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence, Set
from dataclasses import replace

from bncheck.symbolic.claims.another import SAY_ANOTHER
from bncheck.symbolic.claims.definitions import Definition, by_key
from bncheck.symbolic.claims.given import Given
from bncheck.symbolic.claims.labels import (
    BATCH,
    RUNNING,
    full_key_of,
    is_marked,
    key_of,
    labels_of,
    layers_of,
    squared,
)
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Along, Name, Node, Quotient, Total
from bncheck.symbolic.claims.norms import WITH_BETA
from bncheck.symbolic.claims.symbols import is_running
from bncheck.symbolic.claims.walking import names_in, walk
from bncheck.symbolic.claims.words import LOSSES

SIZES = frozenset({"m", "N", "n", "|B|"})
FEATURES = frozenset({"d", "D", "H"})
"""Letters for the number of features of a row, beside the others."""
STATISTICS = {r"\mu": "mean", r"\sigma": "mean", r"\gamma": "gamma", r"\beta": "gamma"}
"""Symbols, and which share their index: the mean and the variance are of the same values."""
OWN = frozenset({r"\gamma", r"\beta"})
MEANINGS = {
    **dict.fromkeys(("mean", "variance", "std", "std+eps", "unbiased variance"), "mean"),
    **dict.fromkeys(("gamma", "beta"), "gamma"),
    "eps": "eps",
}


def reading(nodes: Sequence[Node], known: Given, definitions: Iterable[Definition] = ()) -> Reading:
    """Find out how a formula uses its letters.

    known, definitions: what a claim says beside it

    Raises ClaimError for two letters for the batch size, and for a symbol that is defined
    twice.
    """
    defined = by_key(definitions)
    nodes = [*nodes, *(each.body for each in defined.values())]
    names = [name for node in nodes for name in names_in(node)]
    known = in_its_letters(known, nodes, names, defined)
    free = [n for n in names if key_of(n) not in known.meanings and key_of(n) not in defined]
    letters = {name.base.lower() for name in names}
    if "W" in {n.base for n in free} and {n.base.lower() for n in free} & {"x", "z"}:
        raise ClaimError("beside W u, what are x and z? the formula defines them")
    letter = "x" if "x" in letters or "z" not in letters else "z"
    if len(inputs := known.letters("x")) == 1:
        letter = next(iter(inputs)).lower()
    statistics = _statistics(names, known)
    channels = {
        label
        for name, kind in statistics
        for label in labels_of(name)
        if kind != "eps" and len(label) == 1 and label.isalpha() and label not in (letter, "y")
    }
    channels |= _other_index(nodes, names, channels, known)
    sizes = _sizes(nodes, free, channels, known)
    running = any(n.base in (r"\mu", r"\sigma") and is_running(n) for n in names)
    size = next(iter(sizes), "m")
    return Reading(
        given=known,
        input_letter=letter,
        size_letter=size,
        channels=frozenset(channels),
        inference=running,
        of_values=_of_values(nodes, names, channels) if known.norm.varying else frozenset(),
        defined=defined,
    )


def _of_values(nodes: Iterable[Node], names: Iterable[Name], channels: Set[str]) -> frozenset[str]:
    """Return the free indices of what varies in a set, but for gamma and beta."""
    bound = {
        n.index.partition("=")[0] for node in nodes for n in walk(node) if isinstance(n, Total)
    }
    found = {
        label
        for name in names
        if name.base not in OWN and name.base != r"\epsilon"
        for label in labels_of(name)
        if len(label) == 1 and label.isalpha()
    }
    return frozenset(found - channels - bound)


def _sizes(
    nodes: Iterable[Node], free: Iterable[Name], channels: Set[str], known: Given
) -> set[str]:
    """Return the letter for the size of a set, if there is one; that of rows is another.

    Raises ClaimError for two letters.
    """
    letters = SIZES | FEATURES if known.norm.by_rows else SIZES
    rows = [
        node.upper
        for side in nodes
        for node in walk(side)
        if isinstance(node, Total) and node.index.partition("=")[0] in channels
    ]
    sizes = {n.base for n in free if n.base in letters and not (n.below or n.above)}
    sizes -= {n.base for n in rows if known.norm.by_rows and isinstance(n, Name)}
    if len(sizes) > 1:
        what = "number of features" if known.norm.by_rows else "batch size"
        raise ClaimError(f"which of {', '.join(sorted(sizes))} is the {what}?")
    return sizes


def in_its_letters(
    known: Given, nodes: Sequence[Node], names: Sequence[Name], defined: Container[str]
) -> Given:
    """Return what is known where a formula has g and b for gamma and beta, as papers on rows do.

    g may be a gradient, so it is read so only beside none; and RMS normalization has a beta where
    the formula has one.
    """
    if not known.norm.varying:
        return known
    bases = {name.base for name in names}
    meant = {known.meaning(name) for name in names}
    shifted = r"\beta" in bases or "beta" in meant
    of_gradients = any(isinstance(n, Quotient | Along) for side in nodes for n in walk(side))
    of_gradients |= any((each or "").startswith("d") for each in meant)
    taken = bases & {r"\gamma", r"\beta"} or meant & {"gamma", "beta"} or of_gradients
    if "g" in bases and not (taken or {"g", "b"} & {*known.meanings} or "g" in defined):
        letters = {"g": "gamma"} | ({} if "b" in defined else {"b": "beta"})
        known = replace(known, meanings={**known.meanings, **letters})
        shifted = "b" in letters and "b" in bases
    if known.norm.name == "rms" and shifted:
        return replace(known, norm=WITH_BETA)
    return known


def refuse_two_things(nodes: Iterable[Node], how: Reading) -> None:
    """Refuse relations with two indices on one statistic, or with two layers.

    Raises ClaimError.
    """
    nodes = [*nodes, *(each.body for each in how.defined.values())]
    names = [name for node in nodes for name in names_in(node)]
    _refuse_two_indices(_statistics(names, how.given), how.input_letter)
    _refuse_two_layers(names)
    _refuse_two_losses(nodes, how)
    _refuse_two_accents(names, how)
    _refuse_statistics_of_a_sample(nodes, names, how)


def _refuse_statistics_of_a_sample(
    nodes: Iterable[Node], names: Iterable[Name], how: Reading
) -> None:
    r"""Refuse ``x_{ij} - \mu_i``: it may be a sample's own mean, as in layer normalization.

    The sample comes first in a pair of indices, unless a sum is over the other one. In layer and
    RMS normalization the statistics are the sample's, and ``x_{ij} - \mu_j`` is refused.
    """
    over = {n.index.partition("=")[0] for node in nodes for n in walk(node) if isinstance(n, Total)}
    values = [n for n in names if how.given.sizes_of(n) is None and n.base != r"\delta"]
    for name in values:
        pair = labels_of(replace(name, above=""))
        if how.given.norm.by_rows:
            pair.reverse()
        if len(pair) == 2 and pair[0] in how.channels and pair[1] not in over:
            what = "row" if how.given.norm.by_rows else "sample"
            raise ClaimError(
                f"which index of {full_key_of(name)} is the {what}? The statistics carry {pair[0]}",
                name.position,
            )


def _statistics(names: Iterable[Name], known: Given) -> list[tuple[Name, str]]:
    """Return what has one value for a channel, and with what it shares its index."""
    found = []
    for name in names:
        said = {full_key_of(name), full_key_of(squared(name))} & {*known.meanings}
        if said - {key_of(name)}:
            continue  # said for this index alone
        meaning = known.meanings.get(key_of(name), known.word(name))
        if not meaning and any(len(label) > 1 for label in labels_of(name)):
            continue  # refused by itself, with the nearest that is known
        estimated = name.accent == "hat" and name.base in (r"\mu", r"\sigma")
        plain = "" if (name.accent and not estimated) or is_marked(name) else name.base
        kind = MEANINGS.get(meaning, "") if meaning else STATISTICS.get(plain, "")
        if kind == "gamma" and known.norm.varying:
            continue  # of each value by itself
        if not meaning and plain == r"\epsilon":
            kind = "eps"
        if kind:
            found.append((name, kind))
    return found


def _refuse_two_indices(statistics: Iterable[tuple[Name, str]], letter: str) -> None:
    r"""Refuse ``\sigma_A^2`` beside ``\sigma_B^2``, or beside ``\sigma^2``: they are two things.

    Without an index, of the batch B and of the input it is the same; ``\mu_y`` is of the output.
    """
    seen: dict[str, tuple[tuple[str, ...], Name]] = {}
    for name, kind in statistics:
        labels = tuple(label for label in labels_of(name) if label not in {*BATCH, letter})
        if labels == ("y",) or RUNNING & {*labels}:
            continue
        first, other = seen.setdefault(kind, (labels, name))
        # the scale of one channel beside the statistics of another
        apart = [n for k, (said, n) in seen.items() if "eps" not in (k, kind) and said != labels]
        other = next((n for n in apart if labels and labels_of(n)), other)
        if first != labels or (labels and any(labels_of(n) for n in apart)):
            raise ClaimError(
                f"are {full_key_of(other)} and {full_key_of(name)} of the same values? "
                "say with `where` what they are",
                name.position,
            )


def _refuse_two_losses(nodes: Iterable[Node], how: Reading) -> None:
    r"""Refuse ``L'``, and ``L_A`` beside ``L_B``: dL/dy is that of one loss, of one batch."""
    seen: dict[str, str] = {}
    for node in (n for side in nodes for n in walk(side)):
        if not isinstance(node, Quotient) or how.given.array_of(node) is not None:
            continue
        loss = node.body
        if not isinstance(loss, Name) or loss.base not in LOSSES or loss.accent:
            continue
        shown = full_key_of(loss)
        if is_marked(loss):
            raise ClaimError(f"what is {shown}? {SAY_ANOTHER}", loss.position)
        if (first := seen.setdefault(loss.base, shown)) != shown:
            raise ClaimError(f"are {first} and {shown} the same loss? {SAY_ANOTHER}", loss.position)


def _refuse_two_accents(names: Iterable[Name], how: Reading) -> None:
    r"""Refuse ``\mu`` beside ``\hat\mu``, where nothing says what the two are."""
    for letter in (r"\mu", r"\sigma"):
        free = [n for n in names if n.base == letter and how.given.meaning(n) is None]
        free = [n for n in free if not {key_of(n), key_of(squared(n))} & {*how.defined}]
        free = [n for n in free if not {full_key_of(n), full_key_of(squared(n))} & {*how.defined}]
        other = next((n for n in free if n.accent != free[0].accent), None)
        if other is not None:
            both = f"{full_key_of(free[0])} and {full_key_of(other)}"
            raise ClaimError(f"what is the difference between {both}?", other.position)


def _refuse_two_layers(names: Iterable[Name]) -> None:
    layers = sorted({layer for name in names for layer in layers_of(name)})
    if len(layers) > 1:
        raise ClaimError(f"the layers {' and '.join(layers)}: only one is known")


def _other_index(
    nodes: Iterable[Node], names: Iterable[Name], channels: Set[str], known: Given
) -> set[str]:
    """Return the index of the channel, where values have two: the one no sum is over.

    Without a sum, whatever is said entry by entry has the same meaning with either.
    """
    pairs = {
        tuple(labels_of(name))
        for name in names
        if known.sizes_of(name) is None and name.base != r"\delta"
    }
    pairs = {pair for pair in pairs if len(pair) == 2 and not channels & {*pair}}
    if len(pairs) != 1:
        return set()
    (pair,) = pairs
    over = {n.index.partition("=")[0] for node in nodes for n in walk(node) if isinstance(n, Total)}
    if known.norm.by_rows:
        own = {label for n in names if n.base in OWN for label in labels_of(n)} & {*pair}
        return {*pair} - own if len(own) == 1 else _summed(pair, over, pair[0])
    return _summed(pair, over, pair[1])


def _summed(pair: tuple[str, ...], over: Container[str], usual: str) -> set[str]:
    summed = [label for label in pair if label in over]
    return {*pair} - {*summed} if len(summed) == 1 else set() if summed else {usual}
