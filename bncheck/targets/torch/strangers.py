"""Modules that somebody wrote: what they have is found by names, confirmed by what it does.

What a module lacks, or raises for, is no ability of it, and is said; it is never refused for that.
"""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from bncheck.errors import TargetError, told
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer
from bncheck.model.formats import Array, format_of
from bncheck.targets.common import claims, defaults, effects, probing
from bncheck.targets.common.calls import MODES, parameters
from bncheck.targets.common.roles import role_of
from bncheck.targets.torch import making, parts
from bncheck.targets.torch.tools import Handling, Living, layer_of, one_thread

HALF = ("float16", "bfloat16")
DTYPES = ("float32", "float64")
# what PyTorch says where it has no such derivative; other errors are the module's own
NO_RULE = (
    "implement the jvp function",
    "does not support it",
    "once_differentiable",
    "does not require grad",
    "not been implemented",
)


@dataclass(frozen=True)
class Found:
    """What is known of a stranger's module so far.

    ranks: that are tried; dtype: in which it is probed; frozen: it has no training mode
    untried, warnings: as in `Implementation`
    """

    maker: making.Maker
    handling: Handling
    channels: int
    ranks: tuple[int, ...]
    dtype: str
    frozen: bool = False
    untried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def make(self, case: Case) -> Layer:
        """Make a living layer; without a training mode, inference stands for it."""
        layer = layer_of(self.maker.build(case), case, self.handling)
        return replace(layer, train=layer.eval) if self.frozen and layer.eval else layer

    def probing(self, case: Case) -> Layer:
        """Make a layer as `make`, which is given everything in the dtype that the module takes."""
        layer = self.make(_in(case, self.dtype))
        dtype = format_of(self.dtype).dtype
        return replace(layer, train=lambda x: layer.train(x.astype(dtype)))


def implementation(target: Any, name: str, promised: Convention) -> tuple[Implementation, Handling]:
    """Make an implementation of a module or its class, and say how it is handled.

    Raises TargetError where it takes no array, or nothing about it is batch normalization.
    """
    kind = target if isinstance(target, type) else type(target)
    own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")
    axis = own.channel_axis if promised.channel_axis is None else promised.channel_axis
    found = _placed(_looked_at(target, kind, name), kind, name, axis)
    _is_normalization(found, name)
    found, domain, weighs = _settings(found)
    found, abilities = _answered(found, domain)
    if own.ranks:
        found = replace(found, ranks=own.ranks)
    untried = (*found.untried, *_missing(found), *_unused(kind))
    known = weighs if own.momentum_weighs is None else None
    turned = axis is None and found.handling.axis != 1
    made = Implementation(
        name=name,
        make=found.make,
        abilities=abilities,
        convention=replace(
            own,
            channel_axis=found.handling.axis if turned else own.channel_axis,
            momentum_weighs=own.momentum_weighs or known,
        ),
        domain=replace(
            domain,
            ranks=found.ranks,
            channels=found.maker.channels,
            dtypes=own.dtypes or _dtypes(found),
            takes=HALF,
            affine=found.handling.affine,
            training=not found.frozen,
        ),
        origin=_origin(kind),
        defaults=_defaults(target, found, domain),
        measured=frozenset(
            [*["momentum_weighs"] * (known is not None), *["channel_axis"] * turned]
        ),
        untried=untried + _left_dtypes(found, own),
        warnings=found.warnings,
    )
    return made, found.handling


# -- finding the parts ----------------------------------------------------------------------


