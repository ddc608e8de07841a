#ifndef RUNNING_H
#define RUNNING_H
#define BN_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* trains; running_mean and running_var are updated in place */
BN_API void batch_norm_train(const float *__restrict__ input, const float *weight, const float *bias,
                             float *output, float *running_mean, float *running_var, float *mean,
                             float *rstd, int N, int C, int HW, float epsilon, float momentum);
// infers
BN_API void batch_norm_eval(const float *input, const float *weight, const float *bias,
                            const float *running_mean, const float *running_var, float *output,
                            int N, int C, int HW, float epsilon);
BN_API void batch_norm_backward(const float *grad_output, const float *input, const float *weight,
                                const float *save_mean, const float *save_rstd, float *grad_input,
                                float *grad_weight, float *grad_bias, int N, int C, int HW);
#ifdef __cplusplus
}
#endif
#endif
