"""Names of several letters in plain text: ``x_hat``, ``running_mean``, ``dy_i``, ``mu_B``."""

from __future__ import annotations

import re

from bncheck.symbolic.claims.words import LETTERS, WORDS

_HAT = re.compile(r"([a-zA-Z])_?hat")
_NORM = re.compile(r"([a-zA-Z])_?(?:norm|normed|normalized)")
_GRADIENT = re.compile(r"(?:d|grad)_([A-Za-z]\w*)")
_LABEL = re.compile(
    r"[a-zA-Z]|[0-9]+|[ijklcnhw]{2}|batch|run|running|new|old|prev|ema|pop|mov|moving|train|test"
)
_OF_A_ROOT = re.compile(
    rf"(?:d|d_|grad_)({'|'.join(w for w in WORDS if WORDS[w] in ('std+eps', '1/(std+eps)'))})"
)
"""Gradients by the root, or by its inverse, as codes that go node by node have them."""
_VALUES = frozenset("xyXY")
"""Letters of batches: x1 is the first value, where t1 is a name as any other."""
LEAST = 4
"""Letters of a word that is not known, and no product of letters either."""


def in_latex(name: str) -> str:
    """Return a name in LaTeX; nothing for letters that may be a product, as in BN(ax)."""
    known = _known(name)
    if known:
        return known
    head, _, label = name.rpartition("_")
    body = (_known(head) or (head if len(head) == 1 else "")) if head else ""
    if body and _LABEL.fullmatch(label):
        return f"{body}_{{{label}}}"
    if numbered := re.fullmatch(r"([a-zA-Z]+)([0-9]+)", name):
        letter = _known(numbered[1]) or (numbered[1] if numbered[1] in _VALUES else "")
        return f"{letter}_{{{numbered[2]}}}" if letter else rf"\mathrm{{{name}}}"
    if "_" in name or (len(name) >= LEAST and name.islower()):
        escaped = name.replace("_", r"\_")
        return rf"\mathrm{{{escaped}}}"
    return ""


def _known(name: str) -> str:
    if name in LETTERS:
        return LETTERS[name]
    if (root := _OF_A_ROOT.fullmatch(name)) is not None:
        escaped = root[1].replace("_", r"\_")
        return rf"(\partial L / \partial \mathrm{{{escaped}}})"
    if (hat := _HAT.fullmatch(name)) is not None:
        return rf"\hat{{{hat[1]}}}"
    if (norm := _NORM.fullmatch(name)) is not None:
        return rf"{norm[1]}_{{norm}}"
    if (gradient := _GRADIENT.fullmatch(name)) is not None and name not in WORDS:
        joined = "d" + gradient[1].replace("_", "")
        return rf"\mathrm{{{joined}}}" if joined in WORDS else ""
    joined = name if name in WORDS else name.replace("_", "")
    if joined not in WORDS or len(joined) == 1:
        return ""
    escaped = joined.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"