def _looked_at(target: Any, kind: type, name: str) -> Found:
    """Make one, call it, and find its parts."""
    maker = making.maker(target, name)
    home = kind.__module__
    if home.startswith("torch.nn.modules.") and not home.endswith((".container", ".batchnorm")):
        raise TargetError(
            f"{name} is torch's own {kind.__name__}, which is no batch normalization; "
            "check torch.nn.BatchNorm1d, 2d or 3d"
        )
    module = maker.build(probing.case(2))
    channels = maker.channels or (3 if isinstance(target, type) else _channels(module))
    if channels is not None and not isinstance(target, type):
        maker = replace(maker, channels=channels)
    flags = _flags(module)
    bare = Found(maker, Handling(parts.Parts(), flags), channels or 3, (), "float32")
    reasons: dict[int, str] = {}
    for rank in (2, 4, 3, 5):
        for dtype in ("float64", "float32"):
            tried = replace(bare, dtype=dtype)
            case = _in(probing.case(rank, bare.channels), dtype)
            reasons[rank] = _attempt(tried, case)
            if not reasons[rank]:
                return _with_parts(tried, case)
    rank, reason = next(iter(reasons.items()))
    shape = probing.case(rank, bare.channels).x.shape
    raise TargetError(f"{name} takes no array of rank 2 to 5; for shape {shape}: {reason}")


def _attempt(found: Found, case: Case) -> str:
    try:
        found.make(case).train(case.x)
    except Exception as error:  # whatever it is, it says that this is not taken
        return _said(error)
    return ""


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
    except Exception:  # laws will show what is wrong with it
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
    text = f"{kind.__name__} {kind.__doc__ or ''}".lower()
    if learns and not any(word in text for word in ("frozen", "inference", "folded")):
        return False
    both = [_answer(found, case, {}, training=t) for t in (True, False)]
    first = _answer(found, replace(case, x=case.x[:1]), {}, training=True)
    if both[0] is None or both[1] is None or first is None:
        return False
    return np.array_equal(both[0], both[1]) and np.array_equal(both[0][:1], first)


def _is_normalization(found: Found, name: str) -> None:
    """Raise TargetError where nothing of batch norm is there: neither its parts nor its effect."""
    if found.handling.parts.tensors or any(_normalises(found, rank) for rank in found.ranks):
        return
    raise TargetError(
        f"{name} is a module in which no gamma, beta or running statistics were found, and whose "
        "output is not normalized over all axes but the channels'; give a batch normalization, "
        "such as torch.nn:BatchNorm1d"
    )


# -- ranks, dtypes, settings ----------------------------------------------------------------


def _placed(found: Found, kind: type, name: str, axis: int | None) -> Found:
    """Find the ranks it is for, and where it has its channels."""
    module = found.maker.build(probing.case(4, found.channels))
    kept = found.handling.parts.tensors.values()
    shapes = [tuple(places[0].get(module).shape) for places in kept]
    said = claims.claimed(kind.__name__, kind.__doc__, shapes)
    if found.maker.example:
        said |= {len(found.maker.example)}
    first = replace(found, handling=replace(found.handling, axis=1 if axis is None else axis))
    one = _ranked(first, said, name)
    if axis is None and max(one.ranks, default=2) == 2:
        last = replace(found, handling=replace(found.handling, axis=-1))
        more = tuple(r for r in (3, 4, 5) if _normalises(last, r))
        if more:
            two = (2,) if 2 in one.ranks else ()
            return replace(last, ranks=two + more)
    if not one.ranks:
        reason = "; ".join((*one.untried, *one.warnings))
        raise TargetError(f"{name} takes no array of rank 2 to 5: {reason[:300]}")
    return one


def _ranked(found: Found, said: frozenset[int], name: str) -> Found:
    """Try every rank: what raises is told, what nobody speaks of and is something else, too."""
    taken, warned = [], []
    raised: dict[int, str] = {}
    for rank in claims.RANKS:
        reason = _attempt(found, _in(probing.case(rank, found.channels), found.dtype))
        if reason:
            raised[rank] = reason
            continue
        axes = "" if found.frozen else _reduced(found, rank)
        if rank in said or axes in ("", claims.all_but_channels(rank)):
            taken.append(rank)
        else:
            warned.append(
                f"rank {rank} is not tried: it answers, normalized over axes {axes}, and nothing "
                f"in {name} says that it is for rank {rank}"
            )
    return replace(
        found,
        ranks=tuple(taken),
        untried=(*found.untried, *_raising(raised, said)),
        warnings=(*found.warnings, *warned),
    )


