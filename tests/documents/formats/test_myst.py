"""MyST: Sphinx reads it without a warning, and its references lead where ours do."""

import subprocess
import sys

import pytest
from sample_documents import EVERYTHING

from bncheck.documents.formats.markdown import render


def test_sphinx_reads_it_without_a_warning(tmp_path):
    pytest.importorskip("myst_parser")
    (tmp_path / "conf.py").write_text("extensions = ['myst_parser', 'sphinx.ext.mathjax']\n")
    (tmp_path / "index.md").write_text(render(EVERYTHING, "myst"), encoding="utf-8")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, str(tmp_path), str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="#eq-b01-1"' in page
    assert 'id="eq-b01-1"' in page
    assert r"\tag{1.1}" in page
