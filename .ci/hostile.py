"""Print how many hostile targets and files the tests tried; fail if a table of them has gone.

A test is one input, unless it says how many it tried (`record_property("inputs", n)`).
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

KINDS = {
    "targets": (
        "tests.engine.test_ambient",
        "tests.engine.test_bad_targets",
        "tests.engine.test_flushing",
        "tests.engine.worker.test_namespaces",
        "tests.engine.worker.test_rehearsal",
        "tests.engine.worker.test_replaceable",
        "tests.targets.test_hostile_classes",
    ),
    "files": (
        "tests.engine.test_replaying",
        "tests.engine.test_saved",
        "tests.symbolic.claims.test_files",
        "tests.targets.onnx.test_files",
    ),
}


def counts(report: Path) -> Counter[str]:
    """How many inputs each of the modules tried."""
    found: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 # pytest wrote it just now
        told = [p.get("value") for p in case.iter("property") if p.get("name") == "inputs"]
        found[case.get("classname", "")] += int(told[0] or 0) if told else 1
    return found


if __name__ == "__main__":
    found = counts(Path(sys.argv[1]))
    for kind, modules in KINDS.items():
        sys.stdout.write(f"hostile {kind}: {sum(found[module] for module in modules)}\n")
    gone = [module for modules in KINDS.values() for module in modules if not found[module]]
    for module in gone:
        sys.stdout.write(f"no test of {module} ran\n")
    sys.exit(1 if gone else 0)
