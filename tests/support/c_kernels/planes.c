/* float, height and width apart; returns 0, or 22 for sizes that make no sense. */
#include <math.h>
#include <stdint.h>

typedef struct { double mean, inv; } moments;

static moments moments_of(const float *src, int64_t b, int64_t c, int64_t area, int64_t k, float eps) {
    double mean = 0, var = 0;
    for (int64_t i = 0; i < b; ++i)
        for (int64_t j = 0; j < area; ++j) mean += src[(i * c + k) * area + j];
    mean /= (double)(b * area);
    for (int64_t i = 0; i < b; ++i)
        for (int64_t j = 0; j < area; ++j) {
            const double d = src[(i * c + k) * area + j] - mean;
            var += d * d;
        }
    return (moments){mean, 1 / sqrt(var / (double)(b * area) + eps)};
}

int bnForward(float *src, float *gain, float *offset, float *dst, int64_t b, int64_t c, int64_t h,
              int64_t w, float eps) {
    if (b < 1 || c < 1 || h < 1 || w < 1) return 22;
    for (int64_t k = 0; k < c; ++k) {
        const moments at = moments_of(src, b, c, h * w, k, eps);
        for (int64_t i = 0; i < b; ++i)
            for (int64_t j = 0; j < h * w; ++j) {
                const int64_t p = (i * c + k) * h * w + j;
                dst[p] = (float)((src[p] - at.mean) * at.inv * gain[k] + offset[k]);
            }
    }
    return 0;
}

int bnBackward(float *dy, float *src, float *gain, float *dx, float *dgain, float *doffset, int64_t b,
               int64_t c, int64_t h, int64_t w, float eps) {
    if (b < 1 || c < 1 || h < 1 || w < 1) return 22;
    const double m = (double)(b * h * w);
    for (int64_t k = 0; k < c; ++k) {
        const moments at = moments_of(src, b, c, h * w, k, eps);
        double sum = 0, dot = 0;
        for (int64_t i = 0; i < b; ++i)
            for (int64_t j = 0; j < h * w; ++j) {
                const int64_t p = (i * c + k) * h * w + j;
                sum += dy[p];
                dot += dy[p] * (src[p] - at.mean) * at.inv;
            }
        for (int64_t i = 0; i < b; ++i)
            for (int64_t j = 0; j < h * w; ++j) {
                const int64_t p = (i * c + k) * h * w + j;
                const double xhat = (src[p] - at.mean) * at.inv;
                dx[p] = (float)(gain[k] * at.inv * (dy[p] - sum / m - xhat * dot / m));
            }
        dgain[k] = (float)dot;
        doffset[k] = (float)sum;
    }
    return 0;
}
