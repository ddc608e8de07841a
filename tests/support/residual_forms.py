"""Residual forms of layer and RMS normalization, as texts of plain files, by what they read."""

FORM = """import numpy as np

NORM = "{norm}"
CONVENTION = {{"dtypes": ("float16", "bfloat16", "float32", "float64"), **{promised}}}


def wide(a):
    return np.float64 if a.dtype == np.float64 else np.{inside}


def norm(statistics, values, x, gamma, eps):
    center = {mean}
    v = np.mean(np.square(statistics - center), -1, keepdims=True)
    y = (values - center) / np.sqrt(v + values.dtype.type(eps))
    return {end}


def forward(x, gamma, {beta}eps):
    given = x.astype(wide(x))
    y = norm(given, given, x, gamma, eps)
    return {shifted}


def forward_residual(x, residual, gamma, {beta}eps):
    s = x.astype(wide(x)) + residual.astype(wide(x))
    total = s.astype(x.dtype)
    q = total.astype(wide(x))
    y = norm({read}, x, gamma, eps)
    return {shifted}, total
"""
READ = {"wide": "s, s", "rounded": "q, q", "reread": "s, q"}
ENDS = {
    "last": "y * gamma.astype(y.dtype)",
    "early": "y.astype(x.dtype) * gamma",
}


def form(norm, read, *, casts="last", promised=None, inside="float32"):
    """Return the text of a file: which norm, which arrays it reads, and where it casts."""
    centred = norm == "layer"
    return FORM.format(
        norm=norm,
        promised=promised or {},
        inside=inside,
        mean="np.mean(statistics, -1, keepdims=True)" if centred else "statistics.dtype.type(0)",
        end=ENDS[casts],
        beta="beta, " if centred else "",
        shifted="(y + beta.astype(y.dtype)).astype(x.dtype)" if centred else "y.astype(x.dtype)",
        read=READ.get(read, read),
    )
