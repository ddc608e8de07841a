"""What kernels of layer and RMS normalization get wrong is refused by each checker alone."""

import pytest

from bncheck.symbolic.expression import Expr, j, sqrt
from bncheck.symbolic.relatives import (
    betas,
    gammas,
    group_backward,
    group_mean,
    group_xhat,
    h,
    layer_backward,
    layernorm,
    rms,
    rms_backward,
    rmsnorm,
    s,
    z,
)
from bncheck.symbolic.theorem import CHECKERS
from bncheck.symbolic.vocabulary import dy, eps, gradient, inner, m, mean, square, total, x, xhat

LAYER, RMS = inner(dy, layernorm()), inner(dy, rmsnorm())
OF_DY = dy - mean(dy) - xhat() * mean(dy * xhat())

WRONG: dict[str, tuple[Expr, Expr]] = {
    "layer: gamma outside the means": (gradient(LAYER, x, j), (gammas / s() * OF_DY)[j]),
    "layer: no mean of h": (
        gradient(LAYER, x, j),
        ((h() - xhat() * mean(h() * xhat())) / s())[j],
    ),
    "layer: sums for means": (
        gradient(LAYER, x, j),
        ((h() - total(h()) - xhat() * inner(h(), xhat())) / s())[j],
    ),
    "layer: gamma missing in the xhat term": (
        gradient(LAYER, x, j),
        ((h() - mean(h()) - xhat() * mean(dy * xhat())) / s())[j],
    ),
    "layer: averaged gradient of gamma": (gradient(LAYER, gammas, j), (dy * xhat())[j] / m),
    "layer: gradient of beta with gamma": (gradient(LAYER, betas, j), h()[j]),
    "rms: gamma outside the mean": (
        gradient(RMS, x, j),
        (gammas / rms() * (dy - z() * mean(dy * z())))[j],
    ),
    "rms: gamma twice in the second term": (
        gradient(RMS, x, j),
        ((h() - gammas * z() * mean(h() * z())) / rms())[j],
    ),
    "rms: a mean that is subtracted": (
        gradient(RMS, x, j),
        ((h() - mean(h()) - z() * mean(h() * z())) / rms())[j],
    ),
    "rms: eps outside the root": (z(), x / (sqrt(mean(square(x))) + eps)),
    "rms: the sum of squares": (z(), x / sqrt(total(square(x)) + eps)),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("checker", CHECKERS)
def test_what_kernels_get_wrong_is_refused(what, checker):
    left, right = WRONG[what]
    assert CHECKERS[checker](left, right), what


@pytest.mark.parametrize("checker", CHECKERS)
def test_what_is_right_is_accepted(checker):
    assert CHECKERS[checker](gradient(LAYER, x, j), layer_backward(h())[j]) is None
    assert CHECKERS[checker](gradient(RMS, x, j), rms_backward(h())[j]) is None


def test_a_group_is_centred_as_a_whole():
    normal = CHECKERS["normal form, all m"]
    assert normal(group_mean(group_backward(group_xhat())), 0 * x) is None
    assert normal(mean(group_xhat()), 0 * x)
