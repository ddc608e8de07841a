"""A page of HTML, read back by parsers of other hands; what it may hold, and what never."""

import itertools
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import html5lib

# all that a page is made of; an element or an attribute beside these came from somewhere else
_ELEMENTS = """html head meta title style body main header nav section article div p span b a ul li
dl dt dd h1 h2 h3 h4 h5 h6 details summary pre code table thead tbody tr th td figure figcaption wbr
svg desc line circle path polyline rect text"""
_ATTRIBUTES = """lang charset http-equiv content name class id href scope role aria-label
aria-labelledby aria-hidden width height x y x1 x2 y1 y2 cx cy r d points text-anchor viewBox
preserveAspectRatio"""
# what is more in derivations, which bncheck makes of its own proofs: formulas, a link to a source
_DERIVED = """math mrow mi mn mo mtext mspace mfrac msqrt msub msup msubsup mover munder munderover
mtable mtr mtd mpadded em strong ol caption"""
_OF_FORMULAS = """alttext display accent stretchy form lspace rspace depth mathvariant fence
movablelimits minsize maxsize separator linethickness data-head columnalign"""
_FONT = r"url\(data:font/woff2;base64,[\w+/=]+\)"  # of the formulas of derivations
# characters that take the other parser, which is slow, longer than a test should
_LONG = 1_000_000
# what attributes hold: our own words, numbers and places, and nothing with a sign of markup
_PLAIN = re.compile(r"[\w\s.,;:=%#+/'-]*")


def read(page):
    """Return the tree of a page that is well-formed XML and, as it is the same as that, HTML."""
    tree = ElementTree.fromstring(page)  # noqa: S314 # made a moment ago
    if len(page) > _LONG:
        return tree
    strict = html5lib.HTMLParser(html5lib.treebuilders.getTreeBuilder("etree"), strict=True)
    other = strict.parse(page)
    assert words(tree) == words(other)
    return tree


def words(tree):
    """Return all text of a tree."""
    return " ".join(" ".join(tree.itertext()).split())


def check(page):
    """Check that a page holds nothing but what it should; return its tree."""
    tree = read(page)
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    folded = [part for part in tree.iter("details") if part.get("class") == "derived"]
    derived = {element for part in folded for element in part.iter()}
    for element in tree.iter():
        within = element in derived
        assert element.tag in _ELEMENTS.split() + _DERIVED.split() * within
        assert set(element.keys()) <= {*_ATTRIBUTES.split(), *_OF_FORMULAS.split() * within}
        for name, value in element.items():
            assert _PLAIN.fullmatch(value), (name, value)
            if name == "href":
                away = within and value.startswith("https://")
                assert value == "#" or value[1:] in ids or away
            if name == "aria-labelledby":
                assert set(value.split()) <= set(ids)
    for chart in tree.iter("svg"):
        if chart.get("role"):
            assert [e.tag for e in chart][:2] == ["title", "desc"]
    levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch(r"h\d", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    (style,) = tree.iter("style")
    assert not re.search(r"url\(|http|@import|[<&]", re.sub(_FONT, "", style.text))
    return tree


def plant(value, said):
    """Add a text to each text of a report, wherever it is."""
    if isinstance(value, str):
        return value + said
    if isinstance(value, list | tuple):
        return type(value)(plant(each, said) for each in value)
    if isinstance(value, Mapping):
        return {plant(key, said): plant(each, said) for key, each in value.items()}
    if is_dataclass(value):
        names = [f.name for f in fields(value) if f.name not in ("verdict", "stability")]
        return replace(value, **{name: plant(getattr(value, name), said) for name in names})
    return value
