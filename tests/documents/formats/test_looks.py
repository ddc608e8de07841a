"""HTML as a browser draws it: nothing overflows, and every formula is drawn, in our own font."""

import browser
import pytest
from sample_documents import EVERYTHING

from bncheck.documents.derivations import theorem
from bncheck.documents.formats.html import render
from bncheck.documents.model import Document
from bncheck.symbolic.proving import prove

needs_chromium = pytest.mark.skipif(browser.FOUND is None, reason="Chromium is not installed")

WIDTHS = (360, 768, 1280)
PAPER = 688  # an A4 page between its margins, in CSS pixels
NAMES = ("b01", "b20", "f05c", "l03", "w16")


@pytest.fixture(scope="module")
def pages():
    blocks = tuple(b for outcome in prove(NAMES) for b in theorem.blocks(outcome, 1))
    return {
        "everything": render(EVERYTHING),
        "theorems": render(Document("Theorems", blocks, contents=True)),
    }


@pytest.fixture
def show(chromium, pages, tmp_path):
    def shown(name, width, **how):
        path = tmp_path / "page.html"
        path.write_text(pages[name], encoding="utf-8")
        chromium.show(path, width, **how)
        chromium.value("for (const each of document.querySelectorAll('details')) each.open = true")
        return chromium.value

    return shown


# what is wider than the window or than what holds it; a table may scroll, where a screen shows it
OUTSIDE = """
(() => {
  const wide = document.documentElement.clientWidth + 0.5;
  const bad = [];
  if (document.documentElement.scrollWidth > wide) bad.push("the page");
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest(".table, .stacked thead") || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 1 && (box.right > wide || box.left < -0.5))
      bad.push(e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60));
  }
  const holders = ".step > .maths, .equation > .maths";
  for (const e of document.querySelectorAll(holders)) {
    if (!e.checkVisibility()) continue;
    const next = e.nextElementSibling;
    for (const math of e.querySelectorAll("math")) {
      const box = math.getBoundingClientRect(), own = e.parentElement.getBoundingClientRect();
      if (box.right > own.right + 0.5) bad.push("formula " + math.getAttribute("alttext"));
      const other = next && next.checkVisibility() ? next.getBoundingClientRect() : null;
      const meets = other && box.bottom > other.top + 1 && box.top < other.bottom;
      if (meets && box.right > other.left + 0.5)
        bad.push("over its rule " + math.getAttribute("alttext"));
    }
  }
  return bad;
})()
"""


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["everything", "theorems"])
def test_nothing_overflows(name, width, show):
    assert show(name, width)(OUTSIDE) == []


@needs_chromium
@pytest.mark.parametrize("name", ["everything", "theorems"])
def test_nothing_overflows_on_paper(name, show):
    assert show(name, PAPER, media="print")(OUTSIDE) == []


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
def test_every_formula_is_drawn_and_each_only_once(width, show):
    value = show("theorems", width)
    empty = """[...document.querySelectorAll("math")].filter(e => e.checkVisibility()).filter(e => {
        const box = e.getBoundingClientRect(); return box.width < 2 || box.height < 2 })"""
    assert value(f"{empty}.map(e => e.getAttribute('alttext'))") == []
    both = """[...document.querySelectorAll(".wide")].filter(e =>
        e.checkVisibility() === e.nextElementSibling.checkVisibility()).length"""
    assert value(both) == 0


@needs_chromium
def test_formulas_are_in_the_font_that_is_inside(show, chromium):
    show("theorems", 1280)
    chromium.tell("DOM.enable")
    chromium.tell("CSS.enable")
    root = chromium.tell("DOM.getDocument", depth=1)["root"]["nodeId"]
    nodes = chromium.tell("DOM.querySelectorAll", nodeId=root, selector="math")["nodeIds"]
    used = {}
    for node in nodes:
        for font in chromium.tell("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]:
            used[font["isCustomFont"]] = font["familyName"]
    assert list(used) == [True], used


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_a_page_is_light_or_dark(dark, show):
    value = show("everything", 1280, dark=dark)
    color = value("getComputedStyle(document.body).backgroundColor")
    assert color == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert value("performance.getEntriesByType('resource').length") == 0
