"""RMSNorm in Triton: ``TRITON_INTERPRET=1 bncheck verify triton_rms_norm.py`` without a GPU."""

import torch
import triton
import triton.language as tl

NORM = "rms"


@triton.jit
def _forward(x, w, y, rstd, n, eps, block: tl.constexpr):
    row, j = tl.program_id(0), tl.arange(0, block)
    inside = j < n
    values = tl.load(x + row * n + j, mask=inside, other=0.0)
    inverse = 1 / tl.sqrt(tl.sum(values * values, axis=0) / n + eps)
    tl.store(rstd + row, inverse)
    tl.store(y + row * n + j, values * inverse * tl.load(w + j, mask=inside), mask=inside)


@triton.jit
def _backward(dy, x, w, rstd, dx, parts, n, block: tl.constexpr):
    row, j = tl.program_id(0), tl.arange(0, block)
    inside = j < n
    d = tl.load(dy + row * n + j, mask=inside, other=0.0)
    inverse = tl.load(rstd + row)
    xhat = tl.load(x + row * n + j, mask=inside, other=0.0) * inverse
    h = d * tl.load(w + j, mask=inside, other=0.0)
    along = tl.sum(h * xhat, axis=0) / n
    tl.store(dx + row * n + j, inverse * (h - xhat * along), mask=inside)
    tl.store(parts + row * n + j, d * xhat, mask=inside)


def _rows(x):
    return x.reshape(-1, x.shape[-1]).contiguous()


def forward(x: torch.Tensor, weight: torch.Tensor, eps: float):
    """Return y, and what backward needs."""
    rows = _rows(x)
    count, n = rows.shape
    y, rstd = torch.empty_like(rows), rows.new_empty(count)
    _forward[(count,)](rows, weight, y, rstd, n, eps, block=triton.next_power_of_2(n))
    return y.reshape(x.shape), (rows, weight, rstd)


def backward(dy: torch.Tensor, cache):
    """Return dx, dweight."""
    rows, weight, rstd = cache
    count, n = rows.shape
    dx, parts = torch.empty_like(rows), torch.empty_like(rows)
    args = (_rows(dy), rows, weight, rstd, dx, parts, n)
    _backward[(count,)](*args, block=triton.next_power_of_2(n))
    return dx.reshape(dy.shape), parts.sum(0)