def _raising(raised: Mapping[int, str], said: frozenset[int]) -> Iterator[str]:
    """Tell ranks that raise: each that somebody speaks of, and the others in one sentence."""
    others = [rank for rank in raised if rank not in said]
    yield from (f"rank {rank}: it raised {raised[rank]}" for rank in raised if rank in said)
    if others:
        several = f"ranks {', '.join(map(str, others))}" if others[1:] else f"rank {others[0]}"
        yield f"{several}: it raised {raised[others[0]]}"


def _reduced(found: Found, rank: int) -> str:
    return claims.reduced(found.probing, rank, found.channels, format_of(found.dtype).dtype)


def _normalises(found: Found, rank: int) -> bool:
    return _reduced(found, rank) == claims.all_but_channels(rank)


def _dtypes(found: Found) -> tuple[str, ...]:
    """Return those of the usual dtypes that it takes."""
    return tuple(d for d in DTYPES if not _dtype_raises(found, d))


def _dtype_raises(found: Found, dtype: str) -> str:
    tried = _in(probing.case(found.ranks[0], found.channels), dtype)
    return "" if dtype == found.dtype else _attempt(found, tried)


def _left_dtypes(found: Found, own: Convention) -> tuple[str, ...]:
    if own.dtypes:
        return ()
    raised = {d: _dtype_raises(found, d) for d in DTYPES}
    return tuple(f"{d}: it raised {reason}" for d, reason in raised.items() if reason)


def _settings(found: Found) -> tuple[Found, Domain, Any]:
    """Find which of eps and momentum can be set, and measure the others.

    An attribute that does nothing when it is set is not the one in use; an argument of the
    constructor is kept: whoever takes an eps promises to use it.
    """
    domain, weighs = Domain(), None
    if found.frozen:
        measure_eps: Callable[..., float | None] = functools.partial(_inference_eps, found)
    else:
        measure_eps = probing.eps
    rank = found.ranks[0]
    if "eps" not in found.maker.given:
        found, settable = _without_idle(found, "eps", measure_eps, rank)
        if not settable:
            domain = replace(domain, fixed_eps=measure_eps(found.probing, rank, found.channels))
    if "momentum" not in found.maker.given and found.handling.running and not found.frozen:
        found, settable = _without_idle(found, "momentum", probing.momentum, rank)
        if not settable and probing.cumulative(found.probing, rank, found.channels):
            domain = replace(domain, only_cumulative=True)
        elif not settable and (seen := probing.momentum(found.probing, rank, found.channels)):
            domain, weighs = replace(domain, fixed_momentum=seen[0]), seen[1]
    return found, domain, weighs


def _without_idle(
    found: Found, role: str, measure: Callable[..., Any], rank: int
) -> tuple[Found, bool]:
    """Leave attributes out that do nothing; also returns whether there are others."""
    numbers = dict(found.handling.parts.numbers)
    if role not in numbers:
        return found, False
    first, second = (measure(found.probing, rank, found.channels, v) for v in (0.25, 0.375))
    if first is None or first != second:
        return found, True
    del numbers[role]
    kept = replace(found.handling, parts=replace(found.handling.parts, numbers=numbers))
    return replace(found, handling=kept), False


def _inference_eps(
    found: Found, make: Callable[[Case], Layer], rank: int, channels: int, given: float = 1e-5
) -> float | None:
    """Measure the eps in use in inference: with the variance 0, y of 1 is ``1 / sqrt(eps)``."""
    like = probing.case(rank, channels)
    zeros, ones = np.zeros(channels), np.ones(channels)
    plain = {"gamma": ones, "beta": zeros, "running_mean": zeros, "running_var": zeros}
    try:
        layer = make(probing.case(rank, channels, x=0 * like.x + 1, eps=given, **plain))
        y = float(layer.train(0 * like.x + 1).flat[0])
    except Exception:  # laws will show what is wrong with it
        return None
    return probing.short(y**-2) if np.isfinite(y) and y > 0 else None


# -- abilities ------------------------------------------------------------------------------


