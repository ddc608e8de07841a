"""``bncheck verify --format html=FILE``: for one target, for several, and by the configuration."""

import sys

import fake_engine
import pages
import pytest

from bncheck.cli import main


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)


def test_one_target(tmp_path, capsys):
    assert main(["verify", "wrong", "--format", "html=report.html"]) == 1
    assert capsys.readouterr().out.startswith("FAILS")  # the text is shown beside it
    page = (tmp_path / "report.html").read_bytes().decode("utf-8")
    assert pages.words(pages.check(page)).startswith("FAILS my_bn.py")


def test_several_targets(tmp_path):
    assert main(["verify", "right", "wrong", "missing", "--format", "html=all.html"]) == 1
    tree = pages.check((tmp_path / "all.html").read_bytes().decode("utf-8"))
    rows = [pages.words(row) for row in tree.findall(".//nav//tr")][1:]
    assert [row.split()[0] for row in rows] == ["HOLDS", "FAILS", "NOT"]
    assert rows[2].startswith("NOT CHECKED missing not checked: module 'missing' does not exist")


def test_standard_output(capsys):
    assert main(["verify", "right", "--format", "html"]) == 0
    pages.check(capsys.readouterr().out)


def test_the_configuration_may_ask_for_it(tmp_path):
    table = '[tool.bncheck]\nformat = "html=report.html"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    assert main(["verify", "right"]) == 0
    pages.check((tmp_path / "report.html").read_bytes().decode("utf-8"))
