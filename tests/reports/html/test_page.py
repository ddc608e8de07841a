"""The HTML report: well-formed, whole, and unharmed by whatever a target says."""

import base64
import hashlib
import re
from dataclasses import replace

import golden_files
import hypothesis.strategies as st
import pages
import pytest
import reports_of
import stability_of
from drawn_reports import ANY, REPORTS
from hypothesis import given, settings

from bncheck.model import NotChecked, Report
from bncheck.reports import of_several, renderer
from bncheck.reports.html import render, render_several

HOSTILE = (
    "</style></title></script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"' onload=alert(1) style='color:red' x=\"",
    "-->]]><!--<![CDATA[<svg><style>*{display:none}</style>",
    "&lt;b&gt;&#60;i&#62;&amp;\x00\x1b[31m\ud800\u202e\ufffe\x85\r\n",
    "url(http://example.com/x.png) @import {} </title",
)


def measured(report):
    return replace(report, stability=stability_of.plain(), started="2026-12-01T20:07:40+00:00")


SMALL = {
    "nothing": Report("empty.py", ()),
    "right": measured(reports_of.right()),
    "wrong": measured(reports_of.wrong()),
    "many": reports_of.many(),
    "faulty": replace(reports_of.right(), faults=("the oracle disagrees with itself",)),
    "interrupted": replace(reports_of.right(), interrupted=True),
    "sixty": Report("s.py", tuple(reports_of.fails(f"B{n}", causes=()) for n in range(60))),
}
OUTCOMES = [*SMALL.values(), NotChecked("gone.py", "'gone.py' does not exist; is the path right?")]


@pytest.mark.parametrize("name", SMALL)
def test_it_is_well_formed_and_holds_nothing_else(name):
    pages.check(render(SMALL[name]))


def test_several_are_well_formed():
    pages.check(render_several(OUTCOMES))
    pages.check(render_several([]))


def without_style(page):
    """Cut the style out, which changes often, and its digest."""
    page = re.sub(r"(?s)(?<=<style>).*?(?=</style>)", "", page)
    return re.sub(r"(?<=sha256-)[\w+/=]+", "", page)


def test_golden():
    golden_files.check("report.html", without_style(render(SMALL["wrong"])))
    golden_files.check(
        "reports.html", without_style(render_several([SMALL["right"], OUTCOMES[-1]]))
    )


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("name", ["right", "wrong", "many"])
def test_what_a_target_says_is_never_markup(name, said):
    report = pages.plant(SMALL[name], said)
    harmless = pages.words(pages.check(render(report)))
    assert pages.words(pages.check(render(SMALL[name]))) != harmless
    pages.check(render_several([report, NotChecked(said, said)]))


DRAWN = st.builds(
    lambda report, stability, said, faults: pages.plant(
        replace(report, stability=stability, started=said, seconds=1.5, faults=faults), said
    ),
    REPORTS,
    st.none() | st.just(stability_of.plain()),
    ANY | st.sampled_from(HOSTILE),
    st.lists(ANY, max_size=1).map(tuple),
)


@settings(deadline=None)
@given(DRAWN)
def test_any_report_is_well_formed(report):
    pages.check(render(report))


@settings(deadline=None, max_examples=20)
@given(st.lists(DRAWN | st.builds(NotChecked, ANY, ANY, st.sampled_from([2, 3])), max_size=3))
def test_any_reports_are_well_formed(outcomes):
    pages.check(render_several(outcomes))


def test_texts_of_ten_megabytes_are_cut():
    long = "<" + "x" * 10**7
    report = pages.plant(SMALL["wrong"], long[:100_000])
    case = reports_of.counterexample(python=long, what=long, file=long)
    failing = reports_of.fails(case=case, statement=long, reason=long)
    findings = (failing, *report.findings)
    report = replace(report, target=long, origin=long, untried=(long,), findings=findings)
    page = render(report)
    assert len(page) < 500_000
    pages.check(page)


def test_a_huge_report_is_bounded_and_says_what_it_leaves_out():
    said = "<long> " * 1000
    findings = [
        reports_of.fails(f"B{n}", dtype, title=said, statement=said, reason=said)
        for n in range(3000)
        for dtype in ("float16", "float32", "float64")
    ]
    page = render(Report("huge.py", tuple(findings), untried=(said,) * 9000))
    assert len(page) < 12_000_000
    told = pages.words(pages.check(page))
    assert "2850 more; the JSON report has them all" in told
    assert "8000 more rows" in told
    assert "8940 more" in told


