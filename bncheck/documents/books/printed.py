r"""What others have written, in a document: formulas as they print them, conditions, sentences.

A formula that cannot be laid out is shown as the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.documents.derivations.tokens import RELATIONS
from bncheck.documents.formulas import reading
from bncheck.documents.model import Block, Code, Equation, Formula, Inline, Program, Prose, Text
from bncheck.errors import NotSupported

_WORD = re.compile(r"(?:[A-Za-z]{2,}|[aI])[,.;:]?")
_SIMPLE = re.compile(r"[A-Za-z0-9_^+\-*/=<>!., ()]+")
_NAMES = {
    "eps": r"\epsilon",
    "sigma": r"\sigma",
    "gamma": r"\gamma",
    "beta": r"\beta",
    "mu": r"\mu",
    "xhat": r"\hat{x}",
    "mean": r"\mu",
    "variance": r"\sigma^2",
}
_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\{(?:align|aligned|equation|gather|gathered|split|multline|eqnarray)\*?\}"
)
_LABEL = re.compile(r"\\(?:label|tag)\{[^{}]*\}|\\(?:notag|nonumber)\b")
_CONDITION = re.compile(
    r"\b(?:eps|gamma|beta|mu|sigma\^2|m|a) (?:=|!=|>=|<=|>|<) -?[0-9]+(?:/[0-9]+)?(?!\.?[0-9])"
)


def displayed(tex: str) -> Block:
    """Return a formula as it was printed."""
    text = " ".join(tex.split())
    return Equation(Formula(text)) if is_laid_out(text) else Program(text, "latex")


def lines(tex: str) -> Iterator[Block]:
    """Yield a display as it was printed, line by line where it has several."""
    body = _LABEL.sub("", _ENVIRONMENT.sub("", tex))
    if r"\begin" in body:  # values by cases, or a matrix
        yield displayed(tex)
        return
    for line in body.split(r"\\"):
        if line.strip():
            yield displayed(line.replace("&", ""))


def within(tex: str) -> Inline:
    """Return a formula within a line."""
    text = " ".join(tex.split())
    return Formula(text) if is_laid_out(text) else Code(text)


def is_laid_out(tex: str) -> bool:
    """Whether every format can show a formula."""
    try:
        reading.read(tex)
    except (NotSupported, ValueError):
        return False
    return True


def condition(text: str) -> Inline:
    """Return a condition, such as ``eps = 0``; what is said in words stays so."""
    words = re.findall(r"[A-Za-z]+", text)
    if not _SIMPLE.fullmatch(text) or any(len(w) > 1 and w not in _NAMES for w in words):
        return Text(text)
    tex = re.sub(r"[A-Za-z]+", lambda found: _NAMES.get(found[0], found[0]), text)
    for sign, command in RELATIONS.items():
        tex = tex.replace(sign, command)
    return Formula(tex, text)


def conditions(texts: tuple[str, ...]) -> Prose:
    """Return conditions, with *and* between them."""
    parts: list[Inline] = []
    for text in texts:
        parts += [Text(" and ")] if parts else []
        parts.append(condition(text))
    return tuple(parts)


def with_conditions(text: str) -> Iterator[Inline]:
    """Yield a sentence, in which a condition, such as ``eps = 0``, becomes a formula."""
    at = 0
    for found in _CONDITION.finditer(text):
        yield Text(text[at : found.start()])
        yield condition(found[0])
        at = found.end()
    yield Text(text[at:])


def meaning(text: str) -> Inline:
    """Return what `where` says that a symbol means."""
    if "\\" in text:
        return within(text)
    return Formula(_NAMES.get(text, text)) if text in _NAMES or len(text) == 1 else Text(text)


def sentence(text: str) -> Prose:
    r"""Return a sentence with LaTeX in it, as ``\mu where \hat{x} belongs``."""
    return tuple(_merged(_pieces(text)))


def _merged(pieces: Iterator[tuple[bool, str]]) -> Iterator[Inline]:
    is_word, held = True, ""
    for now, text in pieces:
        if held and now == is_word:
            held = f"{held} {text}"
            continue
        if held:
            yield _inline(is_word, held)
            yield Text("" if text[0] in ",.;:" else " ")
        is_word, held = now, text
    if held:
        yield _inline(is_word, held)


def _inline(is_word: bool, text: str) -> Inline:
    return Text(text) if is_word else within(text)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield words and formulas between spaces; what is in braces or brackets is one piece."""
    for piece in _split(text):
        if _WORD.fullmatch(piece):
            yield True, piece
            continue
        bare = piece.rstrip(",.;:") if not piece.endswith(r"\,") else piece
        yield False, bare
        if bare != piece:
            yield True, piece[len(bare) :]


def _split(text: str) -> Iterator[str]:
    depth, held = 0, ""
    for sign in text:
        depth += (sign in "{([") - (sign in "})]")
        if sign == " " and depth <= 0:
            if held:
                yield held
            held = ""
        else:
            held += sign
    if held:
        yield held
