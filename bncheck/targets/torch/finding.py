"""Finding the parts of a stranger's module: made, called, and seen to move where they are set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from bncheck.errors import RAISED, TargetError
from bncheck.model import Case
from bncheck.model.formats import Array
from bncheck.targets.common import effects, looking, probing
from bncheck.targets.common.calls import MODES, parameters
from bncheck.targets.common.roles import role_of
from bncheck.targets.torch import making, parts
from bncheck.targets.torch.found import Found, attempt, within
from bncheck.targets.torch.tools import Handling, Living, one_thread


def looked_at(target: Any, kind: type, name: str) -> Found:
    """Make one, call it, and find its parts."""
    maker = making.maker(target, name)
    home = kind.__module__
    if home.startswith("torch.nn.modules.") and not home.endswith((".container", ".batchnorm")):
        raise TargetError(
            f"{name} is torch's own {kind.__name__}, which is no batch normalization; "
            "check torch.nn.BatchNorm1d, 2d or 3d"
        )
    module = maker.build(probing.case(2))
    channels = (maker.channels or _channels(module)) if maker.fixed else 3
    maker = replace(maker, channels=channels if maker.fixed else None)
    flags = _flags(module)
    bare = Found(maker, Handling(parts.Parts(), flags), channels or 3, (), "float32")
    reasons: dict[int, str] = {}
    for rank in (2, 4, 3, 5):
        for dtype in ("float64", "float32"):
            tried = replace(bare, dtype=dtype)
            case = within(probing.case(rank, bare.channels), dtype)
            reasons[rank] = attempt(tried, case)
            if not reasons[rank]:
                return _with_parts(tried, case)
    rank, reason = next(iter(reasons.items()))
    shape = probing.case(rank, bare.channels).x.shape
    raise TargetError(f"{name} takes no array of rank 2 to 5; for shape {shape}: {reason}")


def _with_parts(found: Found, case: Case) -> Found:
    """Find who is who, on a case that the module is known to take."""
    module = found.maker.build(case)
    places = parts.tensors(module, found.channels)
    outside = _differs_without_grad(found, case)
    found = replace(found, handling=replace(found.handling, without_grad=outside))
    frozen = _frozen(found, module, case)

    def answer(values: Mapping[str, Array], training: bool) -> Array | None:
        return _answer(found, case, {places[n]: v for n, v in values.items()}, training=training)

    roles = effects.roles(list(places), answer, found.channels, frozen=frozen)
    if frozen and not roles.keys() >= effects.KEPT.keys():
        frozen = False  # such as an activation: what it would infer by is not there
        roles = effects.roles(list(places), answer, found.channels, frozen=False)
    handling = replace(
        found.handling,
        parts=parts.Parts(
            {role: places[name] for role, name in roles.items()},
            {
                role: at
                for role, at in parts.numbers(module).items()
                if role not in found.maker.given
            },
        ),
    )
    return replace(found, handling=handling, frozen=frozen)


@one_thread
def _answer(
    found: Found, case: Case, values: Mapping[parts.Places, Array], *, training: bool
) -> Array | None:
    """Return y with some tensors set, None where it raises."""
    try:
        module = found.maker.build(case)
        living = Living(module, case, found.handling)
        for places, vector in values.items():
            for place in places:
                place.fill(module, torch.from_numpy(vector.astype(case.x.dtype)))
        return np.asarray((living.train if training else living.eval)(case.x), np.float64)
    except RAISED:  # laws will show what is wrong with it
        return None


def _channels(module: Any) -> int | None:
    """Return the number of channels of an instance: what most of its tensors, or it itself, say."""
    there = parts.tensors(module, None)
    named = [n for n in there if role_of(effects.last(n), effects.PER_CHANNEL) is not None]
    for name in named or list(there):
        return int(there[name][0].get(module).numel())
    said = (v for k, v in vars(module).items() if role_of(k, ["channels"]) and type(v) is int)
    return next(said, None)


def _flags(module: Any) -> dict[str, tuple[Any, Any]]:
    """Return the arguments of ``forward`` that tell the mode, with their values in each."""
    wanted = parameters(module.forward)[1:]
    return {p.name: MODES[role] for p in wanted if (role := role_of(p.name, MODES)) is not None}


def _differs_without_grad(found: Found, case: Case) -> bool:
    """Whether inference is told by ``torch.no_grad()``, as "Dive into Deep Learning" has it."""
    plain = _answer(found, case, {}, training=False)
    quiet = replace(found, handling=replace(found.handling, without_grad=True))
    other = _answer(quiet, case, {}, training=False)
    return plain is not None and other is not None and not np.array_equal(plain, other)


def _frozen(found: Found, module: Any, case: Case) -> bool:
    """Whether it is for inference only: one answer in both modes, for each sample by itself.

    A module that learns is meant to be trained, whatever it does then.
    """
    learns = any(p.requires_grad for p in module.parameters())
    kind = type(module)
    text = f"{kind.__name__} {looking.docstring(kind)}".lower()
    if learns and not any(word in text for word in ("frozen", "inference", "folded")):
        return False
    both = [_answer(found, case, {}, training=t) for t in (True, False)]
    first = _answer(found, replace(case, x=case.x[:1]), {}, training=True)
    if both[0] is None or both[1] is None or first is None:
        return False
    return np.array_equal(both[0], both[1]) and np.array_equal(both[0][:1], first)
