"""No false alarm: every correct algorithm passes every law. One seed, quick; more by
``python benchmarks/soundness.py``, whose figures are in the README."""

import pytest
from correct import CORRECT, PROMISED

from bncheck.engine import verify

TARGETS = [
    pytest.param(implementation, dtype, id=f"{implementation.name}-{dtype}")
    for implementation in (*CORRECT, *PROMISED)
    for dtype in implementation.domain.dtypes
]


@pytest.mark.parametrize(("implementation", "dtype"), TARGETS)
def test_a_correct_algorithm_is_not_blamed(implementation, dtype):
    report = verify(implementation, budget="quick", save=None, dtypes=(dtype,))

    wrong = [(f.law, f.reason, f.case) for f in report.findings if f.verdict in ("fails", "error")]
    assert wrong == []
    assert report.exit_code == 0
    assert sum(f.verdict == "holds" for f in report.findings) > 60
