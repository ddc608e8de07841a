"""The words of a proof's file as prose: what is surely a formula is typeset.

What is not surely one stays text; what begins like one and does not end so is shown as code.
Indented lines are formulas that are displayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.documents.derivations.plain import latex
from bncheck.documents.derivations.tokens import CALLED, Token, tokens
from bncheck.documents.model import (
    Block,
    Code,
    Equation,
    Formula,
    Inline,
    Link,
    Paragraph,
    Prose,
    Reference,
    Text,
)
from bncheck.errors import NotSupported

ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")
THEOREM = re.compile(r"[A-Z]{1,3}\d\d[a-z]?(?![A-Za-z0-9])")
ARTICLES = frozenset({"a", "A", "I"})
"""Letters that are words, but for where no word comes after them."""
FIRST = frozenset("(-|<")
SIGNS = frozenset("/=^+<>|{_")
WORDS = frozenset(CALLED) - {"BN", "tr", "xhat", "var"}
"""What is a function in a formula, and a word elsewhere: the mean."""
LONG = 64
"""Signs of the longest formula within a line; longer ones are shown as code, which breaks."""
OPERATORS = frozenset("+-/^=<>|{}(")
DERIVED = re.compile(r"\bd(?:\^2)? \S+ / d|/d |\bD\^2 ")
"""Derivatives that are written with spaces: not in the grammar of formulas."""


def paragraphs(body: str, label: str) -> Iterator[Block]:
    """Yield the paragraphs of a part of a docstring; indented lines are displayed."""
    for kind, text in _joined(body):
        if kind == "words":
            yield Paragraph(inlines(text), label)
            label = ""
        else:
            yield _displayed(text)


def _joined(body: str) -> Iterator[tuple[str, str]]:
    """Yield paragraphs of words, and displayed lines; one that begins with a sign goes on."""
    kind, text = "", ""
    for line in [*body.splitlines(), ""]:
        found = "" if not line.strip() else "display" if line.startswith("    ") else "words"
        goes_on = found == "display" and line.strip()[0] in "=+-" and text
        if goes_on or (found == kind == "words"):
            text = f"{text} {line.strip()}"
            continue
        if text:
            yield kind, text
        kind, text = found, " ".join(line.split())


def _displayed(line: str) -> Block:
    """Return a displayed formula, with the words after it as its note."""
    among = tokens(line)
    for size in range(len(among), 0, -1):
        rest = line[among[size - 1].end :].strip(" ,.")
        if not rest or rest[0].isalpha():
            try:
                shown = Formula(latex(among[:size]), line[: among[size - 1].end])
            except NotSupported:
                continue
            return Equation(shown, note=inlines(rest) if rest else ())
    return Paragraph(inlines(line))


def inlines(text: str) -> Prose:
    """Return a line of words with its formulas typeset, and its articles of arXiv linked."""
    parts: list[Inline] = []
    done = at = 0
    while at < len(text):
        found = _at(text, at)
        if found is None:
            at += 1
            continue
        inline, start, end = found
        if start > done:
            parts.append(Text(text[done:start]))
        parts.append(inline)
        done = at = end
    if done < len(text):
        parts.append(Text(text[done:]))
    return tuple(parts)


def _at(text: str, at: int) -> tuple[Inline, int, int] | None:
    """Return what is no text at this place, and where it begins and ends."""
    link = ARXIV.match(text, at)
    if link is not None:
        return Link(f"https://arxiv.org/abs/{link[1]}", link[0]), at, link.end()
    named = THEOREM.match(text, at)
    if named is not None and not text[at - 1 : at].isalnum():
        return Reference(f"theorem-{named[0]}", named[0]), at, named.end()
    if text[at] == " " or (at and (text[at - 1].isalnum() or text[at - 1] in "'-_\\./")):
        return None
    among = tokens(text, at)
    if among and among[0].kind == "sign" and among[0].text not in FIRST:
        return None
    called = among and text[among[0].end : among[0].end + 1] == "("
    if among and among[0].text in WORDS and not called:
        return None
    while among and not _may_end(text, among[-1]):
        among.pop()
    for size in range(len(among), 0, -1):
        try:
            tex = latex(among[:size])
        except NotSupported:
            continue
        run = among[:size]
        if not _is_cut(text, run):
            return _typeset(text, run, tex)
        break
    return _code(text, among)


def _code(text: str, among: list[Token]) -> tuple[Inline, int, int] | None:
    """Return a run that is no formula of the grammar as code, where it has signs of one."""
    if len(among) < 2 or not any(each.text in OPERATORS - {"(", "-"} for each in among):
        return None
    source = _source(text, among)
    whole = all(source.count(one) == source.count(other) for one, other in ("()", "{}"))
    shown = Code(source) if whole and source.count("|") % 2 == 0 else Text(source)
    return shown, among[0].start, among[-1].end


def _may_end(text: str, last: Token) -> bool:
    """Whether a formula may end here: not in a word, nor after a comma or an operator."""
    rest = text[last.end : last.end + 1]
    if rest.isalnum() or rest in ("'", "_") or (rest == "-" and text[last.end + 1 :][:1].isalpha()):
        return False
    return last.kind != "sign" or last.text in ")>|}"


def _is_cut(text: str, run: list[Token]) -> bool:
    """Whether the formula goes on with something that is not read, or came after it."""
    if DERIVED.search(text[max(0, run[0].start - 8) : run[-1].end]):
        return True
    after = text[run[-1].end :].lstrip(" ")[:1]
    before = text[: run[0].start].rstrip(" ")[-1:]
    if run[0].text == "-" and before.isdigit():
        return True
    goes_on = after in SIGNS or text[run[-1].end : run[-1].end + 1] == "("
    return bool(after and goes_on) or (bool(before) and before in "/=+<^")


def _typeset(text: str, run: list[Token], tex: str) -> tuple[Inline, int, int] | None:
    """Return a formula, unless it is a word or a number among words."""
    left, _, right = tex.partition(" = ")
    if left == right or run[-1].end - run[0].start > LONG:
        # dxhat = dL/dxhat are two spellings of one symbol
        return Code(_source(text, run)), run[0].start, run[-1].end
    if all(each.kind == "number" or each.text in "()," for each in run):
        return None  # (2015)
    if len(run) == 1 and tex.startswith(r"\frac{\partial"):  # flat, as a line is
        tex = tex.removeprefix(r"\frac{").removesuffix("}").replace("}{", " / ", 1)
    if len(run) > 1 or not _is_word(text, run[0]):
        return Formula(tex, _source(text, run)), run[0].start, run[-1].end
    return None


def _is_word(text: str, token: Token) -> bool:
    """Whether one token by itself is a word: a number, an article, the mean."""
    if token.text in ARTICLES:
        follows = text[token.end : token.end + 1]
        begins = text[: token.start].rstrip(" ")[-1:] in ("", ".", ":")
        return begins or (token.text == "a" and follows not in (",", ".", ";", ":", ")"))
    return token.kind == "number" or (token.text in CALLED and token.text not in ("BN", "xhat"))


def _source(text: str, run: list[Token]) -> str:
    return text[run[0].start : run[-1].end]
