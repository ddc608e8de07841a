"""A report as data, without what differs from run to run: when it was, how long it took."""

from bncheck.reports.json import as_data


def timeless(report):
    """Return the data that two runs on the same cases have in common."""
    data = {k: v for k, v in as_data(report).items() if k not in ("started", "seconds")}
    findings = [{k: v for k, v in f.items() if k != "seconds"} for f in data["findings"]]
    return {**data, "findings": findings}
