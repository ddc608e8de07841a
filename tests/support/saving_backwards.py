"""Layer and RMS normalization as texts of plain files, by what their backward passes read."""

TEXT = """import numpy as np

NORM = "{norm}"
CONVENTION = {{"dtypes": ("float16", "bfloat16", "float32"), **{promised}}}
CENTRED = {centred}


def held(a):
    return a.astype(np.float32)


def forward(x, gamma, {beta}eps):
    mean = held(x).mean(-1, keepdims=True) if CENTRED else np.float32(0)
    d = held(x) - mean
    r = 1 / np.sqrt(np.mean(d * d, -1, keepdims=True) + np.float32(eps))
    xhat = d * r
    return ({product}).astype(x.dtype), (x, mean, r, xhat, gamma)


def backward(dy, cache):
    x, mean, r, xhat, gamma = cache
    {read}
    h = held(dy) * held(gamma)
    dx = h - xhat * np.mean(h * xhat, -1, keepdims=True)
    if CENTRED:
        dx = dx - h.mean(-1, keepdims=True)
    rows = (held(dy) * xhat).reshape(-1, len(gamma)), held(dy).reshape(-1, len(gamma))
    dgamma, dbeta = (a.sum(0).astype(gamma.dtype) for a in rows)
    return ((dx * r).astype(x.dtype), dgamma, dbeta)[: 3 if CENTRED else 2]
"""
READ = {
    "wide": "pass",
    "half": "mean, r = (held(np.asarray(a).astype(x.dtype)) for a in (mean, r)); "
    "xhat = (held(x) - mean) * r",
    "xhat": "xhat = held(xhat.astype(x.dtype))",
    "neither": "xhat = xhat * np.float32(1 + 2**-6)",
}


def text(norm, read, promised=None):
    """Return the text of a file that reads what it saved in that way."""
    centred = norm == "layer"
    return TEXT.format(
        norm=norm,
        promised=promised or {},
        centred=centred,
        beta="beta, " if centred else "",
        product="xhat * held(gamma) + held(beta)" if centred else "xhat * held(gamma)",
        read=READ[read],
    )
