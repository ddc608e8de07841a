"""A place in the tokens of a formula."""

from __future__ import annotations

import re
from collections.abc import Set

from bncheck.documents.formulas.tokens import Token, spelled, tokens
from bncheck.errors import NotSupported

DEEPEST = 24
"""How deep brackets, braces and arguments may nest."""
_LONGEST = 20_000

_ESCAPE = re.compile(r"\\([_&%#{} ])|~|[{}]")
_WORDS = re.compile(r"""[0-9A-Za-zÀ-ÖØ-öø-ɏ]|[ _,.;:!?'"()\[\]+\-=/*<>|@&%#{}–]""")


class Cursor:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        """Start before the first token."""
        if len(text) > _LONGEST:
            raise NotSupported(f"a formula of {len(text)} characters; at most {_LONGEST} are read")
        self.source = spelled(text)
        self.found = tokens(self.source)
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> str:
        """Return a token's text without taking it; "" after the end."""
        at = self.at + ahead
        return self.found[at].text if at < len(self.found) else ""

    def take(self) -> str:
        """Take the next token, or fail at the end."""
        if self.at >= len(self.found):
            raise NotSupported(f"the formula ends too early: '{self.source[-40:]}'")
        self.at += 1
        return self.found[self.at - 1].text

    def expect(self, text: str) -> None:
        """Take a token that must come next."""
        if self.peek() != text:
            shown = f"'{self.peek()}'" if self.peek() else "the end"
            raise NotSupported(f"'{text}' is expected in the formula, found {shown}")
        self.at += 1

    def single(self) -> str:
        """Take what TeX takes without braces: a command, one letter or one digit."""
        text = self.take()
        if len(text) > 1 and text[0].isalnum():
            self.at -= 1
            self.found[self.at] = Token(text[1:], self.found[self.at].start + 1)
        return text[0] if text[0].isalnum() else text

    def refuse(self, what: str) -> NotSupported:
        """Return the error for a sign that is not known."""
        return NotSupported(
            f"formulas with '{what}' are not laid out; write it with the signs of "
            "bncheck/documents/formulas/signs.py"
        )

    def deeper(self, by: int = 1) -> None:
        """Go into something, or out of it."""
        self.depth += by
        if self.depth > DEEPEST:
            raise NotSupported(f"the formula nests deeper than {DEEPEST} brackets and arguments")

    def group(self) -> str:
        """Take a group in braces, or one sign, as it is typed."""
        if self.peek() != "{":
            return self.single()
        begin = self.found[self.at].start + 1
        self.skip()
        return self.source[begin : self.found[self.at - 1].start]

    def skip(self) -> None:
        """Take a group in braces, or one sign."""
        depth = 0
        while True:
            text = self.single() if not depth else self.take()
            depth += (text == "{") - (text == "}")
            if depth <= 0:
                return

    def option(self) -> str:
        """Take what stands in square brackets, if anything does."""
        if self.peek() != "[":
            return ""
        words = []
        while self.peek() != "]":
            words.append(self.take())
        self.take()
        return "".join(words[1:])

    def word(self, command: str) -> str:
        r"""Take the argument of ``\text`` or ``\mathrm`` as words in Latin letters."""
        typed = self.group()
        if command in ROMAN:
            typed = "".join(re.sub(r"\\[ ,]|~", "", typed).split())
        plain = _ESCAPE.sub(lambda found: found[1] or found[0].strip("{}").replace("~", " "), typed)
        for sign in plain:
            if not _WORDS.match(sign) and not sign.isspace():
                raise self.refuse(f"{command}{{{typed[:40]}}}")
        return re.sub(r"\s+", " ", plain)


ROMAN: Set[str] = frozenset(
    {r"\mathrm", r"\operatorname", r"\operatorname*", r"\mathsf", r"\mathtt", r"\mathit"}
)
"""Fonts of names: what is space in them is none."""
TEXTS: Set[str] = ROMAN | {
    *(
        r"\text",
        r"\textrm",
        r"\textit",
        r"\textbf",
        r"\texttt",
        r"\textsf",
        r"\mbox",
    )
}
"""Commands of which the argument is words."""
