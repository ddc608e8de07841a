"""Which tensor of a stranger's layer is gamma, which the running mean: by name and by effect.

A name proposes, and setting the tensor confirms: gamma and beta move y in training, running
statistics move y in inference only. A tensor with a name that says nothing is taken for what it
does. All this decides who is who; nothing is judged by it.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bncheck.model.formats import Array
from bncheck.targets.common.roles import order, role_of

PER_CHANNEL = ("gamma", "beta", "running_mean", "running_var")
TRAINED = {"gamma": "scale", "beta": "shift"}
KEPT = {"running_mean": "shift", "running_var": "scale"}

# ``(values by name, training) -> y`` with channels on axis 1, None where the layer raises
Answer = Callable[[Mapping[str, Array], bool], Array | None]


def roles(names: Sequence[str], answer: Answer, channels: int, *, frozen: bool) -> dict[str, str]:
    """Say which of the named tensors has which role; roles that nothing has are left out.

    names: with dots where a tensor is in a part of the layer, ``norm.weight``; frozen: the layer
        answers by its running statistics in both modes, so that only names tell
    """
    taken: dict[str, str] = {}
    moved = {name: _effect(name, answer, channels, {}, training=True) for name in names}
    for role, kind in TRAINED.items():
        _take(taken, role, "" if frozen else kind, names, moved)
    # a gamma of 0, as some networks start with, would hide what else there is
    shown = {taken["gamma"]: np.ones(channels)} if "gamma" in taken else {}
    still = [n for n in names if n not in taken.values() and (frozen or not moved[n])]
    moved = {n: _effect(n, answer, channels, shown, training=False) for n in still}
    for role, kind in KEPT.items():
        _take(taken, role, "" if frozen else kind, still, moved)
    for role in KEPT:  # one that is used in training as well is still the one of that name
        if role not in taken:
            _take(taken, role, "", names, dict.fromkeys(names, ""))
    return taken


def last(name: str) -> str:
    """Return a name without the parts that it is in."""
    return name.rpartition(".")[2]


def _take(
    taken: dict[str, str], role: str, kind: str, names: Sequence[str], moved: Mapping[str, str]
) -> None:
    """Give the role to the best of the tensors that have none yet."""
    free = [n for n in names if n not in taken.values()]
    named = [n for n in free if role_of(last(n), PER_CHANNEL) == role]
    named.sort(key=lambda n: order(role, last(n)))
    # a name that speaks of another role is believed, whatever the tensor does
    strangers = [n for n in free if role_of(last(n), PER_CHANNEL) is None]
    active = [n for n in named if moved[n]]
    doing = [n for n in strangers if kind and moved[n] == kind]
    for found in (active, doing, named):
        if found:
            taken[role] = found[0]
            return


def _effect(
    name: str, answer: Answer, channels: int, shown: Mapping[str, Array], *, training: bool
) -> str:
    """Return how y moves where a tensor does: ``"shift"``, ``"scale"`` or ``""`` for not at all."""
    low = 1.25 + np.arange(channels) / 4
    first, second = (answer({**shown, name: v}, training) for v in (low, 2 * low))
    if first is None or second is None or first.shape != second.shape:
        return ""
    moved = second - first
    if not np.isfinite(moved).all() or not moved.any():
        return ""
    axes = (0, *range(2, moved.ndim))
    varies = abs(moved - moved.mean(axes, keepdims=True)).max()
    # a thousandth is far above rounding, in float32 too, and far below a scale's own variation
    return "shift" if varies <= 1e-3 * abs(moved).max() else "scale"
