"""Updates and definitions in print: ``\\leftarrow``, ``:=``, an old value on the right.

An update gives a statistic a new value made of its old one. The same symbol stands on both sides,
or the two differ by the step (r_t and r_{t-1}, new and old); which symbols are the old value, the
batch's statistic and the weights is found out here, and the rest is read as any formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from bncheck.symbolic.claims.given import given
from bncheck.symbolic.claims.labels import full_key_of
from bncheck.symbolic.claims.letters import SIZES, reading
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Relation
from bncheck.symbolic.claims.steps import is_before, place, word
from bncheck.symbolic.claims.symbols import BARE_SIGMA, is_running
from bncheck.symbolic.claims.walking import children, names_in, rebuilt
from bncheck.symbolic.expression import Expr, Symbol
from bncheck.symbolic.vocabulary import running_mean, running_var

ASSIGNING = frozenset({r"\leftarrow", ":="})
DEFINING = frozenset({":=", r"\equiv"})
OF_A_BATCH = frozenset({"B", "b", "batch", "minibatch", "new", "current", "cur", "now", "sample"})
MEAN, VARIANCE, ANY = "running mean", "running variance", "any"
OLD = Name(0, "r", "", "old")
"""Stands for the old value where its letter says nothing of what it averages."""
KNOWN_BY_LETTER = frozenset({"x", "y", "z", "L", "W", "u", "w", r"\gamma", r"\beta", r"\epsilon"})


@dataclass(frozen=True)
class Update:
    """A new value: of what kind of statistic, the old one, and what is printed for the new one."""

    kind: str
    old: Symbol
    new: Expr
    reading: Reading


def update(relation: Relation, how: Reading, where: Mapping[str, str]) -> Update | None:
    """Read a relation as an update of a running statistic; ``None`` where it is none.

    Raises ClaimError for an update that is not read or is ambiguous.
    """
    if relation.sign not in ASSIGNING | {"="}:
        return None
    target = symbol_of(relation.left)
    kind = None if target is None else _kind(target, how)
    if target is None or kind is None:
        return None
    squared = relation.left is not target
    old = [
        n for n, square in _symbols(relation.right) if is_before(n, target) and square == squared
    ]
    if not old and relation.sign in ASSIGNING and is_running(target):
        raise ClaimError("nothing of the old value is kept: a start, or a mean over batches?", 0)
    if not old or not _is_averaged(target, kind, relation, old, how):
        return None
    if target.base == r"\sigma" and not squared:
        raise ClaimError(BARE_SIGMA, target.position)
    right = _canonical(relation.right, old, kind, how)
    weights = {_as_where(n): "scalar" for n in names_in(right) if _is_weight(n, how)}
    known = {symbol: meaning for symbol, meaning in where.items() if meaning != kind}
    read = reading([right], given({**known, **weights, full_key_of(OLD): "scalar"}))
    return Update(kind, OLD_VALUES[kind], read.expression(right), read)


OLD_VALUES = {MEAN: running_mean, VARIANCE: running_var, ANY: Symbol("r_old")}


def symbol_of(node: Node) -> Name | None:
    """Return the symbol that gets a value, without the square of a sigma."""
    if isinstance(node, Operation) and node.sign == "^":
        base, exponent = node.arguments
        square = isinstance(exponent, Num) and exponent.value == 2
        sigma = isinstance(base, Name) and base.base == r"\sigma"
        return base if isinstance(base, Name) and square and sigma else None
    return node if isinstance(node, Name) else None


def _symbols(node: Node) -> Iterator[tuple[Name, bool]]:
    """Yield the symbols below a node, and whether each is a sigma that is squared."""
    name = symbol_of(node)
    if name is not None:
        yield name, name is not node
        return
    for part in children(node):
        yield from _symbols(part)


BY_MEANING = {"mean": MEAN, MEAN: MEAN, "variance": VARIANCE, VARIANCE: VARIANCE, "scalar": ANY}


def _kind(target: Name, how: Reading) -> str | None:
    """Return what is averaged; ``None`` for what is no statistic."""
    said = how.given.meaning(target) or ""
    if said:
        return BY_MEANING.get(said)
    if target.base == r"\mu":
        return MEAN
    if target.base == r"\sigma":
        return VARIANCE
    said = word(target)
    if len(said) > 1:
        return VARIANCE if "var" in said else MEAN if "mean" in said or "mu" in said else None
    if target.base in KNOWN_BY_LETTER or target.base.lower() == how.input_letter:
        return None
    return ANY


def _is_averaged(
    target: Name, kind: str, relation: Relation, old: list[Name], how: Reading
) -> bool:
    """Whether it is a running statistic: by its marks, the sign, or what it is averaged with."""
    here = place(target)
    if how.given.meaning(target) in (MEAN, VARIANCE):
        return True
    if kind == ANY:
        return any(place(n).step != here.step for n in old)
    if relation.sign in ASSIGNING or is_running(target) or target.accent or len(word(target)) > 1:
        return True
    if any(place(n).step != here.step for n in old):
        return True
    if any(len(label) > 1 and label not in OF_A_BATCH for label in here.labels):  # mu_ema
        return True
    return any(n.base == target.base and n not in old for n in names_in(relation.right))


def _canonical(node: Node, old: list[Name], kind: str, how: Reading) -> Node:
    """Write old values and the batch's statistics in the symbols that are known."""
    name = symbol_of(node)
    if name is not None and name in old:
        return _old_value(kind)
    if name is not None and _is_statistic(name, how):
        _check_batch(name, how)
        return (
            _variance()
            if name.base == r"\sigma" and node is not name
            else replace(name, accent="", below="", above="")
        )
    if isinstance(node, Name):
        return _in_words(node)
    return rebuilt(node, [_canonical(part, old, kind, how) for part in children(node)])


