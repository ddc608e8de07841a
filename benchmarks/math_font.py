"""Makes the font that pages embed for formulas, and the widths by which lines are broken.

Latin Modern Math (GUST Font License; Debian: fonts-lmodern) with the signs of our formulas only,
and with its accents at the height where MathML wants them. Run it again when `signs.py` changes:

    python benchmarks/math_font.py .../opentype/public/lm-math/latinmodern-math.otf

needs fonttools and brotli. The same font in gives the same bytes out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from bncheck.documents.formulas.alphabets import PLAIN
from bncheck.documents.formulas.signs import BIG, CLOSING, LETTERS, OPENING, SIGNS

FOLDER = Path("bncheck/documents/formulas/font")
NAME = "Bncheck Math"
ACCENTS = {0x02C6: 0x0302, 0x02DC: 0x0303, 0x00AF: 0x0304, 0x02D9: 0x0307}
"""Spacing accent -> the combining one, which stands as high as an accent should."""


RAISED = 50
"""Thousandths of an em; Chromium sets accents about a tenth of an em lower than TeX does."""


def italics() -> dict[str, int]:
    """Return letter -> its code point in mathematical italic, which `mi` shows it in."""
    found = {chr(0x61 + at): 0x1D44E + at for at in range(26)} | {"h": 0x210E}
    found |= {chr(0x41 + at): 0x1D434 + at for at in range(26)}
    found |= {chr(0x3B1 + at): 0x1D6FC + at for at in range(25)}
    return found | {
        "∂": 0x1D715,
        "ϵ": 0x1D716,
        "ϑ": 0x1D717,
        "ϕ": 0x1D719,
        "ϱ": 0x1D71A,
        "ϖ": 0x1D71B,
    }


def wanted() -> set[int]:
    """Return all code points that formulas may need."""
    text = "".join([*LETTERS.values(), *OPENING.values(), *CLOSING.values(), *PLAIN])
    text += "".join(sign for sign, _ in SIGNS.values()) + "".join(BIG.values()) + "ˆ˜¯˙√–’"
    return {
        *range(0x20, 0x7F),
        *range(0xC0, 0x100),
        *map(ord, text),
        *italics().values(),
        *ACCENTS.values(),
    }


def with_accents(font: TTFont) -> None:
    """Put the spacing accents where the combining ones are, in the middle of their width."""
    cmap, glyphs = font.getBestCmap(), font.getGlyphSet()
    charstrings = font["CFF "].cff.topDictIndex[0].CharStrings
    for spacing, combining in ACCENTS.items():
        source, name = cmap[combining], cmap[spacing]
        bounds = charstrings[source].calcBounds(glyphs)
        room = 40
        width = round(bounds[2] - bounds[0]) + 2 * room
        pen = T2CharStringPen(width, glyphs)
        glyphs[source].draw(TransformPen(pen, (1, 0, 0, 1, room - bounds[0], RAISED)))
        old = charstrings[name]
        charstrings[name] = pen.getCharString(old.private, old.globalSubrs)
        font["hmtx"][name] = (width, room)
        for table in (font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment,):
            if name in table.TopAccentCoverage.glyphs:
                at = table.TopAccentCoverage.glyphs.index(name)
                table.TopAccentAttachment[at].Value = width // 2


def named(font: TTFont) -> None:
    """Give it another name, as the licence asks of what is changed."""
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = NAME.replace(" ", "") if record.nameID == 6 else NAME
    cff = font["CFF "].cff
    cff.fontNames[0] = NAME.replace(" ", "")
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME


def widths(font: TTFont) -> dict[str, list[float]]:
    """Return sign -> its width in em, in an index, in an index of an index, and how far it leans.

    Widths in an index are those of the letters that TeX and typst take there; they are wider.
    """
    cmap, advance = font.getBestCmap(), font["hmtx"]
    scale = font["head"].unitsPerEm
    info = font["MATH"].table.MathGlyphInfo.MathItalicsCorrectionInfo
    leans = dict(zip(info.Coverage.glyphs, info.ItalicsCorrection, strict=True))
    smaller = font["GSUB"].table.LookupList.Lookup[_ssty(font)].SubTable[0].alternates
    found = {}
    for sign in sorted(map(chr, wanted())):
        glyph = cmap[italics().get(sign, ord(sign))]
        lean = leans[glyph].Value if glyph in leans else 0
        found[sign] = [round(size / scale, 3) for size in [*_sizes(glyph, advance, smaller), lean]]
        if sign in italics():  # upright, as in words
            upright = cmap[ord(sign)]
            sizes = _sizes(upright, advance, smaller)
            found[f"|{sign}"] = [round(size / scale, 3) for size in sizes]
    return found


def _sizes(glyph: str, advance: dict, smaller: dict) -> list[float]:
    """Return the widths of a glyph; one without small forms is wider in TeX's small fonts."""
    if glyph in smaller:
        return [advance[form][0] for form in [glyph, *smaller[glyph]][:3]]
    return [advance[glyph][0] * wider for wider in (1, 1.13, 1.3)]


def _ssty(font: TTFont) -> int:
    features = font["GSUB"].table.FeatureList.FeatureRecord
    return next(f.Feature.LookupListIndex[0] for f in features if f.FeatureTag == "ssty")


def grown(font: TTFont) -> dict[str, list[list[float]]]:
    """Return bracket or sign -> [height, width] in em of each size that it grows to."""
    table = font["MATH"].table.MathVariants
    cmap, advance, scale = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    made = dict(zip(table.VertGlyphCoverage.glyphs, table.VertGlyphConstruction, strict=True))
    found = {}
    for sign in "()[]{}|‖⟨⟩⌊⌋⌈⌉√∑∏∫":
        construction = made[cmap[ord(sign)]]
        sizes = [
            [round(v.AdvanceMeasurement / scale, 2), round(advance[v.VariantGlyph][0] / scale, 3)]
            for v in construction.MathGlyphVariantRecord
        ]
        if construction.GlyphAssembly:
            parts = construction.GlyphAssembly.PartRecords
            sizes.append([99, round(max(advance[p.glyph][0] for p in parts) / scale, 3)])
        found[sign] = sizes
    return found


def main() -> None:
    font = TTFont(sys.argv[1], recalcTimestamp=False)
    missing = sorted(chr(code) for code in wanted() if code not in font.getBestCmap())
    print("not in the font:", " ".join(missing) or "nothing")
    metrics = {"widths": widths(font), "grown": grown(font)}
    with_accents(font)
    options = Options(
        layout_features=["dtls"],
        flavor="woff2",
        notdef_outline=True,
        hinting=False,
        desubroutinize=True,
    )
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    named(font)
    font.flavor = "woff2"
    font.save(FOLDER / "bncheck-math.woff2")
    lines = json.dumps(metrics, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / "metrics.json").write_text(lines.replace('],"', '],\n"') + "\n", encoding="utf-8")
    size = (FOLDER / "bncheck-math.woff2").stat().st_size
    print(f"{size / 1000:.0f} kB, {len(font.getGlyphOrder())} glyphs")


if __name__ == "__main__":
    main()
