"""Which versions ran, in the report of a run."""

import numpy as np

from bncheck import verify
from bncheck.engine import versions
from bncheck.model import Implementation, Layer


def test_what_is_needed_is_named():
    found = versions.needed()
    assert list(found) == ["python", *versions.NEEDED]
    assert found["numpy"] == np.__version__


def test_frameworks_are_named_where_they_are_loaded(monkeypatch):
    monkeypatch.setattr(versions, "FRAMEWORKS", {"numpy": "numpy", "nowhere": "numpy", "os": "no"})
    assert versions.loaded() == {"numpy": np.__version__}


def test_a_report_has_them():
    implementation = Implementation("none", make=lambda case: Layer(train=lambda x: x))
    report = verify(implementation, budget="quick", laws="F00", dtypes="float32", save=None)
    assert set(report.environment["versions"]) >= {"python", *versions.NEEDED}
