"""Fail if a test was skipped: on this machine everything that a test needs is installed."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def skipped(report: Path) -> list[str]:
    """Names of the tests that did not run, with the reason each gives."""
    names = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 # pytest wrote it just now
        for reason in case.findall("skipped"):
            if reason.get("type") != "pytest.xfail":
                names.append(
                    f"{case.get('classname')}::{case.get('name')}: {reason.get('message')}"
                )
    return names


if __name__ == "__main__":
    found = skipped(Path(sys.argv[1]))
    for name in found:
        sys.stdout.write(f"skipped: {name}\n")
    sys.exit(1 if found else 0)
