/* Layer, RMS and group normalization as people write them in C: rows of values, one after another. */
#include <math.h>

void layernorm_forward(float *out, float *mean, float *rstd, const float *inp, const float *weight,
                       const float *bias, int B, int T, int C, float eps) {
    for (int i = 0; i < B * T; i++) {
        const float *x = inp + (long)i * C;
        double m = 0, v = 0;
        for (int j = 0; j < C; j++) m += x[j];
        m /= C;
        for (int j = 0; j < C; j++) v += (x[j] - m) * (x[j] - m);
        const double s = 1 / sqrt(v / C + eps);
        for (int j = 0; j < C; j++)
            out[(long)i * C + j] = (float)(s * (x[j] - m) * weight[j] + bias[j]);
        mean[i] = (float)m;
        rstd[i] = (float)s;
    }
}

void layernorm_backward(float *dinp, float *dweight, float *dbias, const float *dout,
                        const float *inp, const float *weight, const float *mean,
                        const float *rstd, int B, int T, int C) {
    for (int j = 0; j < C; j++) dweight[j] = dbias[j] = 0;
    for (int i = 0; i < B * T; i++) {
        const float *x = inp + (long)i * C, *dy = dout + (long)i * C;
        const float m = mean[i], s = rstd[i];
        float a = 0, b = 0;
        for (int j = 0; j < C; j++) {
            const float h = weight[j] * dy[j];
            a += h;
            b += h * (x[j] - m) * s;
        }
        a /= C;
        b /= C;
        for (int j = 0; j < C; j++) {
            const float xhat = (x[j] - m) * s;
            dbias[j] += dy[j];
            dweight[j] += xhat * dy[j];
            dinp[(long)i * C + j] = (weight[j] * dy[j] - a - xhat * b) * s;
        }
    }
}

/* The same with the means taken of dy: right for a weight of 1. */
void layernorm_backward_outside(float *dinp, float *dweight, float *dbias, const float *dout,
                                const float *inp, const float *weight, const float *mean,
                                const float *rstd, int B, int T, int C) {
    for (int j = 0; j < C; j++) dweight[j] = dbias[j] = 0;
    for (int i = 0; i < B * T; i++) {
        const float *x = inp + (long)i * C, *dy = dout + (long)i * C;
        float a = 0, b = 0;
        for (int j = 0; j < C; j++) {
            a += dy[j];
            b += dy[j] * (x[j] - mean[i]) * rstd[i];
        }
        for (int j = 0; j < C; j++) {
            const float xhat = (x[j] - mean[i]) * rstd[i];
            dbias[j] += dy[j];
            dweight[j] += xhat * dy[j];
            dinp[(long)i * C + j] = weight[j] * (dy[j] - a / C - xhat * b / C) * rstd[i];
        }
    }
}

void rms_norm(float *y, const float *x, const float *w, int rows, int n, float eps) {
    for (int i = 0; i < rows; i++) {
        double s = 0;
        for (int j = 0; j < n; j++) s += (double)x[(long)i * n + j] * x[(long)i * n + j];
        const double r = 1 / sqrt(s / n + eps);
        for (int j = 0; j < n; j++) y[(long)i * n + j] = (float)(x[(long)i * n + j] * r * w[j]);
    }
}

void group_norm(const float *x, const float *gamma, const float *beta, float *y, float *mean,
                float *rstd, int n, int c, int hw, int groups, float eps) {
    const int wide = c / groups, size = wide * hw;
    for (int k = 0; k < n * groups; k++) {
        const float *p = x + (long)k * size;
        double m = 0, v = 0;
        for (int j = 0; j < size; j++) m += p[j];
        m /= size;
        for (int j = 0; j < size; j++) v += (p[j] - m) * (p[j] - m);
        const double s = 1 / sqrt(v / size + eps);
        for (int j = 0; j < size; j++) {
            const int channel = k % groups * wide + j / hw;
            y[(long)k * size + j] = (float)((p[j] - m) * s * gamma[channel] + beta[channel]);
        }
        mean[k] = (float)m;
        rstd[k] = (float)s;
    }
}
