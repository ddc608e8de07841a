"""RMSNorm in C: first ``gcc -O2 -shared -fPIC rms_norm_kernel.c -o librms_norm_kernel.so -lm``."""

import bncheck

NORM = "rms"
kernel = bncheck.from_ctypes(
    "librms_norm_kernel.so",
    """void rms_fwd(const float *x, const float *w, float *y, float *rstd, int rows, int n,
                    float eps);
       void rms_bwd(const float *dy, const float *x, const float *w, const float *rstd, float *dx,
                    float *dw, int rows, int n);""",
)
