"""Laws of the relatives with a promise, and where they do not speak."""

from dataclasses import replace

import numpy as np
import pytest

from bncheck.deviations import REFERENCE, implementation
from bncheck.engine import verify
from bncheck.model import NORMS


def by_blocks(values, p):
    """Add in another order where there are several rows, as where blocks go with their number."""
    rows = values if len(values) < 2 else np.ascontiguousarray(values[:, ::-1])
    return np.add.reduce(rows, axis=1, keepdims=True, dtype=values.dtype)


@pytest.mark.parametrize("promised", [True, None])
def test_batch_invariance_is_enforced_where_it_is_promised(promised):
    rules = replace(REFERENCE, total=by_blocks)
    convention = replace(rules.convention, batch_invariant=promised)
    made = implementation(rules, "blocks", convention, NORMS["layer"])
    report = verify(made, laws=("N07",), dtypes=("float32",), save=None, diagnose=False)
    (found,) = report.findings
    assert found.verdict == ("fails" if promised else "holds")
    assert bool(found.warning) != bool(promised)
