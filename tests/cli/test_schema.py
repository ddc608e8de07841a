"""`bncheck schema`: the published schema, as it comes with the package."""

import json

from bncheck.cli import main
from bncheck.reports.json import SCHEMA, SEVERAL


def test_it_is_printed(capsys):
    assert main(["schema"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert data["properties"]["schema"]["enum"] == [SCHEMA, SEVERAL]


def test_it_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["schema", "--output", "report.schema.json"]) == 0
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "report.schema.json").read_bytes())["$defs"]
    assert main(["schema", "--output", "none/s.json"]) == 2
    assert "folder 'none' does not exist" in capsys.readouterr().err
