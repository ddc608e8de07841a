"""Fail if a test was skipped: on this machine everything that a test needs is installed.

Except what would take gigabytes and environments of its own: PaddlePaddle, tinygrad, TensorFlow,
Triton, Ray; and onnxscript, with which torch's exporter of today writes a model, for one test.
Their tests are run by hand, as CONTRIBUTING.md says.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

NOT_HERE = ("paddle", "tinygrad", "tensorflow", "onnxscript", "ray", "triton")


def skipped(report: Path) -> list[str]:
    """Names of the tests that did not run, with the reason each gives."""
    names = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 # pytest wrote it just now
        for reason in case.findall("skipped"):
            told = f"{case.get('classname')}::{case.get('name')}: {reason.get('message')}"
            said = f"{told} {reason.text}".lower()  # a whole module tells why in the text
            missing = any(f"needs {name}" in said for name in NOT_HERE)
            if reason.get("type") != "pytest.xfail" and not missing:
                names.append(told)
    return names


if __name__ == "__main__":
    found = skipped(Path(sys.argv[1]))
    for name in found:
        sys.stdout.write(f"skipped: {name}\n")
    sys.exit(1 if found else 0)
