"""Every token of a formula counts: without it, twice, or with another, it is read differently."""

import random

import pytest
from dialect import TRUE

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.cursor import FONTS
from bncheck.symbolic.claims.echo import echo
from bncheck.symbolic.claims.lexer import tokens

# what ends a part or a line, where a comma or a full stop may stand or not
ENDS = {r"\\", r"\quad", "$", r"\]", r"\end", r"\text", ",", "."}
# these only place a formula on the page, or are written or not, as one likes
FREE = {r"\\", r"\quad", "&", r"\cdot", r"\left", r"\right", r"\limits", r"\dots"}
INSERTED = [
    *(
        "x",
        "i",
        "j",
        "m",
        "2",
        "0",
        "1",
        "+",
        "-",
        "/",
        "=",
        ",",
        ".",
        "'",
        "|",
        "(",
        ")",
        "{",
        "}",
    ),
    *("^", "_", r"\mu", r"\sigma", r"\gamma", r"\beta", r"\epsilon", r"\frac", r"\sqrt", r"\sum"),
    *(r"\hat", r"\bar", r"\partial", r"\text", r"\mathrm", r"\tag", r"\le", ":=", "T", "B", "E"),
]


def understood(text):
    try:
        return list(echo(text, {}))
    except (NotSupported, ValueError, ZeroDivisionError):
        return None


def edits(text, rng, count):
    """Delete a token, write it twice, or write another before it."""
    found = tokens(text)
    texts = [*(token.text for token in found), r"\\"]
    ends = [*(token.position for token in found[1:]), len(text)]
    for _ in range(count):
        at = rng.randrange(len(found))
        start, end = found[at].position, ends[at]
        if texts[at] in FREE | FONTS or (
            texts[at] in (",", ".") and {texts[at - 1], texts[at + 1]} & {*ENDS, r"\dots"}
        ):
            continue
        new = rng.choice(INSERTED)
        if new in (",", ".") and (texts[at] in ENDS or texts[at:] == ["}", r"\\"]):
            continue
        if new in FONTS and (texts[at] in FONTS or texts[at].strip("\\").isalnum()):
            continue
        yield f"without {found[at].text}", f"{text[:start]} {text[end:]}"
        yield f"{found[at].text} twice", f"{text[:end]} {text[start:end]} {text[end:]}"
        yield f"{new} before {found[at].text}", f"{text[:start]} {new} {text[start:]}"


# tags and remarks are words, not part of a formula
WORDY = ("tag", "mini-batch mean", "batch mean")
FORMULAS = [text for text in TRUE if text.isascii() and not any(word in text for word in WORDY)]


@pytest.mark.parametrize("latex", FORMULAS)
def test_every_token_counts(latex):
    rng = random.Random(latex)
    meant = understood(latex)
    assert meant is not None
    for what, edited in edits(latex, rng, 12):
        assert understood(edited) != meant, what
