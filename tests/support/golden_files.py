"""Compare what is printed with the files in ``golden/``."""

import os
from pathlib import Path

HERE = Path(__file__).parents[1] / "golden"


def check(name, text):
    """Compare exactly; with BNCHECK_UPDATE_GOLDEN set, rewrite the file and fail if it changed."""
    path = HERE / name
    before = path.read_bytes().decode("utf-8") if path.exists() else None
    if before != text and os.environ.get("BNCHECK_UPDATE_GOLDEN"):
        path.write_bytes(text.encode("utf-8"))
    assert before == text, f"{path.name} differs; see golden/README.md"
