"""The site builds without a warning or network; each command on its pages does as shown."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from shown import absent, run, shown

from bncheck.cli.commands import SUMMARIES
from bncheck.deviations import DEVIATIONS
from bncheck.laws import LAWS
from bncheck.model.keys import KEYS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
SHOWING = {page.stem: found for page in PAGES if (found := shown(page.read_text(encoding="utf-8")))}
# what CI does in an environment of its own
INSTALLING = "python3 -m pip install ."


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as HTML."""
    pytest.importorskip("sphinx")
    out = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return out


class _Page(HTMLParser):
    """Links, what is loaded, and what can be linked to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.ids = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in ("img", "script", "iframe", "source") and given.get("src"):
            self.loaded.append(given["src"])
        if tag == "link" and "stylesheet" in given.get("rel", ""):
            self.loaded.append(given["href"])


@pytest.fixture(scope="module")
def pages(site):
    """Each page of the site, parsed."""
    return {
        path: _Page(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if "_static" not in path.parts
    }


def test_nothing_is_loaded_from_elsewhere(pages):
    loaded = {place for page in pages.values() for place in page.loaded}
    assert len(pages) > 40
    assert loaded
    assert [place for place in loaded if urlparse(place).netloc] == []


def test_each_link_leads_to_a_page_and_a_place_in_it(pages):
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlparse(link)
            if parts.scheme or parts.netloc or path.name in ("search.html", "genindex.html"):
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = pages.get(aim)
            lost = parts.fragment and there and unquote(parts.fragment) not in there.ids
            if lost or not aim.exists():
                broken.append((path.name, link))
    assert broken == []


def test_the_reference_is_the_program_s(site):
    def text(name):
        return (site / "generated" / f"{name}.html").read_text(encoding="utf-8")

    laws, deviations, conventions = map(text, ("laws", "deviations", "conventions"))
    assert [law.id for law in LAWS if f'id="law-{law.id.lower()}"' not in laws] == []
    assert [d.name for d in DEVIATIONS if f">{d.name}<" not in deviations] == []
    assert [key for key in KEYS if f"<h2>{key}<" not in conventions] == []
    assert [name for name in SUMMARIES if f"<h2>bncheck {name}<" not in text("commands")] == []


@pytest.mark.parametrize("page", SHOWING)
def test_each_command_does_what_the_page_shows(page, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "proofs").symlink_to(ROOT / "proofs")
    if page == "configuration":
        (tmp_path / "my_bn.py").symlink_to(ROOT / "examples" / "numpy_layer.py")
    for each in SHOWING[page]:
        if each.file:
            (tmp_path / each.file).write_text(each.text, encoding="utf-8")
        elif each.command != INSTALLING and not each.recorded:
            done = run(each.command, tmp_path)
            printed = done.stdout + done.stderr
            assert done.returncode == each.code, f"$ {each.command}\n{printed}"
            missing = absent("\n".join(each.lines), printed)
            assert missing == [], f"$ {each.command}\n{printed}"


def test_what_was_recorded_is_counted_and_says_so():
    recorded = [(name, each) for name, found in SHOWING.items() for each in found if each.recorded]
    assert [name for name, _ in recorded] == ["kernel-tutorial", "lab-tutorial", "rmsnorm-tutorial"]
    for name, each in recorded:
        text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        day = re.match(r"\d{4}-\d{2}-\d{2}", each.recorded)[0]
        assert f"Recorded on {day}" in text


def test_a_page_is_read():
    page = "<!-- exit: 1 -->\n```console\n$ a\n$ b c\none\n...\ntwo\n```\n"
    first, second = shown(page)
    assert (first.command, first.lines, first.code) == ("a", (), 0)
    assert (second.command, second.lines, second.code) == ("b c", ("one", "...", "two"), 1)


@pytest.mark.parametrize(
    ("excerpt", "lacks"),
    [
        ("a\nb\n", []),
        ("a\n...\nd\n", []),
        ("...\nb\nc\n...\n", []),
        ("a\nc\n", ["a", "c"]),  # lines between them are left out, and it is not said
        ("c\n...\na\n", ["a"]),  # another order
        ("a\n...\ne\n", ["e"]),
        ("b\n...\nb\n", ["b"]),  # once only
    ],
)
def test_what_is_not_printed_is_seen(excerpt, lacks):
    assert absent(excerpt, "a\nb\nc\nd\n") == lacks
