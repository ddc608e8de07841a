"""A ``torch.autograd.Function`` of batch normalization, given as it is."""

import pytest

pytest.importorskip("torch", reason="needs torch")

from bncheck import verify

FLAT = """
import torch

class Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps=1e-5):
        mu = x.mean(0, keepdim=True)
        istd = ((x - mu).square().mean(0, keepdim=True) + eps).rsqrt()
        xh = (x - mu) * istd
        ctx.save_for_backward(xh, istd, gamma)
        return xh * gamma + beta

    @staticmethod
    def backward(ctx, g):
        xh, istd, gamma = ctx.saved_tensors
        gx = g * gamma
        dx = istd * (gx - MEAN - xh * (gx * xh).mean(0))
        return dx, (g * xh).sum(0), g.sum(0), None
"""
# another hand: the class imported by itself, any rank, and no gradient for eps at all
IMAGES = """
from torch.autograd import Function

class _BN(Function):
    @staticmethod
    def forward(ctx, input, weight, bias, eps=1e-5):
        dims = [d for d in range(input.dim()) if d != 1]
        shape = [1, -1] + [1] * (input.dim() - 2)
        mean = input.mean(dims).view(shape)
        inv = (input.var(dims, unbiased=False).view(shape) + eps) ** -0.5
        ctx.dims, ctx.shape = dims, shape
        ctx.save_for_backward((input - mean) * inv, inv, weight)
        return (input - mean) * inv * weight.view(shape) + bias.view(shape)

    @staticmethod
    def backward(ctx, grad):
        xh, inv, w = ctx.saved_tensors
        db, dw = grad.sum(ctx.dims), (grad * xh).sum(ctx.dims)
        n = grad.numel() / grad.shape[1]
        dx = grad - MEAN - xh * dw.view(ctx.shape) / n
        return w.view(ctx.shape) * inv * dx, dw, db

batch_norm = _BN.apply
"""
# as torch recommends since 2.0: forward has no context
APART = """
import torch

class BNFn(torch.autograd.Function):
    @staticmethod
    def forward(x, weight, bias, eps):
        mean = x.mean(0)
        rstd = (x.var(0, unbiased=False) + eps).rsqrt()
        return (x - mean) * rstd * weight + bias, mean, rstd

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, weight, _, _ = inputs
        _, mean, rstd = output
        ctx.mark_non_differentiable(mean, rstd)
        ctx.save_for_backward(x, weight, mean, rstd)

    @staticmethod
    def backward(ctx, dy, _mean, _rstd):
        x, weight, mean, rstd = ctx.saved_tensors
        xh = (x - mean) * rstd
        g = dy * weight
        return rstd * (g - MEAN - xh * (g * xh).mean(0)), (dy * xh).sum(0), dy.sum(0), None
"""
# under autocast, whose decorator stands in another file
CAST = FLAT.replace("import torch\n", "import torch\nfrom torch.amp import custom_fwd\n").replace(
    "    def forward", "    @custom_fwd(device_type='cuda')\n    def forward"
)
# of layer normalization, by a line of the file alone
LAYER = APART.replace("(0)", "(-1, keepdim=True)").replace("var(0,", "var(-1, keepdim=True,")
LAYER = LAYER.replace("(dy * xh).sum(-1, keepdim=True)", "(dy * xh).flatten(0, -2).sum(0)")
LAYER = LAYER.replace("dy.sum(-1, keepdim=True)", "dy.flatten(0, -2).sum(0)") + "\nNORM = 'layer'\n"
RIGHT = {
    FLAT: "gx.mean(0)",
    IMAGES: "db.view(ctx.shape) / n",
    APART: "g.mean(0)",
    CAST: "gx.mean(0)",
    LAYER: "g.mean(-1, keepdim=True)",
}


def reported(folder, source, mean, which, dtype="float32"):
    (folder / "bn.py").write_text(source.replace("MEAN", mean), encoding="utf-8")
    return verify(str(folder / "bn.py") + which, budget="smoke", dtypes=(dtype,), save=None)


@pytest.mark.parametrize(
    ("source", "which"),
    [
        *(
            (FLAT, ""),
            (FLAT, ":Normalize"),
            (IMAGES, ""),
            (IMAGES, ":_BN"),
            (IMAGES, ":batch_norm"),
        ),
        *((APART, ""), (APART, ":BNFn"), (CAST, ":Normalize"), (LAYER, ""), (LAYER, ":BNFn")),
    ],
)
def test_right_ones_hold_however_they_are_given(tmp_path, source, which):
    for dtype in ("float32", "float64"):
        report = reported(tmp_path, source, RIGHT[source], which, dtype)
        assert report.ok
        assert "B01" in {f.law for f in report.findings if f.verdict == "holds"}


@pytest.mark.parametrize("source", RIGHT, ids=["flat", "images", "apart", "cast", "layer"])
def test_a_backward_of_its_own_is_judged(tmp_path, source):
    report = reported(tmp_path, source, "0", "")
    assert [cause["deviation"] for cause in report.causes] == ["missing-mean-term"]


def test_where_it_stands_is_told(tmp_path):
    for source, line in ((FLAT, 5), (CAST, 6)):
        report = reported(tmp_path, source, "0", ":Normalize")
        assert report.origin.endswith(f"bn.py:{line}")
