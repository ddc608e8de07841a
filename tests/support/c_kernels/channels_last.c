/* double, rows of channels; one function for both modes, and xhat kept for the gradients. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

void bn_nhwc(double x[], double scale[], double shift[], double out[], double x_hat[],
             double inv_std[], double moving_mean[], double moving_var[], size_t rows,
             size_t channels, double eps, double decay, bool training) {
    for (size_t c = 0; c < channels; ++c) {
        double mean = moving_mean[c], var = moving_var[c];
        if (training) {
            mean = var = 0;
            for (size_t r = 0; r < rows; ++r) mean += x[r * channels + c];
            mean /= rows;
            for (size_t r = 0; r < rows; ++r) var += pow(x[r * channels + c] - mean, 2);
            var /= rows;
            moving_mean[c] = decay * moving_mean[c] + (1 - decay) * mean;
            moving_var[c] = decay * moving_var[c] + (1 - decay) * var;
        }
        inv_std[c] = 1 / sqrt(var + eps);
        for (size_t r = 0; r < rows; ++r) {
            x_hat[r * channels + c] = (x[r * channels + c] - mean) * inv_std[c];
            out[r * channels + c] = scale[c] * x_hat[r * channels + c] + shift[c];
        }
    }
}

void bn_nhwc_grad(const double dout[], const double x_hat[], const double scale[],
                  const double inv_std[], double dx[], double dscale[], double dshift[], size_t rows,
                  size_t channels) {
    for (size_t c = 0; c < channels; ++c) {
        double sum = 0, dot = 0;
        for (size_t r = 0; r < rows; ++r) {
            sum += dout[r * channels + c];
            dot += dout[r * channels + c] * x_hat[r * channels + c];
        }
        dshift[c] = sum;
        dscale[c] = dot;
        for (size_t r = 0; r < rows; ++r) {
            const size_t k = r * channels + c;
            dx[k] = scale[c] * inv_std[c] * (dout[k] - (sum + x_hat[k] * dot) / rows);
        }
    }
}
