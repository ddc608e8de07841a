"""How the HTML report looks in a browser: nothing is cut off, all is read, on a screen or paper."""

import re
from dataclasses import replace

import browser
import pages
import pytest
import reports_of
import stability_of

from bncheck.cli import derived
from bncheck.model import NotChecked
from bncheck.reports.html import render, render_several
from bncheck.reports.html.page import style

needs_chromium = pytest.mark.skipif(browser.FOUND is None, reason="Chromium is not installed")

WIDTHS = (360, 390, 768, 1280)
PAPER = 688  # an A4 page between its margins, in CSS pixels

MAP = stability_of.plain(
    *(stability_of.curve(o, a) for a in ("mean/std", "var/eps") for o in ("y", "variance", "dx"))
)
RIGHT = replace(reports_of.right(), stability=MAP)
WRONG = replace(reports_of.wrong(), stability=MAP)
PAGES = {
    "right": render(RIGHT),
    "wrong": render(WRONG),
    "many": render(reports_of.many()),
    "several": render_several([RIGHT, WRONG, NotChecked("x/" * 200, "it is " + "not there" * 90)]),
    "long words": render(pages.plant(WRONG, "x" * 500)),
    "wide signs": render(pages.plant(WRONG, "驗證" * 100 + "𝕏" * 100)),
    "derived": render(WRONG, derived.of(WRONG)),
}


@pytest.fixture
def show(chromium, tmp_path):
    def shown(page, width, **how):
        path = tmp_path / "report.html"
        path.write_text(page, encoding="utf-8")
        chromium.show(path, width, **how)
        return chromium.value

    return shown


# what is wider than the window, or than what it is in, and letters of charts that are cut off
OUTSIDE = """
(() => {
  const wide = document.documentElement.clientWidth + 0.5;
  const said = e => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 40);
  const bad = [];
  if (document.documentElement.scrollWidth > wide) bad.push("the page");
  for (const e of document.querySelectorAll("main *:not(svg *)")) {
    const box = e.getBoundingClientRect();
    if (box.width > 1 && (box.right > wide || box.left < -0.5)) bad.push(said(e));
    const clips = getComputedStyle(e).display !== "inline" && e.clientWidth > 1;
    if (clips && e.tagName !== "svg" && e.scrollWidth > e.clientWidth + 1) bad.push(said(e));
  }
  for (const e of document.querySelectorAll("svg.plot text")) {
    const box = e.getBoundingClientRect(), all = e.closest(".plot").getBoundingClientRect();
    if (box.left < all.left - 1 || box.right > all.right + 1) bad.push("cut " + said(e));
    if (box.top < all.top - 2 || box.bottom > all.bottom + 2) bad.push("cut " + said(e));
  }
  return bad;
})()
"""
OPEN = "for (const each of document.querySelectorAll('details')) each.open = true"


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows(name, width, show):
    value = show(PAGES[name], width)
    assert value(OUTSIDE) == []
    value(OPEN)
    assert value(OUTSIDE) == []


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_on_paper_and_what_is_folded_is_printed(name, show):
    value = show(PAGES[name], PAPER, media="print")
    assert value(OUTSIDE) == []
    heights = "[...document.querySelectorAll('.all tbody tr')].map(e => e.checkVisibility())"
    assert value("document.querySelectorAll('details[open]').length") == 0
    assert set(value(heights)) <= {True}
    hidden = "[...document.querySelectorAll('.paste > pre')].map(e => e.offsetHeight)"
    assert set(value(hidden)) <= {0}
    told = "getComputedStyle(document.querySelector('.paste > summary'), '::after').content"
    assert name == "right" or "not printed" in value(told)


@needs_chromium
def test_what_is_folded_is_folded_on_a_screen_and_led_to_by_links(show):
    value = show(PAGES["wrong"], 1280)
    visible = "document.querySelector('.all tbody tr').checkVisibility()"
    assert value(visible) is False
    value("document.querySelector('.laws a').click()")
    assert value("document.querySelectorAll('#laws ~ details[open]').length") == 1


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_the_network(name, show):
    value = show(PAGES[name], 1280)
    assert value("performance.getEntriesByType('resource').length") == 0


