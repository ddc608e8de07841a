/* RMSNorm (Zhang and Sennrich 2019) of rows of n values: y = w x / sqrt(mean(x^2) + eps). */
#include <math.h>

void rms_fwd(const float *x, const float *w, float *y, float *rstd, int rows, int n, float eps) {
    for (int i = 0; i < rows; i++, x += n, y += n) {
        double squares = 0;
        for (int j = 0; j < n; j++) squares += (double)x[j] * x[j];
        rstd[i] = (float)(1 / sqrt(squares / n + eps));
        for (int j = 0; j < n; j++) y[j] = x[j] * rstd[i] * w[j];
    }
}

/* dx = rstd (h - xhat mean(h xhat)) with h = w dy. With -DOUTSIDE w is left out of the mean. */
void rms_bwd(const float *dy, const float *x, const float *w, const float *rstd, float *dx,
             float *dw, int rows, int n) {
    for (int j = 0; j < n; j++) dw[j] = 0;
    for (int i = 0; i < rows; i++, dy += n, x += n, dx += n) {
        double along = 0;
        for (int j = 0; j < n; j++) {
            const float xhat = x[j] * rstd[i];
            dw[j] += dy[j] * xhat;
#ifdef OUTSIDE
            along += (double)dy[j] * xhat;
#else
            along += (double)(w[j] * dy[j]) * xhat;
#endif
        }
        along /= n;
        for (int j = 0; j < n; j++) {
            const float xhat = x[j] * rstd[i];
#ifdef OUTSIDE
            dx[j] = (float)(w[j] * rstd[i] * (dy[j] - xhat * along));
#else
            dx[j] = (float)(rstd[i] * (w[j] * dy[j] - xhat * along));
#endif
        }
    }
}
