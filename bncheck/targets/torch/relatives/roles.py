"""Which tensors of a module are gamma and beta: by their names, else by what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from bncheck.errors import RAISED
from bncheck.model import Case
from bncheck.model.formats import Array
from bncheck.targets.common import effects
from bncheck.targets.common.roles import role_of
from bncheck.targets.torch import parts
from bncheck.targets.torch.parts import Parts, Places
from bncheck.targets.torch.relatives.sight import Sight, tensor
from bncheck.targets.torch.tensors import from_torch, to_torch
from bncheck.targets.torch.tools import one_thread


def with_parts(sight: Sight, *, instance: bool) -> Sight:
    """Find gamma, beta and running statistics, and whether gamma is kept as gamma - 1.

    instance: it is a module that somebody may have trained, so that what its parameters are
        says little
    """
    case = sight.case()
    module = sight.fresh()
    count = case.norm.parameters(case.x.shape)
    there = parts.tensors(module, count)
    # several parameters of one role are no layer's own: the first by its name is
    roles: dict[str, Places] = {}
    wanted = ("gamma", "beta", "running_mean", "running_var")[: 4 if sight.norm.running else 2]
    for path, places in there.items():
        role = role_of(effects.last(path), wanted)
        if role is not None:
            roles.setdefault(role, places)
    for places in (p for p in there.values() if p not in roles.values()):
        role = _effect(sight, case, places)
        if role is not None:
            roles.setdefault(role, places)
    numbers = parts.numbers(module)
    kept = {role: at for role, at in numbers.items() if role not in sight.way.given}
    found = replace(sight, parts=Parts(roles, kept))
    return replace(found, plus_one=_plus_one(found, case, module, instance=instance))


def _effect(sight: Sight, case: Case, places: Places) -> str | None:
    """Tell by what comes of 0 and of 1: beta is added, gamma multiplies what is not constant."""
    zero, one = (_answer(sight, case, {places: v}) for v in (0.0, 1.0))
    if zero is None or one is None or np.array_equal(zero, one):
        return None
    change = one - zero
    # y is of order 1, and is rounded to within its format: half of that tells them apart
    return "beta" if float(abs(change - 1).max()) < 0.5 else "gamma"


def _plus_one(sight: Sight, case: Case, module: Any, *, instance: bool) -> bool:
    """Whether y is 0 for a gamma of -1, and not for 0, in a layer that starts with a gain of 1."""
    places = sight.parts.tensors.get("gamma")
    if not places:
        return False
    fresh = places[0].get(module).detach()
    if not bool((fresh == 0).all()) and (not instance or bool((fresh == 1).all())):
        return False
    others = {at: 0.0 for role, at in sight.parts.tensors.items() if role == "beta"}
    zero, less = (_answer(sight, case, {**others, places: v}) for v in (0.0, -1.0))
    return zero is not None and less is not None and bool(zero.any()) and not less.any()


@one_thread
def _answer(sight: Sight, case: Case, values: Mapping[Places, float]) -> Array | None:
    """Return y with some tensors set to one number each, None where it raises."""
    try:
        module = sight.fresh()
        x = to_torch(np.array(case.norm.laid_out(case.x), order="C"))
        module.to(x.dtype)
        for places, value in values.items():
            for place in places:
                place.fill(module, tensor(value, place.get(module)))
        with torch.no_grad():
            return np.asarray(from_torch(module(x)), np.float64)
    except RAISED:  # laws will show what is wrong with it
        return None
