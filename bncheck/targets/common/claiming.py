"""Which normalization a class says that it is: by ``NORM``, its name, a docstring, an argument.

Only what is said makes a class another normalization than batch normalization: what it computes
never does, since wrong batch normalization may compute anything.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

from bncheck.model import NormName
from bncheck.model.norm import named
from bncheck.targets.common import looking
from bncheck.targets.common.calls import parameters
from bncheck.targets.common.roles import plain

# T5's LayerNorm is called so and does not centre
_WORDS: dict[NormName, str] = {
    "rms": r"\brms|root[ -]?mean[ -]?sq|\bt5",
    "layer": r"layer[ _-]?norm",
    "group": r"group[ _-]?norm",
    "instance": r"\binst(ance)?[ _-]?norm",
    "batch": r"batch|\bbn",
}
# a class's name may be short; in prose these are other words
_SHORT: dict[NormName, str] = {"layer": r"\bln\b", "group": r"\bgn\b"}
# RMS normalization is called a layer normalization by many, who add that
_UNCENTRED = r"\b(no|without) (subtract\w+ )?(of )?(the )?mean|\bno cent(er|re|ring|ering)"
# who says one of these speaks of another class
_OTHER = r"\b(unlike|instead|not an?|than|versus|vs|replac\w+|contrast|rather)\b"
# What is called a normalization and is none of the five, and where it differs.
_NONE = {
    r"\bl1[ _-]?norm": "L1 normalization divides by a sum or mean of magnitudes; RMS "
    "normalization, which it looks most like, by the root of the mean of squares",
    r"\bl2[ _-]?norm": "L2 normalization looks most like RMS normalization, but divides by "
    "the root of the sum of squares, not of their mean, and adds no eps to it",
    r"\bfrobenius": "it looks most like RMS normalization, but the whole array is divided by one "
    "root of the sum of squares, and no eps is added to it",
    r"\bspectral[ _-]?norm|\bweight[ _-]?norm": "weights are normalized, and not what is given",
}
_ARGUMENTS: dict[str, tuple[NormName, ...]] = {
    "normalizedshape": ("layer", "rms"),
    "normalisedshape": ("layer", "rms"),
    "numgroups": ("group",),
}


@dataclass(frozen=True)
class Claim:
    """What a class says that it is.

    norms: one of these, the most telling first; empty where it does not say
    by: what says so; plain: it says so in words, not just by an argument's name
    """

    norms: tuple[NormName, ...] = ()
    by: str = ""
    plain: bool = True


def claimed(kind: type) -> Claim:
    """Return what a class says that it is.

    ``NORM`` counts, then its name; where that says nothing, the first line of its docstring, or of
    that of ``Model`` in its file, as a benchmark has it; then an argument ``normalized_shape`` or
    ``num_groups`` of its constructor. One that speaks of batch normalization is none of the others.

    Raises UsageError for a ``NORM`` that is none of the five.
    """
    if (stated := looking.peek(kind, "NORM")) is not None:
        return _claim((named(stated, f"{kind.__name__}: NORM"),), "its NORM")
    for base in kind.__mro__:  # a class that is derived from LayerNorm is one, however it is called
        if told := _said(base.__name__, short=True):
            what = "its name" if base is kind else "its base"
            return _claim(_uncentred(kind, told), f"{what} {base.__name__!r}")
    if told := _said(_first_line(kind)):
        return _claim(told, "its docstring")
    model = looking.peek(sys.modules.get(kind.__module__), "Model")
    if isinstance(model, type) and model is not kind and (told := _said(_first_line(model))):
        return _claim(told, "the docstring of Model")
    for parameter in parameters(kind):
        if norms := _ARGUMENTS.get(plain(parameter.name)):
            return Claim(norms, f"its argument {parameter.name!r}", plain=False)
    return Claim()


def none_of_them(kind: type) -> str:
    """Say where a class differs from the five that says to be another; empty where none does."""
    for text in (kind.__name__, _first_line(kind)):
        said = _apart(text)
        if _said(text) or "batch" in said:
            return ""
        if found := next((w for pattern, w in _NONE.items() if re.search(pattern, said)), ""):
            return found
    return ""


def _claim(told: tuple[NormName, ...], by: str) -> Claim:
    if told == ("rms", "layer"):  # root mean square layer normalization is its full name
        told = ("rms",)
    return Claim() if "batch" in told else Claim(told, by)


def _uncentred(kind: type, told: tuple[NormName, ...]) -> tuple[NormName, ...]:
    """Return what a name says; of what it calls a layer normalization a docstring may say more."""
    if told != ("layer",):
        return told
    init: Any = looking.peek(kind, "__init__")
    text = f"{looking.docstring(kind)} {looking.peek(init, '__doc__') or ''}".lower()
    if re.search(_UNCENTRED, text):
        return ("rms",)
    return ("layer", "rms") if re.search(_WORDS["rms"], text) else told


def _first_line(kind: type) -> str:
    lines = [line.strip() for line in looking.docstring(kind).splitlines() if line.strip()]
    first = lines[0] if lines else ""
    return "" if re.search(_OTHER, first.lower()) else first


def _said(text: str, *, short: bool = False) -> tuple[NormName, ...]:
    apart = _apart(text)
    found = [norm for norm, words in _WORDS.items() if re.search(words, apart)]
    if short and not found:
        found = [norm for norm, words in _SHORT.items() if re.search(words, apart)]
    return tuple(found)


def _apart(text: str) -> str:
    """Take names apart where a word begins: LlamaRMSNorm, and no "performs"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").lower()
