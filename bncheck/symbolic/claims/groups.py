"""Braces in a row of tokens, and a row of tokens as a text that patterns can be looked for in."""

from __future__ import annotations

from bncheck.symbolic.claims.lexer import ClaimError, Token


def closing(found: list[Token], at: int) -> int:
    """Return where the brace that opens here is closed.

    Raises ClaimError if it is not.
    """
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place].text == "{") - (found[place].text == "}")
        if depth == 0:
            return place
    raise ClaimError("the bracket is not closed by '}'", found[at].position)


def word(found: list[Token], at: int) -> tuple[str, int]:
    """Return the text of a group ``{...}`` and where it ends; an empty one if there is no group."""
    if at >= len(found) or found[at].text != "{":
        return "", at
    end = closing(found, at)
    return "".join(token.text for token in found[at + 1 : end]), end + 1


def argument(found: list[Token], at: int) -> tuple[list[Token], int]:
    """Return what a command takes, a group or one token, and where that ends.

    Raises ClaimError if there is nothing.
    """
    if at >= len(found):
        raise ClaimError("the formula ends too early", found[-1].position + 1)
    if found[at].text != "{":
        return [found[at]], at + 1
    end = closing(found, at)
    return found[at + 1 : end], end + 1


def as_text(found: list[Token]) -> tuple[str, dict[int, int]]:
    """Return the tokens with a space behind each, and which token starts at which place of it.

    The end of the text is the place of a token after the last.
    """
    starts: dict[int, int] = {}
    length = 0
    for at, token in enumerate(found):
        starts[length] = at
        length += len(token.text) + 1
    starts[length] = len(found)
    return "".join(f"{token.text} " for token in found), starts
