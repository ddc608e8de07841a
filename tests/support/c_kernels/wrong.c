/* float32, (N, C, HW): right, but for what -DPAIRS, -DFOURS, -DEPS_OUTSIDE or -DIN_PLACE breaks. */
#include <math.h>
#include <stdint.h>

void bn(const float *x, const float *gamma, const float *beta, float *y, int64_t n, int64_t c,
        int64_t hw, float eps) {
    for (int64_t k = 0; k < c; ++k) {
        double mean = 0, var = 0;
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) mean += x[(i * c + k) * hw + j];
        mean /= (double)(n * hw);
        for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < hw; ++j) {
                const double centered = x[(i * c + k) * hw + j] - mean;
                var += centered * centered;
            }
        var /= (double)(n * hw);
#ifdef EPS_OUTSIDE
        const double inv = 1 / (sqrt(var) + eps);
#else
        const double inv = 1 / sqrt(var + eps);
#endif
        for (int64_t i = 0; i < n; ++i) {
            const float *from = x + (i * c + k) * hw;
            float *to = y + (i * c + k) * hw;
            int64_t j = 0;
#ifdef IN_PLACE
            for (; j < hw; ++j) ((float *)from)[j] -= (float)mean;
            for (j = 0; j < hw; ++j) to[j] = (float)(from[j] * inv * gamma[k] + beta[k]);
#endif
#ifdef PAIRS
            for (; j < hw; j += 2) to[j] = to[j + 1] = beta[k];
            for (j = 0; j < hw; ++j) to[j] = (float)((from[j] - mean) * inv * gamma[k] + beta[k]);
#endif
#ifdef FOURS
            for (; j + 4 <= hw; j += 4)
                for (int64_t u = j; u < j + 4; ++u)
                    to[u] = (float)((from[u] - mean) * inv * gamma[k] + beta[k]);
            j = hw;
#endif
            for (; j < hw; ++j) to[j] = (float)((from[j] - mean) * inv * gamma[k] + beta[k]);
        }
    }
}
