"""A kernel in C: first ``gcc -O2 -shared -fPIC float16_kernel.c -o libfloat16_kernel.so -lm``."""

import bncheck

bn = bncheck.from_ctypes(
    "libfloat16_kernel.so",
    """void bn_fwd_h(const half *x, const half *gamma, const half *beta, half *y, float *save_mean,
                     float *save_invstd, int64_t n, int64_t c, int64_t hw, float eps);
       void bn_bwd_h(const half *x, const half *dy, const half *gamma, const float *mean,
                     const float *inv, half *dx, half *dgamma, half *dbeta,
                     int64_t n, int64_t c, int64_t hw);""",
)
