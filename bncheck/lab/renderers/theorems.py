"""Names of the theorems that experiments touch, and their files: `lab` does not read `proofs/`.

A test compares them with the first lines of these files.
"""

from __future__ import annotations

# id: file in `proofs/` without its suffix, first line of its docstring
THEOREMS = {
    "B01": (
        "b01_backward",
        "The six gradients of Ioffe and Szegedy, and the compact form of dL/dx",
    ),
    "B15": ("b15_scaling_the_input", "Gradients at a scaled batch: 1 / |a|, sign(a), eps / a^2"),
    "B28": ("b28_largest_second_derivative", "The sharp Lipschitz constant of the Jacobian"),
    "F01": ("f01_mean", "The normalized batch has mean 0, the output has mean beta"),
    "F02": ("f02_variance", "The variance of the normalized batch is var / (var + eps), not 1"),
    "F04": ("f04_scale_law", "The exact scale law, with eps / a^2 and the sign of a"),
    "F05b": (
        "f05b_largest_deviation",
        "How far batch normalization can be from scale invariant, over all batches",
    ),
    "F07": ("f07_identity_recovery", "Which gamma and beta give the identity"),
    "F19": (
        "f19_differences",
        "Differences of outputs are differences of inputs, scaled by gamma / sqrt(var + eps)",
    ),
    "F20": (
        "f20_correlation",
        "Two channels keep their covariance up to their scales: nothing is decorrelated",
    ),
    "L01": ("l01_gradient_magnitude", "Santurkar et al., Theorem 4.1, which is an equality"),
    "L02": (
        "l02_not_always_smoother",
        "The gradient is smaller than that at the output by gamma / sqrt(var), which may exceed 1",
    ),
    "L03": ("l03_curvature_along_gradient", "Santurkar et al., Theorem 4.2, which is an equality"),
    "L04": ("l04_curvature", "The curvature of the loss along a direction, with eps"),
    "L05": (
        "l05_worst_case_over_layers",
        "Santurkar et al., Theorem 4.4: the worst case over the inputs of the layer",
    ),
    "L06": (
        "l06_distance_to_the_optimum",
        "Santurkar et al., Lemma 4.5: the nearest optimum when every positive multiple is one",
    ),
    "S05": (
        "s05_ghost_batches",
        "Ghost batch normalization: each part of the batch is normalized by itself",
    ),
    "W01": ("w01_weight_scale", "Scaling the weights before batch normalization"),
    "W02": (
        "w02_jacobians_of_scaled_weights",
        "The two Jacobians of Ioffe and Szegedy, section 3.3, with sign and eps",
    ),
    "W03": (
        "w03_weight_gradient_along_weights",
        "The weight gradient along the weights: zero only if eps is",
    ),
    "W04": ("w04_homogeneity", "The weight gradient is homogeneous of degree -1, up to eps"),
    "W05": ("w05_gradient_step_norm", "What a gradient step does to the norm of the weights"),
    "W06": ("w06_effective_step", "The effective learning rate is t / |w|^2"),
    "W07": (
        "w07_rescaled_training",
        "Training from scaled weights, with scaled rate and eps, is the scaled training",
    ),
    "W08": (
        "w08_weight_decay_is_a_rate_schedule",
        "Weight decay at a constant rate is a growing rate without decay",
    ),
    "W09": (
        "w09_norm_equilibrium",
        "The equilibrium norm under weight decay, and the angle of a step there",
    ),
    "W10": ("w10_momentum", "The norm of the weights under momentum"),
    "W12": (
        "w12_whitened_inputs",
        "On whitened inputs, batch normalization is weight normalization",
    ),
    "W13": (
        "w13_gradient_of_the_weights",
        "The gradient of the weights; a bias before batch normalization gets none",
    ),
    "W14": (
        "w14_rescaling_of_a_relu_unit",
        "What gamma and beta gain, the weights after a ReLU lose",
    ),
    "W15": ("w15_least_squares", "The best gamma for a target, and what is lost with another"),
    "W16": (
        "w16_gradient_descent_converges",
        "Gradient descent on a Rayleigh quotient converges linearly",
    ),
    "W19": (
        "w19_angle_of_a_step",
        "A gradient step turns the weights by exactly arctan(t |g| / |w|)",
    ),
    "W20": (
        "w20_joint_whitening",
        "Joint whitening: m samples have a covariance of rank at most m - 1, and may leave nothing",
    ),
}


def named(theorem: str) -> str:
    """Return a theorem's id with its name."""
    return f"{theorem} {THEOREMS[theorem][1]}" if theorem in THEOREMS else theorem
