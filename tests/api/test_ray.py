"""The wrapper for Ray, as the page has it."""

import re
from pathlib import Path

import pytest

import bncheck

ray = pytest.importorskip("ray", reason="needs ray")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "many-targets.md").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("default")  # what Ray warns of is its own affair
def test_the_wrapper_of_the_page():
    (source,) = (code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "Ray" in code)
    names = {}
    exec(source, names)
    right, missing = str(ROOT / "examples" / "numpy_layer.py"), "no_such_module_of_anybody"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        one, other = bncheck.verify_many(
            [right, missing], executor=names["Ray"](), laws="F00", budget="quick", save=None
        )
    finally:
        ray.shutdown()
    assert one.exit_code == 0
    assert other.error.startswith("no_such_module_of_anybody does not import")
