"""Runs of pdflatex, and what it complains about."""

import re
import shutil
import subprocess

PDFLATEX = shutil.which("pdflatex")


def compiled(source, folder):
    """Compile twice; return the log."""
    (folder / "book.tex").write_text(source, encoding="ascii")
    command = [
        PDFLATEX,
        "-no-shell-escape",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "book.tex",
    ]
    for _ in range(2):
        done = subprocess.run(
            command, cwd=folder, capture_output=True, check=False, timeout=120, errors="replace"
        )
        assert done.returncode == 0, done.stdout[-2000:]
    return (folder / "book.log").read_text(encoding="latin-1")


def complaints(log):
    return re.findall(
        r"^(?:Overfull|Missing character|.*undefined|.*multiply).*", log, re.MULTILINE
    )
