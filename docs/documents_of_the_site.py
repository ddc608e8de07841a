"""The documents that the site offers: the book, a summary, judged claims, exercises.

    python docs/documents_of_the_site.py FOLDER [MADE]

They are what `bncheck derive --book --format html` and its like write. To make all takes a minute,
so that they are kept while what they are made from is the same. MADE is a folder in which
`benchmarks/documents.py` has written them already, from the same sources.
"""

import hashlib
import itertools
import shutil
import sys
from pathlib import Path

from bncheck.cli import documents
from bncheck.symbolic import proving

ROOT = Path(__file__).parent.parent
MADE_FROM = ("bncheck/documents", "bncheck/symbolic", "bncheck/deviations", "proofs")
FORMATS = ("html", "pdf", "notebook")
STAMP = "made-from.txt"


def write(folder: Path, made: Path | None = None) -> None:
    """Write all documents into a folder, unless they are there as they would be."""
    stamp = folder / STAMP
    digest = _digest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    folder.mkdir(parents=True, exist_ok=True)
    if made is None:
        _make(folder)
    else:
        for kind, name in itertools.product(documents.BOOKS, FORMATS):
            suffix = documents.suffix(name)
            shutil.copyfile(made / f"{kind}-{name}{suffix}", folder / f"{kind}{suffix}")
    stamp.write_text(digest, encoding="ascii")


def _make(folder: Path) -> None:
    outcomes = list(proving.prove())
    for kind in documents.BOOKS:
        own = outcomes if kind == "book" else []
        document = documents.book(kind, own)
        for name in FORMATS:
            path = folder / f"{kind}{documents.suffix(name)}"
            documents.write(document, name, path, own)


def _digest() -> str:
    """Return a digest of the sources."""
    whole = hashlib.sha256()
    for place in MADE_FROM:
        for path in sorted((ROOT / place).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                whole.update(path.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:]))
