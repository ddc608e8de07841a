"""Formulas as people type them in chats and in code, put into LaTeX: ``sqrt(var + eps)``.

A text without a single backslash is read so; in LaTeX, ``gamma`` is a product of five letters. Each
sign that is made keeps the place of what it is made of. What is not known stays as it is, for the
reader to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.errors import NotSupported
from bncheck.symbolic.claims.code_variance import BESSEL, FLAGS, NAMES, divides_by
from bncheck.symbolic.claims.identifiers import in_latex


class Unread(NotSupported):
    """What is not read, and where."""

    def __init__(self, reason: str, position: int) -> None:
        """Keep the position in the text."""
        super().__init__(reason)
        self.position = position


Pieces = list[tuple[str, int]]
"""Text, and where what it is made of was."""

FUNCTIONS = {
    **dict.fromkeys(("sum", "reduce_sum"), (r"(\sum{(", ")})")),
    **dict.fromkeys(("mean", "reduce_mean", "avg", "average", "E"), (r"\mathrm{E}(", ")")),
    **dict.fromkeys(("var", "Var", "variance", "reduce_variance"), (r"\mathrm{Var}(", ")")),
    **dict.fromkeys(("std", "Std", "reduce_std"), (r"\mathrm{std}(", ")")),
    "sqrt": (r"\sqrt{", "}"),
    "rsqrt": (r"(\sqrt{", "})^{-1}"),
    "square": ("(", ")^{2}"),
    "abs": ("{|(", ")|}"),
    "norm": (r"{\|(", r")\|}"),
    "diag": (r"\mathrm{diag}(", ")"),
    **dict.fromkeys(("tr", "trace"), (r"\mathrm{tr}(", ")")),
    **dict.fromkeys(("BN", "batchnorm", "batch_norm", "BatchNorm"), (r"\mathrm{BN}(", ")")),
    "max": (r"(\max{(", ")})"),
    "min": (r"(\min{(", ")})"),
}
"""What a function of code is in LaTeX, before and behind its argument."""
_NAMED = "|".join(sorted(FUNCTIONS, key=len, reverse=True))
_LIBRARY = re.compile(r"\b(?:np|jnp|torch|tf|tf\.math|math|mx\.np|numpy|K)\.(?=[A-Za-z])")
_OVER_THE_BATCH = re.compile(
    r"\s*,\s*(?:(?:axis|dim)\s*=\s*)?(?:0|\(\s*0\s*,?(?:\s*,?\s*2\s*,\s*3\s*)?\))"
    r"(?=\s*(?:,|$))|\s*,\s*keep_?dims?\s*=\s*(?:True|False)"
)
"""Arguments that say: over the batch."""
_METHOD = re.compile(r"\.(sum|mean|var|std|sqrt|abs|square|max|min)\(")
_LOSS = r"(?:loss|Loss|cost|L|l|J|E|C|f)"
_TARGET = r"(?=[A-Za-z(_]|[^\W\d])"
_GRADIENT = re.compile(rf"d({_LOSS})\s*/\s*d_?{_TARGET}|d({_LOSS})_d_?(?=[A-Za-z])")
_DERIVATIVE = re.compile(r"d([A-Za-z]\w*)\s*/\s*d(?=[A-Za-z(])")
_ONES = re.compile(r"ones(?:_like)?\(")
_ASSIGNED = re.compile(r"(?:^|[\n,;])\s*([A-Za-z]{2,}[0-9]*)\s*=(?!=)")
"""Names that a text gives a value: no products of letters, and dx1 is no entry of dx."""
_WORD = re.compile(r"[A-Za-z]+[0-9]*(?:_[A-Za-z0-9]+)*")
_POWER = re.compile(
    r"(?:\*\*\s*(-?\s*[0-9.]++)|\^\s*(-?\s*[0-9.]++)(?!\s*/\s*[0-9])"
    r"|(?:\*\*|\^)\s*\(([-\s0-9./]*[0-9.])\)(?!\^))"
)
"""A number as an exponent. Code has x**2/m for (x**2)/m; x^-3/2 may be meant as x^(-3/2)."""
_FRACTION = re.compile(r"\^\s*(-\s*[0-9]+\s*/\s*[0-9]+|1\s*/\s*[0-9]+)")
_SCRIPT = re.compile(r"[_^]\{[^{}]*\}|\^\(\w+\)")
_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]*))?(?:[eE](-?[0-9]{1,2}))?(?![0-9])")
_INDEX = re.compile(r"\[\s*([A-Za-z0-9](?:\s*,\s*[A-Za-z0-9])?)\s*\]")
_RANGE = re.compile(
    r"(?:sum|∑)_\{\s*([a-z])\s*=\s*([01])\s*(?:\.\.+|to|,\s*\.\.\.\s*,)\s*(\w)\s*\}"
)
_JOINING = re.compile(
    r"(?:for all|for each|for every|provided that|we have|we get|forall|if|when|for|given|where"
    r"|with|let|then|so|thus|hence|and|also)\b"
)
MAX_DEPTH = 60


def is_plain(text: str) -> bool:
    """Whether a text is typed without LaTeX."""
    return "\\" not in text


def translated(text: str) -> Pieces:
    """Return a plain text in LaTeX, piece by piece, each with its position.

    Raises Unread for arguments of functions that are not known.
    """
    typed = re.sub(r"#[^\n]*", lambda found: " " * len(found[0]), text)
    text = _LIBRARY.sub(lambda found: " " * len(found[0]), typed)
    return _Writer(text, typed).within(0, len(text), 0)


class _Writer:
    """Puts stretches of a text into LaTeX."""

    def __init__(self, text: str, typed: str) -> None:
        self.text = text
        self.typed = typed  # with the names of libraries
        self.assigned = frozenset(_ASSIGNED.findall(text))
        self.targets: set[int] = set()  # where a differential's symbol begins: dL/dxhat

    def within(self, at: int, end: int, depth: int) -> Pieces:
        """Return what stands from one place to another."""
        done: Pieces = []
        while at < end:
            start = len(done)
            first = at
            new, at = self.next(at, end, depth)
            done += new
            while (method := _METHOD.match(self.text, at, end)) and self.text[first] not in " \n":
                close = self.closing(method.end() - 1, end)
                rest = ", " + self.text[method.end() : close]
                if close is None or _left(method[1], rest):
                    break  # arguments that are not known
                before, behind = self.around(method[1], rest, at, called=True)
                done.insert(start, (before, first))
                done.append((behind, close))
                at = close + 1
        return done

    def next(self, at: int, end: int, depth: int) -> tuple[Pieces, int]:
        """Return the piece that starts at a place, and where it ends."""
        text = self.text
        if text[at] == "(" and depth < MAX_DEPTH and (close := self.closing(at, end)) is not None:
            inner = self.within(at + 1, close, depth + 1)
            return [("(", at), *inner, (")", close)], close + 1
        if text[at] == "\n" and self.begins_an_equation(at) and not depth:
            return [(r"\\ ", at)], at + 1
        inside = at > 0 and text[at - 1].isalpha() and text[at - 1].isascii()
        begins = not inside or at in self.targets
        if found := _RANGE.match(text, at, end):
            return [(rf"\sum_{{{found[1]}={found[2]}}}^{{{found[3]}}}", at)], found.end()
        if found := _SCRIPT.match(text, at, end):
            return self.copied(at, found.end())
        if found := _FRACTION.match(text, at, end):
            raise Unread(f"does ^{found[1]} mean ^({found[1]})? Write the brackets", at)
        if found := _POWER.match(text, at, end):
            return [(f"^{{{_exponent(found[1] or found[2] or found[3])}}}", at)], found.end()
        if begins and (found := _NUMBER.match(text, at, end)) and "." not in text[at - 1 : at]:
            return [(_decimal(found), at)], found.end()
        if begins and text[at].isalpha() and text[at].isascii():
            return self.word(at, end, depth)
        if text.startswith("||", at):
            return [(r"\|", at)], at + 2
        if text.startswith("==", at):
            return [("=", at)], at + 2
        return self.copied(at, at + 1)

    def word(self, at: int, end: int, depth: int) -> tuple[Pieces, int]:
        """Return a word: a function, a derivative, a symbol, one that joins equations."""
        text = self.text
        if found := re.compile(rf"({_NAMED})\s*([(\[])").match(text, at, end):
            inside = self.function(found, end, depth)
            if inside is not None:
                return inside
        if found := _ONES.match(text, at, end):
            close = self.closing(found.end() - 1, end)
            if close is not None:  # of a shape that the other factor is broadcast to
                return [("1 ", at)], close + 1
        if found := re.compile(r"(sum|max|min)(?=\s*_)").match(text, at, end):
            rest = re.compile(r"\s*_([A-Za-z])(?![A-Za-z{])").match(text, found.end(), end)
            if rest:
                return [(rf"\{found[1]}_{{{rest[1]}}} ", at)], rest.end()
            return [(rf"\{found[1]}", at)], found.end()
        if found := _GRADIENT.match(text, at, end):
            self.targets.add(found.end())
            return [(r"\partial L / \partial ", at)], found.end()
        if found := _DERIVATIVE.match(text, at, end):
            self.targets.add(found.end())
            body = in_latex(found[1]) or found[1]
            return [(rf"\partial {body} / \partial ", at)], found.end()
        if found := _JOINING.match(text, at, end):
            return [(rf"\text{{{found[0]}}} ", at)], found.end()
        found = _WORD.match(text, at, end)
        if found is None:
            return self.copied(at, at + 1)
        name = found[0]
        known = in_latex(name)
        if name in self.assigned and (not known or name[-1].isdigit()):
            known = rf"\mathrm{{{name}}}"
        at_index = _INDEX.match(text, found.end(), end)
        is_array = (known or len(found[0]) == 1) and found[0] not in FUNCTIONS
        if at_index and is_array and "_" not in known:
            label = re.sub(r"\s", "", at_index[1])
            return [(f"{known or found[0]}_{{{label}}} ", at)], at_index.end()
        return [(f"{known} ", at)] if known else self.copied(at, found.end())[0], found.end()

    def function(self, found: re.Match[str], end: int, depth: int) -> tuple[Pieces, int] | None:
        """Return a function of something, if what is in its brackets is one argument."""
        opened = found.end() - 1
        close = self.closing(opened, end)
        if close is None or depth >= MAX_DEPTH:
            return None
        inside = self.text[opened + 1 : close]
        least = _top_level_comma(inside)
        argument, rest = inside[:least], inside[least:]
        if left := _left(found[1], rest):
            raise Unread(f"what is {found[1]} with {left}?", opened)
        called = bool(rest.strip(" ,")) or self.typed[found.start() - 1 : found.start()] == "."
        before, behind = self.around(found[1], rest, found.start(), called=called)
        inner = self.within(opened + 1, opened + 1 + len(argument), depth + 1)
        return [(before, found.start()), *inner, (behind, close)], close + 1

    def around(self, name: str, rest: str, at: int, *, called: bool) -> tuple[str, str]:
        """Return what is before and behind the argument of a function."""
        if name not in NAMES:
            return FUNCTIONS[name]
        over = divides_by(self.typed, rest, called=called)
        if over == "unknown":
            raise Unread(
                f"is {name} NumPy's, over m, or torch's, over m - 1? Write axis=0, or dim=0", at
            )
        return BESSEL[name[:3].lower()] if over == "m - 1" else FUNCTIONS[name]

    def closing(self, opened: int, end: int) -> int | None:
        """Return where the bracket that opens here is closed."""
        depth = 0
        for at in range(opened, end):
            depth += (self.text[at] in "([{") - (self.text[at] in ")]}")
            if depth == 0:
                return at
        return None

    def begins_an_equation(self, at: int) -> bool:
        """Whether the line after this place is one equation, and so is what is before it."""
        before = self.text[:at]
        after = self.text[at + 1 :].split("\n")[0]
        is_whole = not before.rstrip().endswith(("+", "-", "*", "/", "=", "\\"))
        return is_whole and "=" in after and not after.lstrip().startswith("=")

    def copied(self, at: int, end: int) -> tuple[Pieces, int]:
        """Return a stretch as it is."""
        return [(self.text[place], place) for place in range(at, end)], end


def _left(name: str, rest: str) -> str:
    """Return the arguments of a function that are not known."""
    if name in NAMES:
        rest = FLAGS.sub("", rest)
    return _OVER_THE_BATCH.sub("", rest).strip(" ,")


def _top_level_comma(inside: str) -> int:
    depth = 0
    for at, sign in enumerate(inside):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            return at
    return len(inside)


def _exponent(typed: str) -> str:
    """Return an exponent: ``-1.`` is -1."""
    return re.sub(r"\.(?![0-9])", "", re.sub(r"\s", "", typed))


def _decimal(found: re.Match[str]) -> str:
    """Return a number without a power of ten: 1e-5 is 0.00001, 1. is 1."""
    whole, places, shift = found[1], found[2] or "", int(found[3] or 0)
    digits = whole + places
    point = len(whole) + shift
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    digits = digits.ljust(point, "0")
    rest = digits[point:]
    return digits[:point] + (f".{rest}" if rest else "")


def pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield a text as LaTeX, with positions: as it is if it is LaTeX.

    Raises Unread for arguments of functions that are not known.
    """
    yield from translated(text) if is_plain(text) else ((sign, at) for at, sign in enumerate(text))
