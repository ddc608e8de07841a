import torch
import torch.nn as nn
import triton
import triton.language as tl


@triton.jit
def _layer_norm_fwd(X, Y, W, B, N, eps, BLOCK_SIZE: tl.constexpr):
    row = tl.program_id(0)
    X += row * N
    Y += row * N
    offs = tl.arange(0, BLOCK_SIZE)
    mask = offs < N
    x = tl.load(X + offs, mask=mask, other=0.0).to(tl.float32)
    mean = tl.sum(x, axis=0) / N
    diff = x - mean
    var = tl.sum(diff * diff, axis=0) / N
    rstd = 1 / tl.sqrt(var + eps)
    w = tl.load(W + offs, mask=mask)
    b = tl.load(B + offs, mask=mask)
    tl.store(Y + offs, diff * rstd * w + b, mask=mask)


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
        x_arg = x.reshape(-1, x.shape[-1]).contiguous()
        M, N = x_arg.shape
        y = torch.empty_like(x_arg)
        BLOCK_SIZE = triton.next_power_of_2(N)
        _layer_norm_fwd[(M,)](x_arg, y, self.weight, self.bias, N, self.eps, BLOCK_SIZE=BLOCK_SIZE)
        return y.reshape(x.shape)
