"""What is put around a finished layer: the shape of deviations that are no formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bncheck.deviations.passes import Reference
from bncheck.model import Case, Gradients, Layer
from bncheck.model.formats import Array


def wrapped(rules: Reference, around: Callable[[Layer, Case], Layer]) -> Reference:
    """Put something around the finished layer."""
    return replace(rules, wrap=lambda layer, case: around(rules.wrap(layer, case), case))


def on_train(rules: Reference, act: Callable[[Layer, Case, Array], Array]) -> Reference:
    """Replace ``train``; ``act`` receives the layer as it was, the case and x."""
    return wrapped(rules, lambda layer, case: replace(layer, train=lambda x: act(layer, case, x)))


def after_train(rules: Reference, act: Callable[[Layer, Case, Array], None]) -> Reference:
    """Do something more at the end of ``train``, whose y stays what it was."""

    def train(layer: Layer, case: Case, x: Array) -> Array:
        y = layer.train(x)
        act(layer, case, x)
        return y

    return on_train(rules, train)


def on_backward(
    rules: Reference, act: Callable[[Callable[[Array], Gradients], Case, Array], Gradients]
) -> Reference:
    """Replace ``backward``; ``act`` receives the one that was there, the case and dy."""

    def around(layer: Layer, case: Case) -> Layer:
        inner = layer.backward
        if inner is None:
            return layer
        return replace(layer, backward=lambda dy: act(inner, case, dy))

    return wrapped(rules, around)