def test_of_very_many_targets_those_that_fail_are_told_in_full():
    right = replace(SMALL["right"], untried=("y" * 900,) * 60)
    page = render_several([right] * 300 + [SMALL["wrong"]] + [right] * 300)
    assert len(page) < 12_000_000
    tree = pages.read(page)
    assert len(tree.findall(".//nav//tr")) == 602
    assert tree.find(".//*[@id='t301']//*[@class='laws']") is not None
    assert "more reports are left out; the JSON reports have them all" in pages.words(tree)
    links = [a.get("href") for a in tree.iter("a")]
    ids = {e.get("id") for e in tree.iter()}
    assert {link[1:] for link in links if link != "#"} <= ids


# -- what it says -------------------------------------------------------------------------------


def test_the_verdict_comes_first_and_is_the_only_heading_of_its_size():
    for name, word in (("right", "HOLDS"), ("wrong", "FAILS"), ("nothing", "NOT CHECKED")):
        tree = pages.read(render(SMALL[name]))
        (first,) = tree.iter("h1")
        assert pages.words(first).startswith(word)
        assert pages.words(tree.find(".//main")).startswith(word)
        assert pages.words(tree.find(".//title")).startswith(word)


def test_it_says_what_the_text_says():
    report = SMALL["wrong"]
    text = " ".join(renderer("text")(report).split())
    page = pages.words(pages.read(render(report)))
    for said in (
        "missing-mean-term: the gradient lacks the term through the mean",
        "exit 1: something is wrong with the target, an expectation is stale",
        "bncheck 0.1.0, python 3.11.7, numpy 2.4.6; float32, float64; budget standard; seed 0",
        "more laws fail, maybe by the same",
        "ValueError: operands could not be broadcast together (my_bn.py:12 in infer)",
        "bncheck replay .bncheck/B03-float32.json",
    ):
        assert said in text
        assert said in page.replace("term : the", "term: the")  # words of two elements
    for said in ("got 0.75", "exact 1.99998e-05", "allowed 1.2e-06", "6.2e+05 times that"):
        assert said in page
    assert report.findings[2].statement in page
    assert "inference: no running statistics were found" in page
    assert "R02 (float32): our layer is frozen at version 2" in page


def test_each_law_that_fails_is_told_where_its_name_leads():
    tree = pages.read(render(SMALL["wrong"]))
    links = {pages.words(a): a.get("href")[1:] for a in tree.iter("a")}
    assert set(links) == {"B03", "X03", "I01", "I02"}
    for law, known in links.items():
        assert pages.words(tree.find(f".//*[@id='{known}']")).startswith(law)


def test_a_note_is_told_once():
    loose = reports_of.fails(causes=())
    report = Report("l.py", (loose,), notes=("nothing that is known explains it",))
    page = render(report)
    assert page.count("nothing that is known explains it") == 1


def test_long_inputs_are_pointed_at():
    saved = reports_of.counterexample(python="x" * 5000)
    page = render(Report("l.py", (reports_of.fails(case=saved),)))
    assert "the input is 5,000 characters long, see the file" in page
    page = render(Report("l.py", (reports_of.fails(case=replace(saved, file="")),)))
    assert "the input is 5,000 characters long, see the JSON report" in page
    page = render(Report("l.py", (reports_of.fails(case=replace(saved, file="y" * 5000)),)))
    assert "the command that runs it again is too long to be shown" in page


def test_several_begin_with_the_verdicts():
    tree = pages.read(render_several(OUTCOMES))
    (contents,) = tree.iter("nav")
    rows = [pages.words(row) for row in contents.iter("tr")][1:]
    assert [row.split(" ")[0] for row in rows] == [
        *("NOT", "HOLDS", "FAILS", "FAILS", "FAULT", "NOT", "FAILS", "NOT"),
    ]
    assert "not checked: 'gone.py' does not exist; is the path right?" in rows[-1]
    main = tree.find(".//main")
    assert [child.tag for child in main][:3] == ["header", "nav", "article"]
    assert "exit 3: of 8, 1 fault of bncheck, 3 fail, 3 not checked, 1 holds" in pages.words(main)


def test_the_policy_allows_this_style_and_nothing_else():
    tree = pages.read(render(SMALL["right"]))
    (style,) = tree.iter("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    (policy,) = (m.get("content") for m in tree.iter("meta") if m.get("http-equiv"))
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_same_report_gives_the_same_page():
    assert render(SMALL["wrong"]) == render(measured(reports_of.wrong()))
    assert renderer("html") is render
    assert of_several("html") is render_several
