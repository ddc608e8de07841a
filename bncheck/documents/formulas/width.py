"""How wide a formula is, in em of the text around it, where it stands on a line of its own.

The rules are those of TeX's Appendix G, with the widths and the constants of Latin Modern Math;
where TeX, typst and browsers differ, the widest counts, so that what fits here fits in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bncheck.documents.formulas.heights import is_tall
from bncheck.documents.formulas.metrics import grown, lean, upright, width
from bncheck.documents.formulas.nodes import (
    Accent,
    Big,
    Cases,
    Digits,
    Fenced,
    Letter,
    Marked,
    Over,
    Part,
    Root,
    Row,
    Script,
    Sign,
    Stacked,
    Word,
)
from bncheck.documents.formulas.room import is_function, needs_room
from bncheck.documents.formulas.signs import QUAD, TIGHT

_SIZES = (1.0, 0.7, 0.5)
_GROWN = (1.0, 0.7, 0.7)
"""Sizes of sums, roots and brackets: TeX has no smaller ones in an index of an index."""
_ROOM = (1.0, 0.9, 0.8)
_AXIS = 0.25
_BEHIND_SCRIPTS = 0.08
_THIN, _MEDIUM, _THICK = 0.167, 0.223, 0.278
_LETTER = (0.7, 0.21)
_BRACKET = (0.75, 0.25)
_AROUND_FRACTION = 0.12


@dataclass(frozen=True)
class Box:
    """A width, and how far something reaches above and below the line."""

    width: float
    up: float
    down: float


def em(row: Row) -> float:
    """Return the width of a formula on a line of its own."""
    return _Style(level=0, display=True).row(row).width


@dataclass(frozen=True)
class _Style:
    level: int
    display: bool

    @property
    def size(self) -> float:
        return _SIZES[self.level]

    @property
    def grown_size(self) -> float:
        return _GROWN[self.level]

    def smaller(self) -> _Style:
        return _Style(min(self.level + 1, 2), False)

    def row(self, row: Row) -> Box:
        total, up, down = 0.0, 0.0, 0.0
        before: Part | None = None
        for part in row.parts:
            box = _displayed(part) if self.display else self.part(part)
            total += self.between(before, part) * _ROOM[self.level] + box.width
            up, down = max(up, box.up), max(down, box.down)
            before = part
        return Box(total + self.behind(before) * _ROOM[self.level], up, down)

    def between(self, before: Part | None, part: Part) -> float:
        """Return the room between two parts."""
        room = 0.0 if before is None else self.behind(before)
        room += self.around(part) if isinstance(part, Sign | Stacked) else 0.0
        if before is not None and (needs_room(before, part) or is_function(before)):
            room += _THIN
        if isinstance(part, Big) and before is not None and not _has_room(before):
            room += _THIN
        return room + (_THIN if isinstance(part, Fenced) and self.level == 0 and before else 0.0)

    def around(self, sign: Sign | Stacked) -> float:
        """Return the room on either side of a sign."""
        sign = sign.base if isinstance(sign, Stacked) else sign
        if self.level or sign.sign in TIGHT:
            return 0.0
        return {"relation": _THICK, "binary": _MEDIUM}.get(sign.kind, 0.0)

    def behind(self, part: Part | None) -> float:
        """Return the room behind a part."""
        match part:
            case Sign(sign, "punctuation"):
                return {QUAD: 0.0, "…": 2 * _THIN, "⋯": 2 * _THIN}.get(sign, _THIN)
            case Sign() | Stacked():
                return self.around(part)
            case Big():
                return _THIN
        return 0.0

    def part(self, part: Part) -> Box:
        size = self.size
        match part:
            case Letter(sign):
                return self.line(width(sign, self.level) + lean(sign))
            case Sign(sign):
                return self.line(1.0 if sign == QUAD else width(sign, self.level) + lean(sign))
            case Word(text):
                return self.line(sum(upright(sign, self.level) for sign in text))
            case Digits(text):
                return self.line(sum(width(sign, self.level) for sign in text))
            case Stacked(base, above):
                relation, over = self.part(base), self.smaller().row(above)
                wide = max(relation.width, over.width) + 0.4
                return Box(wide, relation.up + over.up + 0.2, relation.down)
            case Row() | Marked(Row()):
                return self.row(part if isinstance(part, Row) else part.body)
            case Over(top, bottom):
                return self.over(top, bottom)
            case Root(body):
                inside = self.row(body)
                height = (inside.up + inside.down) / size + 0.2
                radical = _of_height("√", height) * self.grown_size
                return Box(
                    inside.width + radical + 0.06 * size, inside.up + 0.2 * size, inside.down
                )
            case Script(base, below, above):
                return self.script(base, below, above)
            case Accent(_, body):
                inside = self.row(body)
                return Box(max(inside.width, 0.56 * size), inside.up + 0.25 * size, inside.down)
            case Big(sign, below, above):
                return self.big(sign, below, above)
            case Fenced(left, right, body):
                return self.fenced(left, right, body)
            case Cases(rows):
                return self.cases(rows)
        raise TypeError(f"not a part of a formula: {part!r}")

    def line(self, ems: float) -> Box:
        return Box(ems * self.size, _LETTER[0] * self.size, _LETTER[1] * self.size)

    def over(self, top: Row, bottom: Row) -> Box:
        inside = _Style(self.level, False) if self.display else self.smaller()
        above, below = inside.row(top), inside.row(bottom)
        gap = (0.12 if self.display else 0.04) * self.size
        up = _AXIS * self.size + gap + above.up + above.down
        down = gap + below.up + below.down - _AXIS * self.size
        wide = (
            max(above.width, below.width) + 2 * _AROUND_FRACTION
        )  # as wide in TeX where it is small
        least = (0.677, 0.686) if self.display else (0.394, 0.345)
        up = max(up, least[0] * self.size + above.up)
        return Box(wide, up, max(down, least[1] * self.size + below.down))

    def script(self, base: Row, below: Row | None, above: Row | None) -> Box:
        inside = self.row(base)
        small = self.smaller()
        boxes = [small.row(row) for row in (below, above) if row is not None]
        wide = max((box.width for box in boxes), default=0.0)
        raised = 0.0 if above is None else max(0.363 * self.size, inside.up - 0.25)
        lowered = 0.0 if below is None else max(0.247 * self.size, inside.down)
        up = max([inside.up, *(box.up + raised for box in boxes)])
        down = max([inside.down, *(box.down + lowered for box in boxes)])
        return Box(inside.width + wide + _BEHIND_SCRIPTS, up, down)

    def big(self, sign: str, below: Row | None, above: Row | None) -> Box:
        if sign.isascii():
            body = self.line(sum(upright(letter, self.level) for letter in sign))
        else:
            height, wide = grown(sign)[-1 if self.display else 0][:2]
            height, wide = height * self.grown_size, wide * self.grown_size
            body = Box(wide, height / 2 + _AXIS * self.size, height / 2 - _AXIS * self.size)
        boxes = [self.smaller().row(row) for row in (below, above) if row is not None]
        wide = max((box.width for box in boxes), default=0.0)
        if not self.display:
            return Box(body.width + wide + _BEHIND_SCRIPTS, body.up + 0.3, body.down + 0.3)
        up = body.up + (0.2 + boxes[-1].up + boxes[-1].down if above is not None else 0.0)
        down = body.down + (0.2 + boxes[0].up + boxes[0].down if below is not None else 0.0)
        return Box(max(body.width, wide), up, down)

    def fenced(self, left: str, right: str, body: Row) -> Box:
        inside = self.row(body)
        size = self.size
        reach = max(inside.up / size - _AXIS, inside.down / size + _AXIS) if is_tall(body) else 0
        both = [_of_height(sign, 2 * reach) * self.grown_size for sign in (left, right) if sign]
        up = max(inside.up, _BRACKET[0] * size)
        return Box(inside.width + sum(both), up, max(inside.down, _BRACKET[1] * size))

    def cases(self, rows: tuple[tuple[Row, Row], ...]) -> Box:
        text = _Style(self.level, False)
        boxes = [(text.row(value), text.row(when)) for value, when in rows]
        wide = max(value.width for value, _ in boxes) + max(when.width for _, when in boxes)
        tall = sum(1.4 * max(v.up + v.down, w.up + w.down, 1.0) for v, w in boxes)
        brace = _of_height("{", tall) * self.size
        return Box(wide + brace + 1.4 * self.size, tall / 2 + _AXIS, tall / 2 - _AXIS)


def _of_height(sign: str, height: float) -> float:
    """Return the width of a bracket that reaches around so much."""
    sizes = grown(sign)
    return max(size[1] for size in sizes if size == sizes[0] or size[0] <= height * 1.7)


@lru_cache(maxsize=10_000)
def _displayed(part: Part) -> Box:
    """Return the box of a part of a display: breaking asks for the same ones again and again."""
    return _Style(level=0, display=True).part(part)


def _has_room(part: Part) -> bool:
    return isinstance(part, Sign) and part.kind != "prefix"
