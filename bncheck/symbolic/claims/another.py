r"""What `where` says of another batch: arrays of their own, its gradients among them.

``\frac{\partial L}{\partial y'}`` may be said to be ``dy of another batch``, or ``array over n``:
any numbers, that have nothing to do with this batch. Of another batch only x and dy are so: its
outputs and statistics follow from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bncheck.symbolic.claims.labels import PAIR, full_key_of, is_marked, key_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Quotient
from bncheck.symbolic.claims.syntax import parse_gradient
from bncheck.symbolic.claims.words import LOSSES

ARRAY = "array over "
ANOTHER = re.compile(r"(.+) of another batch(?: over (\S+))?")
FREE = ("x", "dy")
"""What of another batch can be any numbers."""
BY_OUTPUT = frozenset({"y", "Y", "z", "Z", "o"})
"""Letters of an output, by which dy is the derivative of the loss."""
MARKED = r"\frac{\partial L}{\partial y'}"
SAY_ANOTHER = rf"say the gradient of another batch with `where`: '{MARKED}=dy of another batch'"
INDEX = re.compile(rf"\(?([a-z1-9]|{PAIR.pattern}|[a-z1-9](,[a-z1-9])+)\)?")
"""What is an index, and not the label of a batch: of one sample, or of several things."""


def in_arrays(where: Mapping[str, str]) -> Mapping[str, str]:
    """Say what is said of another batch as arrays.

    Raises ClaimError for what of it is not any numbers, and for the derivative of this batch.
    """
    return {symbol: _in_arrays(symbol, said) for symbol, said in where.items()}


def _in_arrays(symbol: str, said: str) -> str:
    found = ANOTHER.fullmatch(said)
    if found is None:
        return said
    what, size = found.groups(default="m")
    if what not in FREE:
        raise ClaimError(
            f"where[{symbol!r}] = {said!r}, but only {' and '.join(FREE)} of another batch are any "
            "numbers: what follows from them is said by a formula"
        )
    return f"{ARRAY}{size}"


def gradient_key(symbol: str, said: str) -> str | None:
    """Return the key of a derivative that `where` says is an array; ``None`` for what is none.

    Raises ClaimError for one that is not of a loss, is said to be something else, or is that of
    this batch.
    """
    try:
        found = parse_gradient(symbol)
    except ClaimError:
        return None
    if found is None:
        return None
    shown = f"where[{symbol!r}] = {said!r}"
    key = _without_index(found)
    if key is None:
        raise ClaimError(f"{shown}, but of derivatives only that of a loss by a symbol can be said")
    array = said if not ANOTHER.fullmatch(said) else _in_arrays(symbol, said)
    if not array.startswith(ARRAY):
        raise ClaimError(
            f"{shown}, but a derivative can be said to be only dy of another batch, or an array"
        )
    _check(found, said, shown)
    return key


def _check(found: Quotient, said: str, shown: str) -> None:
    loss, by = found.body, found.target
    if not (isinstance(loss, Name) and isinstance(by, Name)):
        return
    if key_of_symbol(loss) == key_of(loss) and key_of_symbol(by) == key_of(by):
        raise ClaimError(
            f"{shown}, but that is the derivative of this batch: mark the other one's, "
            f"as in {MARKED}"
        )
    if said.startswith("x ") or (not said.startswith(ARRAY) and key_of(by) not in BY_OUTPUT):
        raise ClaimError(f"{shown}, but dy is the derivative by an output, as in {MARKED}")


def gradient_of(node: Quotient, meanings: Mapping[str, str]) -> tuple[Name, tuple[str, ...]] | None:
    """Return a derivative that `where` says is an array, by a name of its own; and its sizes.

    The name carries the index of what the loss is differentiated by.
    """
    key = _without_index(node)
    said = meanings.get(key, "") if key is not None else ""
    if key is None or not said.startswith(ARRAY) or not isinstance(node.target, Name):
        return None
    return _called(key, node.target), sizes_in(said)


def _without_index(node: Quotient) -> str | None:
    loss, by = node.body, node.target
    if not (isinstance(loss, Name) and isinstance(by, Name)):
        return None
    if loss.base not in LOSSES or loss.accent:
        return None
    return f"d{key_of_symbol(loss)}/d{key_of_symbol(by)}"


def key_of_symbol(node: Name) -> str:
    """Return the key of a symbol with its marks and the label of its batch, without its index."""
    if INDEX.fullmatch(node.below):
        node = replace(node, below="")
    primes = node.above[: len(node.above) - len(node.above.lstrip("'"))]
    if INDEX.fullmatch(node.above[len(primes) :]):
        node = replace(node, above=primes)
    return full_key_of(node)


def sizes_in(said: str) -> tuple[str, ...]:
    """Return how far the indices of an array run, as `where` says it."""
    return tuple(size.strip() for size in said.removeprefix(ARRAY).split(","))


def array_of(node: Name, meanings: Mapping[str, str]) -> tuple[Name, tuple[str, ...]] | None:
    """Return a symbol that `where` says is an array, by its name there; and its sizes.

    A symbol with a mark, or with the label of a batch, is that one alone.
    """
    key = key_of_symbol(node)
    if key != key_of(node) and meanings.get(key, "").startswith(ARRAY):
        return _called(key, node), sizes_in(meanings[key])
    said = meanings.get(key_of(node), "")
    return (node, sizes_in(said)) if said.startswith(ARRAY) and not is_marked(node) else None


def _called(key: str, node: Name) -> Name:
    """Return a symbol of this name with the index of a node."""
    below = INDEX.fullmatch(node.below)
    index = node.below if below else node.above.lstrip("'")
    return Name(node.position, key, "", index if INDEX.fullmatch(index) else "")
