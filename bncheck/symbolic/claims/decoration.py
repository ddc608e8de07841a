r"""What is set around a part of a formula: braces with remarks, colours, strokes, space.

The part stays and the rest is taken off. A remark that says what the part is (``= 0``, a number) is
a claim of its own, and is judged beside the formula.
"""

from __future__ import annotations

import re

from bncheck.symbolic.claims.cursor import RELATIONS
from bncheck.symbolic.claims.groups import argument
from bncheck.symbolic.claims.lexer import ClaimError, Token

BRACES = {r"\underbrace": "_", r"\overbrace": "^", r"\underbracket": "_", r"\overbracket": "^"}
SHOWN = {
    **dict.fromkeys((r"\textcolor", r"\colorbox", r"\cancelto"), 1),
    r"\fcolorbox": 2,
    **dict.fromkeys((r"\cancel", r"\bcancel", r"\xcancel", r"\smash", r"\mathop", r"\boxed"), 0),
    **dict.fromkeys((r"\underline", r"\mathbin", r"\mathrel", r"\mathopen", r"\mathclose"), 0),
}
"""Commands that show their last argument, and how many are before it."""
NOTHING = {
    **dict.fromkeys((r"\phantom", r"\hphantom", r"\vphantom", r"\color", r"\mspace"), ""),
    **dict.fromkeys((r"\vspace", r"\eqref", r"\ref", r"\cref", r"\cite", r"\footnote"), ""),
    r"\hspace": r"\quad",
    **dict.fromkeys((r"\intertext", r"\shortintertext"), r"\\"),
}
"""Commands whose argument is left out, and what is in their place."""
TAKING = frozenset({"_", "^", r"\hat", r"\bar", r"\tilde", r"\frac", r"\sqrt"})
SIGNS = frozenset({"+", "-"})
OPERATIONS = frozenset({*SIGNS, r"\cdot", "/", r"\frac", r"\odot", r"\hat", r"\tilde"})
FONTS = frozenset({r"\boldsymbol", r"\bm", r"\vec"})
AROUND = frozenset(
    {*RELATIONS, *SIGNS, "(", ")", "[", "]", "{", "}", "&", r"\\", ",", ".", r"\quad"}
)
MAX_DEPTH = 60


def undecorated(found: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the tokens without what is set around parts, and what remarks claim of parts.

    Raises ClaimError for what cannot be taken apart.
    """
    claims: list[Token] = []
    return _plain(found, claims, 0), claims


def _plain(found: list[Token], claims: list[Token], depth: int) -> list[Token]:
    if depth > MAX_DEPTH:
        raise ClaimError(f"nested deeper than {MAX_DEPTH}", found[0].position if found else None)
    done: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.text in NOTHING:
            star = at + 1 < len(found) and found[at + 1].text == r"\cdot"
            _, at = argument(found, at + 1 + star)
            done += [Token(NOTHING[token.text], token.position)] * bool(NOTHING[token.text])
        elif token.text in SHOWN:
            at = _shown(found, at, done, claims, depth)
        elif token.text in BRACES:
            at = _braced(found, at, done, claims, depth)
        elif token.text == r"\bar" and _is_compound(argument(found, at + 1)[0]):
            body, at = argument(found, at + 1)
            mean = [Token(text, token.position) for text in (r"\mathrm", "{", "E", "}", "(")]
            done += [*mean, *_plain(body, claims, depth + 1), Token(")", token.position)]
        else:
            done.append(token)
            at += 1
    return done


def _shown(found: list[Token], at: int, done: list[Token], claims: list[Token], depth: int) -> int:
    name, first = found[at].text, None
    at += 1
    if at < len(found) and found[at].text == "[":  # \textcolor[rgb]{1,0,0}{x}
        while at < len(found) and found[at].text != "]":
            at += 1
        at += 1
    for _ in range(SHOWN[name]):
        first, at = argument(found, at)
    body, at = argument(found, at)
    inner = _plain([t for t in body if t.text != "$"], claims, depth + 1)
    if name == r"\cancelto" and first:
        _claim(inner, first, claims)
    _put(inner, done)
    return at


def _braced(found: list[Token], at: int, done: list[Token], claims: list[Token], depth: int) -> int:
    opened = found[at]
    script = BRACES[opened.text]
    body, at = argument(found, at + 1)
    inner = _plain(body, claims, depth + 1)
    if at < len(found) and found[at].text == script:
        said, at = argument(found, at + 1)
        if said and (said[0].text == "=" or (len(said) == 1 and said[0].text.isdigit())):
            _claim(inner, said[1:] if said[0].text == "=" else said, claims)
    follows = found[at].text if at < len(found) else r"\\"
    before = done[-1].text if done else r"\\"
    if _is_sum(inner) and not (before in AROUND and follows in AROUND):
        raise ClaimError(
            f"a sum under {opened.text} beside a factor: put it in brackets", opened.position
        )
    _put(inner, done)
    return at


def _claim(part: list[Token], said: list[Token], claims: list[Token]) -> None:
    at = part[0].position if part else 0
    claims += [Token(r"\\", at), *part, Token("=", at), *said]


def _put(inner: list[Token], done: list[Token]) -> None:
    """Put a part where it stood: in braces where one thing is taken."""
    if done and done[-1].text in TAKING:
        done += [Token("{", done[-1].position), *inner, Token("}", done[-1].position)]
    else:
        done += inner


def _is_compound(found: list[Token]) -> bool:
    """Whether a bar is over more than one symbol, and so is a mean: of a product, or of a sum."""
    symbols = 0
    at = 0
    while at < len(found):
        text = found[at].text
        if text in ("_", "^"):
            script, at = argument(found, at + 1)
            if text == "^" and all(token.text.isdigit() for token in script):
                return True
            continue
        if text in OPERATIONS:
            return True
        symbols += not (text in FONTS or text in "{}" or text.startswith(r"\math"))
        at += 1
    return symbols > 1


def _is_sum(found: list[Token]) -> bool:
    depth = 0
    for at, token in enumerate(found):
        depth += (token.text in "([{") - (token.text in ")]}")
        if not depth and token.text in SIGNS and _follows_a_sum(found, at):
            continue
        if at and not depth and token.text in SIGNS and found[at - 1].text not in RELATIONS:
            return True
    return False


def _follows_a_sum(found: list[Token], at: int) -> bool:
    r"""Whether only the bounds of a sum stand before a sign: ``\sum_{i=1}^m -2 x_i``."""
    text = " ".join(token.text for token in found[max(at - 40, 0) : at])
    return re.search(r"\\sum(?: [_^] (?:\{[^{}]*\}|\S+))*$", text) is not None
