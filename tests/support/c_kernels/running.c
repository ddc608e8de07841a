/* float32, (N, C, HW), running statistics that weigh the new batch by momentum. */
#include "running.h"

#include <math.h>

BN_API void batch_norm_train(const float *__restrict__ input, const float *weight, const float *bias,
                             float *output, float *running_mean, float *running_var, float *mean,
                             float *rstd, int N, int C, int HW, float epsilon, float momentum)
{
    const float m = (float)N * HW;
    for (int c = 0; c < C; c++) {
        float mu = 0, m2 = 0;
        int seen = 0;
        for (int n = 0; n < N; n++) {
            const float *p = input + ((long)n * C + c) * HW;
            for (int i = 0; i < HW; i++) {                    /* Welford's recurrence */
                float d = p[i] - mu;
                mu += d / ++seen;
                m2 += d * (p[i] - mu);
            }
        }
        mean[c] = mu;
        rstd[c] = 1.0f / sqrtf(m2 / m + epsilon);
        running_mean[c] = (1 - momentum) * running_mean[c] + momentum * mu;
        if (m > 1) running_var[c] = (1 - momentum) * running_var[c] + momentum * (m2 / (m - 1));
        for (int n = 0; n < N; n++) {
            const float *p = input + ((long)n * C + c) * HW;
            float *q = output + ((long)n * C + c) * HW;
            for (int i = 0; i < HW; i++) q[i] = (p[i] - mu) * rstd[c] * weight[c] + bias[c];
        }
    }
}

BN_API void batch_norm_eval(const float *input, const float *weight, const float *bias,
                            const float *running_mean, const float *running_var, float *output,
                            int N, int C, int HW, float epsilon)
{
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            const float rstd = 1.0f / sqrtf(running_var[c] + epsilon);
            for (int i = 0; i < HW; i++) {
                const long k = ((long)n * C + c) * HW + i;
                output[k] = (input[k] - running_mean[c]) * rstd * weight[c] + bias[c];
            }
        }
}

BN_API void batch_norm_backward(const float *grad_output, const float *input, const float *weight,
                                const float *save_mean, const float *save_rstd, float *grad_input,
                                float *grad_weight, float *grad_bias, int N, int C, int HW)
{
    const float m = (float)N * HW;
    for (int c = 0; c < C; c++) {
        float sum = 0, dot = 0;
        for (int n = 0; n < N; n++)
            for (int i = 0; i < HW; i++) {
                const long k = ((long)n * C + c) * HW + i;
                sum += grad_output[k];
                dot += grad_output[k] * ((input[k] - save_mean[c]) * save_rstd[c]);
            }
        grad_bias[c] = sum;
        grad_weight[c] = dot;
        for (int n = 0; n < N; n++)
            for (int i = 0; i < HW; i++) {
                const long k = ((long)n * C + c) * HW + i;
                const float xhat = (input[k] - save_mean[c]) * save_rstd[c];
                grad_input[k] = weight[c] * save_rstd[c] * (grad_output[k] - sum / m - xhat * (dot / m));
            }
    }
}
