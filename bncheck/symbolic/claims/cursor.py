"""A place in a list of tokens, and the words that have a meaning there."""

from __future__ import annotations

from collections.abc import Set

from bncheck.symbolic.claims.lexer import ClaimError, Token

RELATIONS = frozenset(
    {"=", r"\le", r"\ge", "<", ">", r"\approx", r"\leftarrow", r"\equiv", r"\neq", ":="}
)
CLOSING = frozenset({"}", ")", "]", r"\}", r"\rangle"})
BRACKETS = {"(": ")", "[": "]", r"\{": r"\}"}
OVER = frozenset({r"\stackrel", r"\overset"})
"""Commands that set something over a relation sign."""
ENDS = RELATIONS | OVER | CLOSING | {"+", "-", ",", ".", r"\rightarrow"}
"""What no product goes on after."""
ACCENTS = frozenset({r"\hat", r"\bar", r"\tilde"})
FONTS = frozenset(
    {
        *(r"\mathcal", r"\mathrm", r"\mathbf", r"\mathbb", r"\mathit", r"\mathsf"),
        *(r"\boldsymbol", r"\bm", r"\pmb", r"\text", r"\textrm", r"\textit", r"\textbf"),
        *(r"\operatorname", r"\mathtt", r"\texttt", r"\mbox"),
    }
)
GREEK = frozenset(
    {
        *(r"\mu", r"\sigma", r"\gamma", r"\beta", r"\epsilon", r"\ell", r"\alpha", r"\lambda"),
        *(r"\eta", r"\rho", r"\delta", r"\phi", r"\theta", r"\tau"),
    }
)


class Cursor:
    """Reads tokens from left to right."""

    def __init__(self, found: list[Token], words: Set[str] = frozenset()) -> None:
        """Start before the first token; `words` are the names of several letters."""
        self.found, self.at, self.words = found, 0, words

    @property
    def position(self) -> int:
        """Where we are in the text."""
        if self.at < len(self.found):
            return self.found[self.at].position
        return self.found[-1].position + 1 if self.found else 0

    def peek(self, ahead: int = 0) -> str | None:
        """Return a token's text without taking it; ``None`` after the end."""
        at = self.at + ahead
        return self.found[at].text if at < len(self.found) else None

    def comes(self, *texts: str) -> bool:
        """Whether these tokens come next."""
        return all(self.peek(n) == text for n, text in enumerate(texts))

    def take(self) -> Token:
        """Take the next token.

        Raises ClaimError at the end.
        """
        if self.at >= len(self.found):
            raise ClaimError("the formula ends too early", self.position)
        self.at += 1
        return self.found[self.at - 1]

    def expect(self, *texts: str) -> None:
        """Take tokens that must come next.

        Raises ClaimError with what is there instead.
        """
        for text in texts:
            if self.peek() != text:
                got = "the end" if self.peek() is None else f"'{self.peek()}'"
                raise ClaimError(f"expected '{text}', found {got}", self.position)
            self.at += 1

    def close(self, text: str, opened: int) -> None:
        """Take the bracket that closes what was opened at a position."""
        if self.peek() is None:
            raise ClaimError(f"the bracket is not closed by '{text}'", opened)
        self.expect(text)

    def single(self) -> Token:
        """Take what TeX takes without braces: a command, a letter, or one digit of a number."""
        token = self.take()
        if token.text.isdigit() and len(token.text) > 1:
            self.at -= 1
            self.found[self.at] = Token(token.text[1:], token.position + 1)
            return Token(token.text[0], token.position)
        return token

    def plain_text(self) -> str:
        """Read a group, or a token, as plain text: the index of a symbol."""
        if self.peek() != "{":
            token = self.single()
            return self.in_font() if token.text in FONTS else token.text
        start, depth, words = self.position, 0, []
        while True:
            word = self.take().text
            depth += (word == "{") - (word == "}")
            if word in FONTS:
                words.append(self.in_font())
            elif word not in ("{", "}"):
                words.append("_" if word == r"\_" else word)
            if depth == 0:
                return "".join(words)
            if len(words) > 20:
                raise ClaimError("an index of more than 20 symbols", start)

    def in_font(self) -> str:
        r"""Read what a font applies to: a group, a letter, or a Greek one."""
        after = self.peek() or ""
        if after in FONTS:
            self.take()
            return self.in_font()
        if after != "{" and after not in GREEK and not after.isalnum():
            raise ClaimError("a font of nothing", self.position)
        return self.plain_text()
