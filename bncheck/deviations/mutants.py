"""The mutants of the survey of real bugs, and the deviations that they are.

mG12 is not here: it leaves out a term that is exactly 0 (`bncheck.deviations.EQUIVALENT`).
"""

FORWARD = {
    "mF01": "one-pass-variance",
    "mF02": "one-pass-variance-clamped",
    "mF03": "unbiased-variance",
    "mF04": "eps-outside-root",
    "mF05": "variance-clamped-to-eps",
    "mF06": "eps-missing",
    "mF07": "eps-missing-in-inference",
    "mF08": "eps-hard-coded",
    "mF08b": "eps-floor",
    "mF09": "square-in-place-of-root",
    "mF10": "reduces-batch-only",
    "mF11": "wrong-axis-when-square",
    "mF12": "ignores-strides",
    "mF13": "half-square",
    "mF14": "half-accumulator",
    "mF15": "drops-tail",
    "mF16": "count-truncated",
    "mF17": "mutates-input",
    "mF18": "gamma-absolute",
    "mF19": "xhat-from-output",
    "mF20": "gamma-ignored",
    "mF21": "folded-output",
    "mF22": "accumulators-not-reset",
    "mF23": "batch-statistics-in-inference",
}

BACKWARD = {
    "mG01": "statistics-as-constants",
    "mG02": "missing-variance-term",
    "mG03": "dgamma-times-deviation",
    "mG04": "dgamma-averaged",
    "mG05": "missing-gamma",
    "mG06": "inverse-as-variance",
    "mG07": "training-formula-in-inference",
    "mG07b": "batch-statistics-in-inference-backward",
    "mG08": "running-variance-in-backward",
    "mG09": "count-without-spatial",
    "mG10": "eps-differs-in-backward",
    "mG11": "gradients-overwritten",
    "mG13": "mean-term-extra",
    "mG14": "gradient-flushed",
}

STATE = {
    "mS01": "running-var-biased",
    "mS02": "momentum-inverted",
    "mS03": "running-var-plus-eps",
    "mS04": "running-std",
    "mS05": "never-updated",
    "mS06": "updated-in-inference",
    "mS07": "updated-twice",
    "mS08": "bessel-at-one",
    "mS09": "bessel-with-batch-count",
    "mS10": "updated-in-place-first",
    "mS11": "running-half",
    "mS12": "update-skipped-when-affine-is-default",
    "mS13": "bessel-in-half",
    "mS14": "old-state-dropped",
}

MUTANTS: dict[str, str] = {**FORWARD, **BACKWARD, **STATE}