@needs_chromium
def test_it_is_printed(show, chromium):
    show(PAGES["wrong"], 1280)
    assert chromium.paper().startswith(b"%PDF")


# each text with its colour and what is behind it, as [red, green, blue] and where it is
COLOURS = """
(() => {
  const rgb = said => (said.match(/[\\d.]+/g) || []).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const found = rgb(getComputedStyle(e).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found.slice(0, 3);
    }
    return null;
  };
  const told = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || ["title", "desc"].includes(e.tagName)) continue;
    const look = getComputedStyle(e);
    const color = e.closest("svg") ? look.fill : look.color;
    const where = e.tagName + "." + (e.className.baseVal ?? e.className);
    told.push([rgb(color).slice(0, 3), behind(e), where]);
  }
  for (const e of document.querySelectorAll(".plot circle, .plot path, .plot polyline, .limit")) {
    const look = getComputedStyle(e);
    const color = look.stroke === "none" ? look.fill : look.stroke;
    told.push([rgb(color).slice(0, 3), behind(e), "mark"]);
  }
  return told;
})()
"""


HOW = [{}, {"dark": True}, {"media": "print"}, {"media": "print", "dark": True}]


def luminance(color):
    parts = [c / 255 for c in color]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@needs_chromium
@pytest.mark.parametrize("how", HOW, ids=str)
def test_every_text_and_mark_is_seen_against_what_is_behind_it(how, show):
    value = show(PAGES["several"], 1280, **how)
    value(OPEN)
    told = value(COLOURS)
    assert {where for _, _, where in told} >= {"mark", "SPAN.verdict bad", "text.", "text.worse"}
    poor = [
        (where, color, ground)
        for color, ground, where in told
        if contrast(color, ground or (255, 255, 255)) < (3 if where == "mark" else 4.5)
    ]
    assert poor == []
    grounds = {tuple(ground) for _, ground, _ in told if ground}
    dark = how == {"dark": True}  # on paper, what the screen prefers does not count
    assert all((luminance(ground) < 0.1) == dark for ground in grounds)


def schemes():
    """Return the colours of each scheme, by their names, as the style gives them."""
    named = [
        {name: tuple(bytes.fromhex(color)) for name, color in found}
        for block in re.findall(r":root \{(.*?)\}", style(), re.S)
        if (found := re.findall(r"--(\w+): #(\w{6});", block))
    ]
    assert [set(each) for each in named] == [set(named[0])] * 3
    return dict(zip(("light", "dark", "print"), named, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_are_read_on_every_ground(scheme):
    colors = schemes()[scheme]
    for ground in ("page", "panel", "free"):
        for name in ("ink", "quiet", "link", "good", "bad", "open"):
            assert contrast(colors[name], colors[ground]) >= 4.5, (name, ground)
        assert contrast(colors["mark"], colors[ground]) >= 3, ground


def test_no_colour_is_given_beside_the_schemes():
    rules = re.sub(r"(?s):root \{.*?\}|/\*.*?\*/", "", style())
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", rules) == []


@needs_chromium
def test_the_policy_lets_nothing_in(show):
    slipped = (
        "<script>document.title = 'run'</script><img src='data:,' onerror='document.title=1'/>"
        "<style>h1 { display: none }</style><p id='p' style='color: rgb(1, 2, 3)'>x</p></main>"
    )
    value = show(PAGES["wrong"].replace("</main>", slipped), 1280)
    assert value("document.title").startswith("FAILS")
    assert value("getComputedStyle(document.querySelector('h1')).display") == "block"
    assert value("getComputedStyle(document.getElementById('p')).color") != "rgb(1, 2, 3)"
    # the page's own style is the one that is let in
    assert value("getComputedStyle(document.querySelector('main')).maxWidth") == "928px"
