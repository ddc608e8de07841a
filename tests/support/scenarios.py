"""The scenarios by name, and for each deviation one that exposes it and one that does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from exposing import (
    Scenario,
    adding,
    backward_twice,
    bits,
    case,
    double,
    forward,
    fresh,
    graph,
    infer,
    infer_after_training,
    inputs,
    interleaved,
    jvp,
    repeated,
    steps,
    survives,
    two_layers,
)

SHAPE = (6, 3, 2, 2)


def _x(given, x):
    return replace(given, x=x)


def _channels_last(array):
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)).transpose(0, 3, 1, 2)


def _sliced(given):
    base = np.concatenate([given.x * 2 + 1, given.x])
    return _x(given, base[len(given.x) :])


def _constant(given):
    first = given.x[(slice(0, 1), slice(None), *(slice(0, 1),) * (given.x.ndim - 2))]
    return _x(given, np.ones_like(given.x) * first)


def _nonfinite(given):
    x = given.x.copy()
    x[0, 1] = np.inf
    return _x(given, x)


def _outlier_first(given):
    x = given.x.copy()
    x[0] += 1e4
    return _x(given, x)


def _aliased(given):
    return replace(given, running_var=given.gamma, running_mean=given.beta)


def _dy(given, dy):
    return replace(given, dy=dy)


MIXED = case(*SHAPE)
LOW_VAR = case(*SHAPE, running_var=(1e-6, 4e-6, 1e-7), eps=1e-5)
FLAT = case(6, 3, 2, 2, scale=(1e-4,), mean=(0.0,), eps=1e-5)
HALF = case(16, 2, 4, 4, dtype="float16", mean=(600.0,), scale=(20.0,), eps=1e-5)

SCENARIOS: dict[str, Scenario] = {
    "mixed": Scenario(MIXED),
    "mixed, inference": Scenario(MIXED, infer),
    "mixed, forward": Scenario(MIXED, forward),
    "steps": Scenario(MIXED, steps),
    "inference after training": Scenario(MIXED, infer_after_training),
    "backward twice": Scenario(MIXED, backward_twice),
    "backward twice, adding": Scenario(MIXED, backward_twice, accumulates=True),
    "graph": Scenario(MIXED, graph),
    "adding": Scenario(MIXED, adding),
    "jvp": Scenario(MIXED, jvp),
    "double backward": Scenario(MIXED, double),
    "inputs": Scenario(MIXED, inputs),
    "repeated": Scenario(case(8, 2, 4, 4, dtype="float32"), repeated),
    "two layers": Scenario(MIXED, two_layers),
    "interleaved": Scenario(MIXED, interleaved),
    "fresh layer": Scenario(fresh(8, 3, 2, 2)),
    "fresh layer, forward": Scenario(fresh(8, 3, 2, 2), forward),
    "two layers, fresh": Scenario(fresh(8, 3, 2, 2), two_layers),
    "unit gamma": Scenario(replace(MIXED, gamma=np.ones(3))),
    "positive gamma": Scenario(replace(MIXED, gamma=np.array([1.5, 0.5, 2.0]))),
    "gamma zero": Scenario(replace(MIXED, gamma=np.array([0.0, -1.0, 2.0]))),
    "constant dy": Scenario(_dy(MIXED, np.ones(SHAPE))),
    "tiny dy": Scenario(_dy(MIXED, MIXED.dy * 1e-8)),
    "dyadic dy": Scenario(_dy(MIXED, np.round(MIXED.dy * 4))),
    "low variance": Scenario(FLAT),
    "low running variance": Scenario(LOW_VAR, infer),
    "eps 1e-12": Scenario(case(*SHAPE, scale=(1e-3,), mean=(0.0,), eps=1e-12)),
    "eps 1e-12, variance 1e-8": Scenario(case(*SHAPE, scale=(1e-4,), mean=(0.0,), eps=1e-12)),
    "eps 1e-12, variance 1e-14": Scenario(case(*SHAPE, scale=(1e-7,), mean=(0.0,), eps=1e-12)),
    "eps 1e-5": Scenario(replace(MIXED, eps=1e-5)),
    "eps 1e-3": Scenario(replace(MIXED, eps=1e-3)),
    "eps 1e-8": Scenario(replace(MIXED, eps=1e-8)),
    "eps 1.001e-5": Scenario(replace(MIXED, eps=1.001e-5)),
    "eps 1": Scenario(replace(MIXED, eps=1.0)),
    "offset, float32": Scenario(fresh(16, 4, dtype="float32", mean=(3e4,))),
    "outlier first, to the bit": Scenario(_outlier_first(fresh(64, 1, dtype="float32")), bits),
    "integers, to the bit": Scenario(_x(MIXED, np.arange(72.0).reshape(SHAPE) % 8 - 3), bits),
    "float32": Scenario(case(*SHAPE, dtype="float32")),
    "one value": Scenario(case(1, 3)),
    "one value, mean 0": Scenario(_x(case(1, 3), np.zeros((1, 3)))),
    "two values": Scenario(case(2, 3)),
    "seven values": Scenario(case(7, 3)),
    "eight values": Scenario(case(8, 3)),
    "32 values": Scenario(case(32, 3)),
    "one sample": Scenario(case(1, 3, 2, 2)),
    "two samples alike": Scenario(_x(case(2, 3), np.array([[1.0, 2, 3], [1.0, 2, 3]]))),
    "rank 3": Scenario(case(4, 3, 5)),
    "rank 5": Scenario(case(2, 2, 2, 2, 2), survives),
    "rank 5, training": Scenario(case(2, 2, 2, 2, 2)),
    "N = C": Scenario(case(3, 3, 2, 2)),
    "oblong": Scenario(case(4, 3, 2, 5)),
    "one channel": Scenario(case(8, 1)),
    "channels last": Scenario(_x(MIXED, _channels_last(MIXED.x))),
    "channels last, survives": Scenario(_x(MIXED, _channels_last(MIXED.x)), survives),
    "dy channels last": Scenario(_dy(MIXED, _channels_last(MIXED.dy))),
    "both channels last": Scenario(
        replace(MIXED, x=_channels_last(MIXED.x), dy=_channels_last(MIXED.dy))
    ),
    "sliced": Scenario(_sliced(MIXED)),
    "257 values": Scenario(case(257, 1)),
    "65537 values": Scenario(case(65537, 1)),
    "769 samples": Scenario(case(769, 1)),
    "65 channels": Scenario(case(4, 65)),
    "largest is 1": Scenario(_x(MIXED, MIXED.x / np.abs(MIXED.x).max())),
    "float16 near 600": Scenario(HALF),
    "float16, 4096 values": Scenario(
        case(64, 1, 8, 8, dtype="float16", mean=(1.0,), scale=(1.0,), eps=1e-5)
    ),
    "float16": Scenario(case(8, 2, dtype="float16", mean=(0.0,), scale=(1.0,))),
    "float16, low variance": Scenario(
        case(8, 2, dtype="float16", mean=(0.0,), scale=(1e-3,), eps=1e-12)
    ),
    "float16, 65536 values": Scenario(case(65536, 1, dtype="float16", mean=(1.0,))),
    "running mean 1e6, float32": Scenario(
        case(64, 2, dtype="float32", mean=(1e6,), running_mean=(1e6,), eps=1e-5), infer
    ),
    "huge gamma, float32": Scenario(
        case(
            8,
            2,
            dtype="float32",
            mean=(1e18,),
            scale=(1e18,),
            gamma=(1e22,),
            running_mean=(0.0,),
            running_var=(1e30,),
        ),
        infer,
    ),
    "running variance 1e6": Scenario(case(*SHAPE, running_var=(1e6,)), infer),
    "default inference": Scenario(fresh(8, 3, 2, 2), infer),
    "one array twice": Scenario(_aliased(MIXED)),
    "non-finite": Scenario(_nonfinite(MIXED)),
    "constant": Scenario(_constant(MIXED)),
    "constant, survives": Scenario(_constant(MIXED), survives),
    "survives": Scenario(MIXED, survives),
    "one value, to the bit": Scenario(
        case(1, 3, dtype="float32", mean=(1000.1,), beta=(0.1, -1.7)), bits
    ),
    "constant, float16, eps 1e-12": Scenario(
        _constant(case(8, 2, dtype="float16", mean=(1.0,), eps=1e-12))
    ),
    "momentum 0": Scenario(replace(MIXED, momentum=0.0)),
    "momentum 0.1": Scenario(replace(MIXED, momentum=0.1)),
    "momentum 1/2": Scenario(replace(MIXED, momentum=0.5)),
    "momentum 1": Scenario(replace(MIXED, momentum=1.0)),
    "momentum None": Scenario(replace(MIXED, momentum=None)),
    "momentum None, steps": Scenario(replace(MIXED, momentum=None), steps),
    "empty": Scenario(case(0, 3)),
}

# exposing scenario, hiding scenario: deviations
TABLE: dict[tuple[str, str], str] = {
    ("two values", "one value"): "unbiased-variance",
    ("one value", "mixed, inference"): "unbiased-variance-at-one",
    ("offset, float32", "mixed"): "one-pass-variance one-pass-variance-clamped",
    ("outlier first, to the bit", "mixed"): "shifted-variance",
    ("mixed", "low running variance"): "variance-about-running-mean variance-not-centred",
    ("mixed", "one value"): """fourth-root xhat-through-half merges-variances
        variance-not-averaged drops-last reduces-positions-only
        mean-of-shard-means between-shard-variance-missing shard-gradients-unweighted
        shard-gradients-local dgamma-reduced-twice shards-not-synchronised""",
    ("mixed", "two values"): "mean-absolute-deviation",
    ("mixed", "offset, float32"): """eps-outside-root eps-missing eps-doubled eps-by-count
        variance-clamped-to-eps""",
    ("low variance", "eps 1"): "eps-squared",
    ("low variance", "offset, float32"): "eps-floor-1.001e-5",
    ("low running variance", "mixed"): """eps-missing-in-inference eps-doubled-in-inference
        eps-subtracted-in-inference""",
    ("mixed", "eps 1e-5"): "eps-hard-coded",
    ("mixed", "eps 1e-3"): "eps-hard-coded-1e-3",
    ("mixed", "eps 1e-8"): "eps-hard-coded-1e-8",
    ("mixed", "eps 1e-12"): "eps-hard-coded-1e-12",
    ("eps 1e-12", "mixed"): "eps-floor",
    ("low variance", "mixed"): "variance-floor",
    ("mixed", "fresh layer"): """variance-floor-1e-3 gamma-of-first-channel
        beta-before-gamma beta-ignored missing-gamma gamma-twice dgamma-from-y dbeta-scaled""",
    ("eps 1e-12, variance 1e-14", "mixed"): "variance-floor-1e-12",
    ("oblong", "seven values"): """reduces-batch-only count-without-spatial
        bessel-with-batch-count""",
    ("oblong", "inputs"): "group-normalization instance-normalization",
    ("mixed", "inputs"): """no-square-root square-in-place-of-root
        multiplies-by-deviation gamma-plus-one
        output-rectified layer-normalization rms-normalization mean-not-subtracted""",
    ("mixed", "one channel"): """reduces-channels-too channel-leak
        reshape-to-rows-without-transpose""",
    ("N = C", "mixed"): "wrong-axis-when-square",
    ("oblong", "mixed"): "drops-plane-tail wrong-when-not-square",
    ("channels last", "mixed"): "ignores-strides ignores-strides-by-pointer",
    ("channels last, survives", "survives"): "raises-when-not-contiguous",
    ("dy channels last", "channels last"): "ignores-strides-of-dy",
    ("dy channels last", "both channels last"): "layout-of-x-for-dy",
    ("sliced", "mixed"): "ignores-offset",
    ("seven values", "mixed"): "drops-tail",
    ("seven values", "eight values"): "padding-counted padding-counted-in-variance drops-tail-8",
    ("mixed", "32 values"): "drops-tail-32",
    ("65537 values", "257 values"): "count-truncated",
    ("257 values", "mixed"): "count-truncated-8",
    ("non-finite", "mixed"): "nonfinite-spreads hides-nonfinite",
    ("mixed", "largest is 1"): "global-rescale",
    ("65 channels", "mixed"): "channels-beyond-64",
    ("769 samples", "257 values"): "samples-beyond-768",
    ("rank 3", "mixed"): "rank-3-backward",
    ("float16 near 600", "mixed"): """half-accumulator half-accumulator-in-backward half-square
        statistics-rounded-to-half saved-in-half""",
    ("mixed", "float32"): "single-precision-inside wrong-dtype-narrow",
    ("mixed", "one value, to the bit"): "approximate-rsqrt",
    ("constant, float16, eps 1e-12", "mixed"): "eps-rounded-to-half",
    ("one value, to the bit", "mixed"): "folded-output",
    ("running variance 1e6", "mixed, inference"): "parameters-in-half",
    ("float16, 65536 values", "float16"): "count-in-half",
    ("mixed", "float16"): "output-through-half gradients-through-half",
    ("gamma zero", "positive gamma"): """gamma-absolute gamma-zero-is-one xhat-from-output""",
    ("mixed", "constant, survives"): "gamma-absolute-plus-eps wrong-shape",
    ("mixed, inference", "mixed"): """beta-ignored-in-inference fold-drops-shift
        training-formula-in-inference batch-statistics-in-inference-backward
        inference-gradient-zero inference-gradient-without-inverse
        variance-is-inverse-in-inference updated-in-inference batch-statistics-in-inference
        statistics-not-loaded debiased-at-zero""",
    ("mixed", "fresh layer, forward"): "output-clipped gamma-ignored",
    (
        "constant dy",
        "mixed, inference",
    ): """mean-term-twice statistics-as-constants missing-mean-term
        mean-term-sign means-not-divided bessel-in-backward""",
    ("mixed", "mixed, inference"): """missing-variance-term variance-term-sign
        variance-term-halved variance-term-power eps-differs-in-backward inverse-as-variance
        running-variance-in-backward running-statistics-in-training""",
    (
        "mixed",
        "mixed, forward",
    ): """identity-backward missing-inverse dgamma-averaged dgamma-times-deviation dgamma-zero
        dgamma-dbeta-swapped cotangent-cut-by-output cotangent-cut-by-input""",
    ("seven values", "mixed, inference"): "mean-term-extra",
    ("mixed", "one value, mean 0"): "dgamma-not-centred",
    ("tiny dy", "mixed"): "gradient-flushed",
    ("inference after training", "mixed, inference"): "inference-backward-of-training-batch",
    (
        "steps",
        "mixed",
    ): """statistics-of-previous-batch stale-cache updated-every-other-step accumulators-not-reset
        answers-cached output-buffer-reused""",
    ("backward twice, adding", "backward twice"): "gradients-overwritten",
    ("backward twice", "mixed"): "gradients-added-up backward-spent",
    ("double backward", "mixed"): """double-backward-statistics-as-constants
        double-backward-zero""",
    ("jvp", "mixed"): "jvp-statistics-as-constants jvp-missing-variance-term",
    (
        "seven values",
        "one value",
    ): "bessel-in-running-mean running-var-biased bessel-inverted bessel-in-half",
    ("mixed", "momentum 1/2"): "momentum-inverted momentum-mixed",
    ("mixed", "momentum 1"): """old-state-dropped updated-twice running-var-starts-at-zero
        debiased-from-one""",
    ("momentum 0", "mixed"): "momentum-zero-is-default",
    ("mixed", "momentum 0.1"): "momentum-hard-coded",
    ("momentum None", "mixed"): "cumulative-off-by-one",
    ("mixed", "momentum 0"): """running-var-plus-eps running-var-plus-1e-5 running-var-minus-eps
        running-std running-inverse running-second-moment never-updated running-var-never-updated
        updated-one-step-late bessel-with-shard-count running-var-about-running-mean
        running-var-about-old-running-mean""",
    ("fresh layer", "mixed"): "update-skipped-when-affine-is-default",
    ("one array twice", "mixed"): "updated-in-place-first",
    ("one value", "mixed"): "bessel-at-one",
    ("mixed", "jvp"): "running-half",
    ("empty", "mixed"): "empty-batch-decays",
    ("one sample", "mixed"): "empty-shard",
    (
        "inputs",
        "mixed",
    ): """gradient-in-place mutates-input output-in-place mutates-cotangent mutates-parameters
        mutates-running-statistics""",
    ("repeated", "integers, to the bit"): "nondeterministic",
    ("repeated", "one value"): "depends-on-clock",
    ("graph", "mixed"): "running-state-keeps-graph",
    ("adding", "mixed"): "residual-ignored",
    ("interleaved", "mixed"): "cache-shared-between-layers",
    ("two layers", "mixed"): "state-shared-between-layers",
    ("float32", "mixed"): "wrong-dtype",
    ("constant, survives", "survives"): "raises",
    ("rank 5", "mixed"): "raises-at-rank-5",
    ("mixed", "seven values"): """reshape-mixes-channels
        reshape-without-transpose reshape-to-rows-of-images""",
}

EXPOSED: dict[str, tuple[str, str]] = {
    name: scenarios for scenarios, names in TABLE.items() for name in names.split()
}