def _old_value(kind: str) -> Node:
    if kind == MEAN:
        return Name(0, r"\mu", "", "run")
    return _variance("run") if kind == VARIANCE else OLD


def _variance(below: str = "") -> Node:
    return Operation(0, "^", (Name(0, r"\sigma", "", below), Num(0, Fraction(2))))


def _is_statistic(name: Name, how: Reading) -> bool:
    return name.base in (r"\mu", r"\sigma") and how.given.meaning(name) is None


def _check_batch(name: Name, how: Reading) -> None:
    """Refuse a statistic that is neither the old one nor a batch's."""
    for label in place(name).labels:
        if label.replace("-", "") not in OF_A_BATCH | {"mathcalB", "B"} and len(label) != 1:
            raise how.unknown(name)


def _in_words(name: Name) -> Node:
    """Read batch_mean and batch_var, set as words."""
    said = word(name)
    if len(said) > 1 and said.replace("batch", "").replace("sample", "") in ("mean", "mu"):
        return Name(name.position, r"\mu")
    if len(said) > 1 and said.replace("batch", "").replace("sample", "") in ("var", "variance"):
        return _variance()
    return name


def _as_where(name: Name) -> str:
    """Return the symbol as `where` has to spell it."""
    is_word = (len(name.base) > 1 and not name.base[1:].isalpha()) or len(word(name)) > 1
    return rf"\text{{{name.base}}}" if is_word else full_key_of(name)


def _is_weight(name: Name, how: Reading) -> bool:
    """Whether a symbol has no meaning of its own, so that it is a number such as the momentum."""
    if name.base in (r"\mu", r"\sigma") or name == OLD or how.given.meaning(name) is not None:
        return False
    if name.base in SIZES and not name.below:
        return False
    if name.base.lower() in ("x", "y", "z", how.input_letter):
        return False
    try:
        how.name(name)
    except ClaimError:
        return True
    return False


def defined(relation: Relation, how: Reading) -> str:
    """Return the new symbol that a definition defines; empty where the left side is known."""
    target = symbol_of(relation.left)
    if relation.sign not in DEFINING or target is None:
        return ""
    try:
        how.expression(relation.left)
    except ClaimError:
        how.expression(relation.right)  # what it stands for has to be read
        return full_key_of(target)
    return ""
