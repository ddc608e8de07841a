"""How Sphinx builds the site: `sphinx-build -W docs site`, without network."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import documents_of_the_site  # noqa: E402 # these stand beside this file
import from_the_program  # noqa: E402
import pages_of_the_tree  # noqa: E402

from bncheck.version import __version__  # noqa: E402 # of the tree that the pages are about

project = "bncheck"
copyright = "the bncheck authors"  # Sphinx reads it by this name
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["generated/front.md", "generated/extra"]
html_theme = "furo"
html_title = "bncheck"
html_static_path = ["style"]
html_extra_path = ["generated/extra"]  # what is in it is copied as it is
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 4
nitpicky = True

from_the_program.write(HERE / "generated", pages_of_the_tree.taken())
documents_of_the_site.write(HERE / "generated" / "extra" / "documents")


def setup(app: Sphinx) -> None:
    """Make links of pages that are read in the repository, too, lead to pages of the site."""

    def read(app: Sphinx, name: str, source: list[str]) -> None:
        folder = Path(app.env.doc2path(name)).parent
        if folder.name != "generated":  # these are made for the site
            source[0] = pages_of_the_tree.for_the_site(source[0], folder)

    app.connect("source-read", read)
