import torch
import torch.nn as nn
import triton
import triton.language as tl

BLOCK_SIZE = 1024


@triton.jit
def layer_norm_kernel(x_ptr, w_ptr, b_ptr, out_ptr, n_cols, eps, BLOCK: tl.constexpr):
    row = tl.program_id(axis=0)
    offsets = tl.arange(0, BLOCK)
    mask = offsets < n_cols
    x = tl.load(x_ptr + row * n_cols + offsets, mask=mask, other=0.0)
    mean = tl.sum(x, axis=0) / n_cols
    centered = tl.where(mask, x - mean, 0.0)
    var = tl.sum(centered * centered, axis=0) / n_cols
    w = tl.load(w_ptr + offsets, mask=mask, other=0.0)
    b = tl.load(b_ptr + offsets, mask=mask, other=0.0)
    y = centered / tl.sqrt(var + eps) * w + b
    tl.store(out_ptr + row * n_cols + offsets, y, mask=mask)


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
        out = torch.zeros_like(rows)
        layer_norm_kernel[(rows.shape[0],)](
            rows, self.weight, self.bias, out, rows.shape[1], self.eps, BLOCK=BLOCK_SIZE
        )
        return out.reshape(x.shape)
