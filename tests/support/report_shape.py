"""The shape that the contract promises of a JSON report, checked by hand."""

NUMBER = (int, float, type(None))
VERDICTS = {"holds", "fails", "error", "skipped", "expected"}
NON_FINITE = {"inf", "-inf", "nan"}


def check_shape(report):
    """Check every key of schema bncheck/report/1, by hand and independently of the renderer."""
    assert report["schema"] == "bncheck/report/1"
    assert isinstance(report["target"], str)
    assert isinstance(report["ok"], bool)
    assert report["exit_code"] in (0, 1, 2)
    assert report["ok"] == (report["exit_code"] == 0)
    assert set(report["convention"]) >= {"promised", "observed"}
    assert isinstance(report["environment"], dict)
    for finding in report["findings"]:
        check_finding(finding)
    for cause in report["causes"]:
        assert set(cause) >= {"deviation", "explains", "text"}
    check_counts(report)


def check_finding(finding):
    for key in ("law", "title", "dtype", "reason", "warning"):
        assert isinstance(finding[key], str)
    assert finding["verdict"] in VERDICTS
    for key in ("error", "bound", "margin"):
        assert isinstance(finding[key], NUMBER) or finding[key] in NON_FINITE
    if finding["bound"] == 0:
        assert finding["margin"] is None
    assert isinstance(finding["examples"], int)
    assert isinstance(finding["causes"], list)
    if finding["case"] is not None:
        assert isinstance(finding["case"]["python"], str)
        assert isinstance(finding["case"]["recipe"], dict)
        assert isinstance(finding["case"]["file"], str)


def check_counts(report):
    counts = report["counts"]
    assert counts["planned"] == sum(counts[v] for v in VERDICTS) == len(report["findings"])
    for verdict in VERDICTS:
        assert counts[verdict] == sum(f["verdict"] == verdict for f in report["findings"])
    assert counts["examples"] == sum(f["examples"] for f in report["findings"])
    assert isinstance(counts["no_promise"], int)
