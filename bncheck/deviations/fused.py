"""Ways of being wrong about what is fused behind a layer: an activation, a residual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.elsewhere import ROWS
from bncheck.deviations.passes import Pass, Reference, filled
from bncheck.deviations.wrapping import wrapped
from bncheck.model import Case, Layer
from bncheck.model.formats import Array
from bncheck.trial.asking import present

deviation = family("fused")
Pair = tuple[Array, Array]


def _cotangent_where(rules: Reference, passes: Callable[[Pass], Array]) -> Reference:
    """Let the backward pass see a cotangent of 0 elsewhere."""

    def saved(p: Pass) -> Pass:
        kept = rules.saved(p)
        return filled(kept, dy=np.where(passes(p), kept.dy, 0))

    return replace(rules, saved=saved)


@deviation(
    "output-rectified",
    "sets negative outputs to 0: an activation was fused in; one that belongs there is promised by "
    'CONVENTION = {"activation": "relu"}',
    seen="constructed; sibling of mapillary/inplace_abn#4 (activation fused in place)",
    regime="any batch",
)
def output_rectified(rules: Reference) -> Reference:
    return replace(rules, finish=lambda p: np.maximum(rules.finish(p), 0))


@deviation(
    "cotangent-cut-by-output",
    "passes dy on only where the output is positive, as behind an activation",
    seen="constructed",
    regime="outputs of both signs",
)
def cotangent_cut_by_output(rules: Reference) -> Reference:
    return _cotangent_where(rules, lambda p: p.y > 0)


@deviation(
    "cotangent-cut-by-input",
    "passes dy on only where x is positive: an activation's slope, taken at the wrong place",
    seen="ooples/AiDotNet.Tensors#187",
    regime="inputs of both signs",
)
def cotangent_cut_by_input(rules: Reference) -> Reference:
    return _cotangent_where(rules, lambda p: p.x > 0)


@deviation(
    "residual-ignored",
    "takes a residual and does not add it to the output",
    seen="constructed",
    regime="a residual that is not 0",
)
def residual_ignored(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        return replace(layer, adding=lambda x, residual: layer.train(x))

    return wrapped(rules, around)


@deviation(
    "residual-not-normalized",
    "normalizes x alone, where a residual is to be added first",
    seen="constructed; the flag for the residual form dropped",
    regime="a residual that is not 0",
    norms=ROWS,
)
def residual_not_normalized(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        return replace(layer, residual=lambda x, r: (layer.train(x), x + r))

    return wrapped(rules, around)


@deviation(
    "residual-handed-back-as-it-was",
    "hands the residual back as it was given, where it should be the sum of x and it",
    seen="constructed; kernels that write the sum in place, called with a copy",
    regime="an x that is not 0",
    norms=ROWS,
)
def residual_handed_back_as_it_was(rules: Reference) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        return replace(layer, residual=lambda x, r: (layer.train(x + r), r))

    return wrapped(rules, around)


def _residual_gradients(
    rules: Reference, change: Callable[[Layer, Array, Array], Pair]
) -> Reference:
    def around(layer: Layer, case: Case) -> Layer:
        return replace(layer, residual_backward=lambda dy, by_sum: change(layer, dy, by_sum))

    return wrapped(rules, around)


def _gradients(layer: Layer, dy: Array, by_sum: Array) -> Pair:
    return present(layer.residual_backward)(dy, by_sum)


@deviation(
    "residual-gradient-missing",
    "gives the residual no gradient, where both addends have that of their sum",
    seen="constructed; a kernel that hands dx back for x alone",
    regime="any batch",
    norms=ROWS,
)
def residual_gradient_missing(rules: Reference) -> Reference:
    def change(layer: Layer, dy: Array, by_sum: Array) -> Pair:
        dx, dresidual = _gradients(layer, dy, by_sum)
        return dx, np.zeros_like(dresidual)

    return _residual_gradients(rules, change)


@deviation(
    "sum-cotangent-ignored",
    "leaves the cotangent of the sum that is handed back out of both gradients",
    seen="constructed; the gradient of the next layer's residual dropped",
    regime="a cotangent of the sum that is not 0",
    norms=ROWS,
)
def sum_cotangent_ignored(rules: Reference) -> Reference:
    return _residual_gradients(
        rules, lambda layer, dy, by_sum: _gradients(layer, dy, np.zeros_like(by_sum))
    )


@deviation(
    "sum-cotangent-normalized",
    "adds the cotangent of the sum to that of y, so that it goes through the normalization",
    seen="Dao-AILab/quack#53 (residual added before the norm's Jacobian)",
    regime="a cotangent of the sum that is not 0",
    norms=ROWS,
)
def sum_cotangent_normalized(rules: Reference) -> Reference:
    return _residual_gradients(
        rules, lambda layer, dy, by_sum: _gradients(layer, dy + by_sum, np.zeros_like(by_sum))
    )


DEVIATIONS = (
    output_rectified,
    cotangent_cut_by_output,
    cotangent_cut_by_input,
    residual_ignored,
    residual_not_normalized,
    residual_handed_back_as_it_was,
    residual_gradient_missing,
    sum_cotangent_ignored,
    sum_cotangent_normalized,
)