def _answered(found: Found, domain: Domain) -> tuple[Found, frozenset[Ability]]:
    """Ask once for everything; what is not connected or not implemented is no ability."""
    running = found.handling.running
    case = _in(
        probing.case(
            found.ranks[0],
            found.channels,
            eps=domain.fixed_eps or 1e-5,
            momentum=domain.momentum(0.1),
        ),
        found.dtype,
    )
    strict = replace(found, handling=replace(found.handling, strict=True))
    untried: list[str] = []

    def answers(what: str, ask: Callable[[Layer], Any], *, derived: bool = False) -> bool:
        try:
            ask(strict.make(case))
        except NotImplementedError as error:
            if not derived:
                untried.append(f"{what}: {_first(error)}")
            return False
        except Exception as error:
            # of a first derivative, it is for the laws to find
            if derived and not any(text in told(error) for text in NO_RULE):
                untried.append(f"{what}: it raised {_said(error)}")
            return not derived
        return True

    def after(mode: str) -> Callable[[Layer], Any]:
        def ask(layer: Layer) -> None:
            getattr(layer, mode)(case.x)
            if layer.backward is not None:
                layer.backward(case.dy)

        return ask

    if found.frozen:
        inferred = running and answers("gradients", after("eval"))
        there: set[Ability] = {"eval", "eval_backward"} if inferred else {"eval"}
        there |= {"state_before_step"} if running else set()
        return replace(found, untried=(*found.untried, *untried)), frozenset(there)
    backward = answers("gradients", after("train"))
    infers = running and answers("inference", lambda layer: layer.eval and layer.eval(case.x))
    has: dict[Ability, bool] = {
        "backward": backward,
        "eval": infers,
        "eval_backward": infers
        and not found.handling.without_grad
        and answers("gradients in inference", after("eval")),
        "running": running,
        "state_before_step": running,
        "cumulative": running and domain.only_cumulative,
        "jvp": answers("jvp", lambda m: m.jvp and m.jvp(case.x, case.dy), derived=True),
        "double_backward": found.handling.affine
        and answers(
            "second derivatives",
            lambda m: m.double_backward and m.double_backward(case.x, case.dy, case.x),
            derived=True,
        ),
    }
    return replace(found, untried=(*found.untried, *untried)), frozenset(
        ability for ability, can in has.items() if can
    )


def _missing(found: Found) -> tuple[str, ...]:
    """Say what was looked for and not found."""
    there = found.handling.parts
    if found.frozen:
        return ("training: the module has no training mode",)
    if not found.handling.running:
        one = next((str(there.tensors[r][0]) for r in effects.KEPT if r in there.tensors), "")
        only = f"; only {one}" if one else ""
        return (f"inference: no running statistics were found{only}",)
    if found.handling.without_grad:
        return ("gradients in inference: it infers under torch.no_grad() only",)
    return ()


def _unused(kind: type) -> tuple[str, ...]:
    """Say so where a class has a backward pass of its own, which autograd does not ask."""
    written = getattr(kind, "backward", None)
    return ("the method backward: gradients are those of autograd",) if callable(written) else ()


# -- small ----------------------------------------------------------------------------------


def _in(case: Case, dtype: str) -> Case:
    kind = format_of(dtype).dtype
    names = ("x", "gamma", "beta", "dy", "running_mean", "running_var")
    return replace(case, **{name: getattr(case, name).astype(kind) for name in names})


def _defaults(target: Any, found: Found, domain: Domain) -> dict[str, float]:
    fixed = defaults.told(domain.fixed_eps, domain.fixed_momentum)
    if isinstance(target, type):
        return fixed | defaults.of_signature(target)
    there = found.handling.parts.numbers
    return fixed | defaults.told(**{role: places[0].get(target) for role, places in there.items()})


def _said(error: Exception) -> str:
    return ": ".join(filter(None, (type(error).__name__, _first(error))))


def _first(error: Exception) -> str:
    """Return the first line of what an error says, and not too much of it."""
    return next(iter(told(error).strip().splitlines()), "")[:160]


def _origin(kind: type) -> str:
    try:
        return f"{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1]}"
    except (OSError, TypeError):
        return ""
