/* Batch normalization of float16 values, (N, C, HW), summed in float32; xhat is never rounded to
   float16. Two passes: the mean first, then the squares of what is left. */
#include <math.h>
#include <stdint.h>

typedef _Float16 half;

void bn_fwd_h(const half *x, const half *gamma, const half *beta, half *y, float *save_mean,
              float *save_invstd, int64_t n, int64_t c, int64_t hw, float eps) {
    for (int64_t k = 0; k < c; ++k) {
        float sum = 0, squares = 0;
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) sum += (float)x[(i * c + k) * hw + j];
        const float mean = sum / (float)(n * hw);
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) {
                const float centered = (float)x[(i * c + k) * hw + j] - mean;
                squares += centered * centered;
            }
        const float invstd = 1 / sqrtf(squares / (float)(n * hw) + eps);
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) {
                const int64_t p = (i * c + k) * hw + j;
                const float xhat = ((float)x[p] - mean) * invstd;
                y[p] = (half)(xhat * (float)gamma[k] + (float)beta[k]);
            }
        save_mean[k] = mean;
        save_invstd[k] = invstd;
    }
}

void bn_bwd_h(const half *x, const half *dy, const half *gamma, const float *mean,
              const float *inv, half *dx, half *dgamma, half *dbeta, int64_t n, int64_t c,
              int64_t hw) {
    for (int64_t k = 0; k < c; ++k) {
        float sum = 0, dot = 0;
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) {
                const int64_t p = (i * c + k) * hw + j;
                sum += (float)dy[p];
                dot += (float)dy[p] * (((float)x[p] - mean[k]) * inv[k]);
            }
        const float m = (float)(n * hw);
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) {
                const int64_t p = (i * c + k) * hw + j;
                const float xhat = ((float)x[p] - mean[k]) * inv[k];
                dx[p] = (half)((float)gamma[k] * inv[k] * ((float)dy[p] - sum / m - xhat * dot / m));
            }
        dgamma[k] = (half)dot;
        dbeta[k] = (half)sum;
    }
}
