"""Pages of the repository that the site has as well, with links that lead to its own pages.

README, the lists of theorems and the changelog stand where readers of the repository look for them;
the site takes them from there, so that both say the same.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

# page of the site -> file of the repository
TAKEN = {
    "generated/front.md": "README.md",
    "generated/theorems.md": "proofs/README.md",
    "generated/claims.md": "proofs/claims/README.md",
    "generated/changes.md": "CHANGELOG.md",
}
# of this one the site has the beginning; what follows are its own tutorials
ENDS_BEFORE = {"generated/front.md": "\n## Five ways in\n"}

_PLACES = {
    **{file: page for page, file in TAKEN.items()},
    "docs/findings": "findings/index.md",
    "README.md": "index.md",
}
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")


def taken() -> dict[str, str]:
    """Return the text of each page that is taken from the repository."""
    pages = {}
    for page, file in TAKEN.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        if page in ENDS_BEFORE:
            text, cut, _ = text.partition(ENDS_BEFORE[page])
            if not cut:
                raise ValueError(f"{file} has no line {ENDS_BEFORE[page].strip()!r}")
        pages[page] = for_the_site(text, (ROOT / file).parent)
    return pages


def for_the_site(text: str, folder: Path) -> str:
    """Return a text with its links made for the site; folder: where they are relative to.

    A link to a file that the site does not have becomes its name.
    """

    def made(match: re.Match[str]) -> str:
        said, link, anchor = match[1], match[2], match[3] or ""
        path = Path(os.path.normpath(folder / link))
        if not path.is_relative_to(ROOT):
            return match[0]
        place = path.relative_to(ROOT).as_posix()
        if place in _PLACES:
            return f"[{said}](/{_PLACES[place]}{anchor})"
        if path.suffix == ".md" and path.is_relative_to(DOCS):
            return f"[{said}](/{path.relative_to(DOCS).as_posix()}{anchor})"
        if path.is_relative_to(DOCS / "generated") or path.suffix == ".svg":
            return match[0]
        return f"`{place}`" if said.strip("`") == place else f"{said} (`{place}`)"

    return _LINK.sub(made, text)
