import pytest
from scipy import special

from bncheck.fingerprint.student import reach


@pytest.mark.parametrize("degrees", [*range(1, 40), 97, 98, 510, 511, 4094])
def test_the_quantile_is_that_of_scipy(degrees):
    """Computed by others, from the incomplete beta function."""
    assert reach(degrees, 0.95) == pytest.approx(special.stdtrit(degrees, 0.975), rel=1e-12)
    assert reach(degrees, 0.5) == pytest.approx(special.stdtrit(degrees, 0.75), rel=1e-12)
