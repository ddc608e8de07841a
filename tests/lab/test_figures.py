"""Figures of made-up records: their files, and the same bytes again."""

import sys

import pytest
from lab_records import claims

from bncheck.errors import UsageError
from bncheck.lab import figures
from bncheck.lab.figures import canvas


@pytest.fixture
def _matplotlib():
    pytest.importorskip("matplotlib", reason="needs matplotlib")


@pytest.mark.usefixtures("_matplotlib")
def test_the_same_bytes_again(tmp_path):
    first = figures.draw(claims(), tmp_path / "a")
    again = figures.draw(claims(), tmp_path / "b")
    names = {path.name for path in first}
    assert {"forest.svg", "forest.png", "e01-accuracy.svg", "e03-percentiles.svg"} <= names
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.usefixtures("_matplotlib")
def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="figures cannot be written there"):
        figures.draw(claims(), tmp_path / "file" / "inside")


@pytest.mark.usefixtures("_matplotlib")
def test_no_records_no_figures(tmp_path):
    assert figures.draw([], tmp_path) == []


def test_without_matplotlib_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    with pytest.raises(UsageError) as caught:
        figures.draw(claims(), tmp_path)
    assert str(caught.value) == canvas.MISSING
