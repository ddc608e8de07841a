"""What all tests start with, and which rows of long tables are tried."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from browser import Browser
from rows import thinned

# xdist sets it in its workers, and reports are as wide as it says
os.environ.pop("COLUMNS", None)
# what is printed in a job of GitHub has annotations beside it
os.environ.pop("GITHUB_ACTIONS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-row",
        action="store_true",
        help="try every row of long tables of tests; otherwise those marked rows(n) are tried on n",
    )


@pytest.hookimpl(trylast=True)  # of what -k and -m leave
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--every-row"):
        return
    found = []
    for item in items:
        mark = item.get_closest_marker("rows")
        table = item.nodeid.partition("[")[0]
        found.append((table, None if mark is None else mark.args[0], item))
    items[:], left = thinned(found)
    if left:
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a module, which are skipped where there is none."""
    opened = Browser()
    yield opened
    opened.close()
