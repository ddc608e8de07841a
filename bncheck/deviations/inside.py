"""What goes wrong where gamma varies inside a set: layer, RMS and group normalization.

With h = gamma dy the right backward pass is ``dx = inv (h - [mean(h)] - xhat mean(h xhat))``, and
a gradient of a parameter adds up over the samples. Rows are statistic sets; ``[..]`` is left out
where nothing is centred. Most are from public reports on kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bncheck.deviations.elsewhere import CENTRED, ROWS
from bncheck.deviations.elsewhere import of_relatives as deviation
from bncheck.deviations.passes import Pass, Reference, Stage, filled
from bncheck.model.formats import Array


def _dx(rules: Reference, bracket: Stage) -> Reference:
    return replace(rules, dx=lambda p: np.asarray(p.inverse * bracket(p)))


def _terms(p: Pass, mean_of: Array, variance_of: Array) -> Array:
    """Return the two means of the bracket, each of its own cotangent."""
    rules = p.rules
    mean = rules.mean_term(filled(p, dy=mean_of))
    return np.asarray(mean + rules.variance_term(filled(p, dy=variance_of)))


@deviation(
    "gamma-outside-means",
    "leaves gamma out of the means of the backward pass and puts it in front, as batch "
    "normalization has it",
    seen="constructed; ports of batch norm's backward pass to rows",
    regime="gamma not constant inside a set",
)
def gamma_outside_means(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * (p.dy - _terms(p, p.dy, p.dy)))


@deviation(
    "weight-missing-in-xhat-term",
    "leaves gamma out of the term xhat mean(gamma dy xhat) of dx",
    seen="constructed; a comment on karpathy/llm.c#763",
    regime="gamma not constant inside a set",
)
def weight_missing_in_xhat_term(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * p.dy - _terms(p, p.gamma * p.dy, p.dy))


@deviation(
    "weight-twice-in-xhat-term",
    "takes gamma twice in the term xhat mean(gamma dy xhat) of dx",
    seen="NVIDIA/Megatron-LM#6859",
    regime="gamma not 1 inside a set",
)
def weight_twice_in_xhat_term(rules: Reference) -> Reference:
    return _dx(
        rules, lambda p: p.gamma * p.dy - _terms(p, p.gamma * p.dy, p.gamma * p.gamma * p.dy)
    )


@deviation(
    "weight-missing-in-mean-term",
    "leaves gamma out of the term mean(gamma dy) of dx",
    seen="constructed; course work",
    regime="gamma not constant inside a set",
    norms=CENTRED,
)
def weight_missing_in_mean_term(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.gamma * p.dy - _terms(p, p.dy, p.gamma * p.dy))


@deviation(
    "weight-missing-in-dx",
    "leaves gamma out of dx altogether",
    seen="karpathy/llm.c#763, a comment",
    regime="gamma not 1",
)
def weight_missing_in_dx(rules: Reference) -> Reference:
    return _dx(rules, lambda p: p.dy - _terms(p, p.dy, p.dy))


def _over_rows(rules: Reference, chosen: Callable[[Array], Array]) -> Reference:
    """Let the gradients of the parameters add up other rows."""

    return replace(
        rules,
        dgamma=lambda p: chosen(rules.dgamma(p)),
        dbeta=lambda p: chosen(rules.dbeta(p)),
    )


def _kept(terms: Array, rows: Array) -> Array:
    return np.where(rows[:, None], terms, np.zeros_like(terms))


@deviation(
    "parameter-gradients-of-last-row",
    "keeps the gradients of gamma and beta of the last row only: each overwrites the one before",
    seen="constructed; kernels that store where they should add",
    regime="two or more rows",
    norms=ROWS,
)
def parameter_gradients_of_last_row(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: _kept(t, np.arange(len(t)) == len(t) - 1))


@deviation(
    "parameter-gradients-averaged-over-rows",
    "averages the gradients of gamma and beta over the rows instead of adding them up",
    seen="constructed; course work: .mean(0) for .sum(0)",
    regime="two or more rows",
    norms=ROWS,
)
def parameter_gradients_averaged(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: t / max(len(t), 1))


@deviation(
    "parameter-gradients-of-whole-blocks",
    "adds the gradients of gamma and beta up over whole blocks of 2 rows: an odd last row is lost",
    seen="BobMcDear/attorch#18; the block size varies",
    regime="an odd number of rows",
    norms=ROWS,
)
def parameter_gradients_of_blocks(rules: Reference) -> Reference:
    return _over_rows(rules, lambda t: _kept(t, np.arange(len(t)) < len(t) // 2 * 2))


@deviation(
    "gamma-inside-in-forward-mode",
    "puts gamma inside the means in forward mode, where it belongs in front: J (gamma t)",
    seen="constructed; forward mode written by reverse mode",
    regime="gamma not constant inside a set",
)
def gamma_inside_in_forward_mode(rules: Reference) -> Reference:
    def jvp(p: Pass) -> Array:
        ones = np.ones_like(p.gamma)
        return rules.jvp(filled(p, dy=p.gamma * p.dy, gamma=ones))

    return replace(rules, jvp=jvp)


@deviation(
    "double-backward-without-gamma",
    "leaves gamma out of the second derivative by x",
    seen="constructed; a closed form for xhat alone",
    regime="gamma not 1",
)
def double_backward_without_gamma(rules: Reference) -> Reference:
    def double(p: Pass) -> tuple[Array, Array, Array]:
        by_x = rules.double_backward(filled(p, gamma=np.ones_like(p.gamma)))[0]
        return (by_x, *rules.double_backward(p)[1:])

    return replace(rules, double_backward=double)


DEVIATIONS = (
    gamma_outside_means,
    weight_missing_in_xhat_term,
    weight_twice_in_xhat_term,
    weight_missing_in_mean_term,
    weight_missing_in_dx,
    parameter_gradients_of_last_row,
    parameter_gradients_averaged,
    parameter_gradients_of_blocks,
    gamma_inside_in_forward_mode,
    double_backward_without_gamma,
)
