"""Plain functions of the relatives, as different people write them; right and wrong."""

import textwrap

import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError, UsageError
from bncheck.targets import adapt, load

LAYER = """
    import numpy as np
    def forward(x, gamma, beta, eps):
        m = x.mean(-1, keepdims=True)
        return (x - m) / np.sqrt(x.var(-1, keepdims=True) + eps) * gamma + beta
    def backward(dy, x, gamma, beta, eps):
        m, r = x.mean(-1, keepdims=True), 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
        z, h, rows = (x - m) * r, dy * gamma, tuple(range(x.ndim - 1))
        back = h - h.mean(-1, keepdims=True) - z * (h * z).mean(-1, keepdims=True)
        return r * back, (dy * z).sum(rows), dy.sum(rows)
"""
COURSE = """
    import numpy as np
    def batchnorm_forward(x, gamma, beta, bn_param):
        return x, None
    def layernorm_forward(x, gamma, beta, ln_param):
        eps = ln_param.get("eps", 1e-5)
        std = np.sqrt(x.T.var(0) + eps)
        xhat = ((x.T - x.T.mean(0)) / std).T
        return gamma * xhat + beta, (xhat, std, gamma)
    def layernorm_backward(dout, cache):
        xhat, std, gamma = cache
        h = dout * gamma
        dx = h - h.mean(1, keepdims=True) - xhat * (h * xhat).mean(1, keepdims=True)
        return dx / std[:, None], (dout * xhat).sum(0), dout.sum(0)
    def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
        N, C, H, W = x.shape
        g = x.reshape(N, G, -1)
        std = np.sqrt(g.var(2, keepdims=True) + gn_param.get("eps", 1e-5))
        xhat = ((g - g.mean(2, keepdims=True)) / std).reshape(x.shape)
        return xhat * gamma + beta, (G, xhat, std, gamma)
    def spatial_groupnorm_backward(dout, cache):
        G, xhat, std, gamma = cache
        N, C, H, W = dout.shape
        h, z = (dout * gamma).reshape(N, G, -1), xhat.reshape(N, G, -1)
        dx = (h - h.mean(2, keepdims=True) - z * (h * z).mean(2, keepdims=True)) / std
        rest = {"axis": (0, 2, 3), "keepdims": True}
        return dx.reshape(dout.shape), (dout * xhat).sum(**rest), dout.sum(**rest)
"""
RMS = """
    import numpy as np
    def rmsnorm(x, w, eps=1e-6):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * w
    def rmsnorm_backward(dy, x, w, eps=1e-6):
        r = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + eps)
        z, h = x * r, dy * w
        dx = r * (h - z * (h * z).mean(-1, keepdims=True))
        return dx, (dy * z).reshape(-1, x.shape[-1]).sum(0)
"""
INSTANCE = """
    import numpy as np
    def instance_norm(x, weight, bias, eps):
        axes, lay = tuple(range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
        m, v = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
        return (x - m) / np.sqrt(v + eps) * weight.reshape(lay) + bias.reshape(lay)
"""
RIGHT = {
    "layer": ("layer", LAYER, (2, 3, 4, 5)),
    "course": ("layer", COURSE, (2,)),
    "course-group": ("group", COURSE, (4,)),
    "rms": ("rms", RMS, (2, 3, 4, 5)),
    "instance": ("instance", INSTANCE, (2, 3, 4)),
}
WRONG = {
    "gamma-outside": (
        "layer",
        LAYER,
        "h, rows = (x - m) * r, dy * gamma",
        "h, rows = (x - m) * r, dy",
    ),
    "eps-outside": (
        "layer",
        LAYER,
        "keepdims=True) + eps) * gamma",
        "keepdims=True)) + eps * gamma",
    ),
    "mean-term": ("layer", LAYER, "h - h.mean(-1, keepdims=True) - z", "h - z"),
    "averaged": ("rms", RMS, "x.shape[-1]).sum(0)", "x.shape[-1]).mean(0)"),
    "course-std": ("group", COURSE, "/ std).reshape", "/ std**2).reshape"),
}


def written(tmp_path, norm, text, more=""):
    path = tmp_path / "mine.py"
    path.write_text(f"NORM = {norm!r}\n{more}\n{textwrap.dedent(text)}")
    return str(path)


def made(path, **options):
    return adapt(load(path), name="mine", **options)


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_hold(tmp_path, name):
    norm, text, ranks = RIGHT[name]
    target = made(written(tmp_path, norm, text))
    assert (target.domain.norm.name, target.domain.ranks, target.warnings) == (norm, ranks, ())
    report = verify(target, budget="quick", laws=("F00", "B01"), save=None, diagnose=False)
    assert {f.verdict for f in report.findings} <= {"holds", "skipped"}
    assert {f.dtype for f in report.findings} >= {"float32", "float64"}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_fail(tmp_path, name):
    norm, text, before, after = WRONG[name]
    assert before in text
    target = made(written(tmp_path, norm, text.replace(before, after)))
    report = verify(
        target, budget="quick", laws=("F00", "B01"), save=None, diagnose=False, shrink=False
    )
    assert report.exit_code == 1


def test_another_norm_than_it_says_is_told(tmp_path):
    (warning,) = made(written(tmp_path, "rms", LAYER)).warnings
    assert 'this is layer normalization over the last axis: let it be NORM = "layer"' in warning


def test_the_option_wins_and_knows_five(tmp_path):
    path = written(tmp_path, "batch", LAYER)
    assert made(path, norm="layer").domain.norm.name == "layer"
    with pytest.raises(UsageError, match="one of batch, layer, rms, group, instance"):
        made(path, norm="lauer")


def test_a_file_without_such_a_function_is_refused(tmp_path):
    with pytest.raises(TargetError, match="has no function forward"):
        made(written(tmp_path, "layer", "x = 1"))
