import torch
import torch.nn as nn
import triton
import triton.language as tl


@triton.jit
def layer_norm_forward(x_ptr, w_ptr, b_ptr, y_ptr, N, eps, BLOCK_N: tl.constexpr):
    base = tl.program_id(0) * N
    total = 0.0
    for start in range(0, N, BLOCK_N):
        cols = start + tl.arange(0, BLOCK_N)
        total += tl.sum(tl.load(x_ptr + base + cols, mask=cols < N, other=0.0), axis=0)
    mean = total / N
    squares = 0.0
    for start in range(0, N, BLOCK_N):
        cols = start + tl.arange(0, BLOCK_N)
        x = tl.load(x_ptr + base + cols, mask=cols < N, other=0.0)
        d = tl.where(cols < N, x - mean, 0.0)
        squares += tl.sum(d * d, axis=0)
    rstd = 1.0 / tl.sqrt(squares / N + eps)
    for start in range(0, N, BLOCK_N):
        cols = start + tl.arange(0, BLOCK_N)
        mask = cols < N
        x = tl.load(x_ptr + base + cols, mask=mask, other=0.0)
        w = tl.load(w_ptr + cols, mask=mask, other=0.0)
        b = tl.load(b_ptr + cols, mask=mask, other=0.0)
        tl.store(y_ptr + base + cols, (x - mean) * rstd * w + b, mask=mask)


class ModelNew(nn.Module):
    """
    Layer Normalization over the last axis.
    """

    def __init__(self, hidden_size: int, eps: float = 1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.bias = nn.Parameter(torch.zeros(hidden_size))
        self.eps = eps

    def forward(self, x):
        rows = x.reshape(-1, x.shape[-1]).contiguous()
        y = torch.empty_like(rows)
        layer_norm_forward[(rows.shape[0],)](
            rows, self.weight, self.bias, y, rows.shape[1], self.eps, BLOCK_N=256
        )
        return y.reshape(x.shape)
