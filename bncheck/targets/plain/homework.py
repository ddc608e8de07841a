"""Plain classes in the style of course homework: no framework, no agreed interface.

A layer is built, its parts are found by the names people use (`roles`), and what cannot be set
is measured (`probing`) and said in the domain. Nothing about a class is assumed that was not
found on an instance of it.
"""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import TargetError
from bncheck.model import Ability, Convention, Domain, Implementation
from bncheck.targets.common import defaults, probing
from bncheck.targets.common.roles import Slot
from bncheck.targets.plain.plan import PER_CHANNEL, Living, Plan, channels_of, planned


def recognises(target: object) -> bool:
    """Whether the target is a class or instance with ``forward``, or a callable instance."""
    kind = target if isinstance(target, type) else type(target)
    if callable(getattr(kind, "forward", None)):
        return True
    return kind is not type and "__call__" in dir(kind)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a plain class or instance.

    ``promised.channel_axis``, or that of the class's own ``CONVENTION``, says where its channels
    are; otherwise axis 1 is tried first and the last axis second, and axis 0 where gamma is a
    column. ``CONVENTION["ranks"]`` says which ranks it is meant for; otherwise those that it takes.

    Raises TargetError where it cannot be built or takes no array of any rank.
    """
    own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")
    axis = own.channel_axis if promised.channel_axis is None else promised.channel_axis
    said = own
    channels = None if isinstance(target, type) else channels_of(target)
    plan, ranks = _placed(target, name, channels or 3, axis)
    ranks = _meant(name, ranks, own.ranks)
    plan = _without_idle(plan, ranks[0], channels or 3)
    abilities = _abilities(plan, ranks[0], channels or 3)
    domain = Domain(
        ranks=ranks,
        channels=channels,
        dtypes=own.dtypes or Domain.dtypes,
        affine=plan.sets("gamma", "beta"),
    )
    if not plan.sets("eps"):
        domain = replace(domain, fixed_eps=probing.eps(plan.make, ranks[0], channels or 3))
    if "running" in abilities and not plan.sets("momentum"):
        found = probing.momentum(plan.make, ranks[0], channels or 3)
        if probing.cumulative(plan.make, ranks[0], channels or 3):
            abilities |= {"cumulative"}
            domain = replace(domain, only_cumulative=True)
        elif found is not None:
            domain = replace(domain, fixed_momentum=found[0])
            own = replace(own, momentum_weighs=own.momentum_weighs or found[1])
    return Implementation(
        name=name,
        make=plan.make,
        abilities=abilities,
        convention=replace(own, channel_axis=plan.axis),
        domain=domain,
        origin=_origin(target),
        measured=frozenset(_found(own, said, axis)),
        defaults=_defaults(target, plan, domain),
    )


def _defaults(target: Any, plan: Plan, domain: Domain) -> dict[str, float]:
    """Find eps and momentum: of a class by its constructor, of an instance by what it has."""
    fixed = defaults.told(domain.fixed_eps, domain.fixed_momentum)
    if isinstance(target, type):
        return fixed | defaults.of_signature(target)
    slots = {role: plan.slots[role] for role in ("eps", "momentum") if role in plan.slots}
    return fixed | defaults.told(**{role: _held(slot, target) for role, slot in slots.items()})


def _held(slot: Slot, layer: object) -> Any:
    try:
        return slot.get(layer)
    except Exception:  # a property may need what a first batch brings
        return None


def _found(own: Convention, said: Convention, axis: int | None) -> Iterator[str]:
    """Yield what the class did not say itself."""
    if axis is None:
        yield "channel_axis"
    if own.momentum_weighs != said.momentum_weighs:
        yield "momentum_weighs"


def _placed(
    target: Any, name: str, channels: int, axis: int | None
) -> tuple[Plan, tuple[int, ...]]:
    """Find where the channels are, and the ranks that are taken with them there."""
    plan = planned(target, name, channels, 1 if axis is None else axis)
    if axis is None and plan.column:
        turned = planned(target, name, channels, 0)
        if _normalises(turned, 2, channels):
            return turned, (2,)
    reasons = probing.ranks(plan.make, channels)
    taken = tuple(rank for rank, reason in reasons.items() if not reason)
    if axis is None and not plan.slots.keys() & PER_CHANNEL:
        # with nothing that has one value per channel, any array goes through anything
        taken = tuple(r for r in taken if r == 2 or _normalises(plan, r, channels))
    if axis is None and max(taken, default=2) == 2:
        last = planned(target, name, channels, -1)
        more = tuple(
            r for r in reasons if (not reasons[2] or r > 2) and _normalises(last, r, channels)
        )
        if any(rank > 2 for rank in more):
            return last, more
    if not taken:
        rank, reason = next(iter(reasons.items()))
        shape = probing.case(rank, channels).x.shape
        raise TargetError(f"{name} takes no array of rank 2 to 5; for shape {shape}: {reason}")
    return plan, taken


def _without_idle(plan: Plan, rank: int, channels: int) -> Plan:
    """Drop attributes called eps or momentum that do nothing when they are set.

    Such as a constant that the class refers to by its own name. An argument that does nothing
    is kept: whoever takes an eps promises to use it.
    """
    slots = dict(plan.slots)
    for role, measure in (("eps", probing.eps), ("momentum", probing.momentum)):
        if role in slots and role not in plan.given:
            first, second = (measure(plan.make, rank, channels, v) for v in (0.25, 0.375))
            if first is not None and first == second:
                del slots[role]
    return replace(plan, slots=slots)


def _normalises(plan: Plan, rank: int, channels: int) -> bool:
    """Whether a layer, given arrays of this rank, normalizes over all axes but the channels'.

    It must be seen to: a class for ``(m, C)`` only, which takes the mean over the first axis,
    may accept a channels-last image by broadcasting without being meant for it. On a batch whose
    positions differ by several deviations, statistics of each position for itself give quite
    another y. A quarter of a standard deviation tells these apart; nothing is judged by it.
    """
    tried = probing.case(rank, channels, gamma=np.ones(channels), beta=np.zeros(channels))
    positions = np.arange(tried.x[0, 0].size).reshape(tried.x.shape[2:])
    x = tried.x + 8.0 * positions
    axes = (0, *range(2, rank))
    right = (x - x.mean(axes, keepdims=True)) / x.std(axes, keepdims=True)
    try:
        layer = plan.make(tried)
        y = layer.train(x)
        still = layer.state is None or layer.state().mean.shape == (channels,)
        return still and bool(np.all(abs(y - right) < 0.25))
    except Exception:  # whatever it is, it says that this rank is not taken
        return False


def _meant(name: str, taken: tuple[int, ...], promised: tuple[int, ...] | None) -> tuple[int, ...]:
    if promised is None:
        return taken
    missing = [rank for rank in promised if rank not in taken]
    if missing:
        raise TargetError(
            f"{name} promises ranks {list(promised)}, but takes no array of rank {missing[0]}"
        )
    return promised


def _abilities(plan: Plan, rank: int, channels: int) -> frozenset[Ability]:
    running = "running_mean" in plan.slots and "running_var" in plan.slots
    infers = running and plan.switch is not None
    backward = plan.backward is not None
    if backward:
        _check_backward(plan, rank, channels)
    there: dict[Ability, bool] = {
        "backward": backward,
        "eval": infers,
        "eval_backward": infers and backward and _eval_backward(plan, rank, channels),
        "eval_backward_trained": (
            infers and backward and _eval_backward(plan, rank, channels, fresh=False)
        ),
        "running": running,
        "state_before_step": running,
    }
    return frozenset(ability for ability, has in there.items() if has)


def _check_backward(plan: Plan, rank: int, channels: int) -> None:
    """Raise TargetError where ``backward`` needs an argument that cannot be given."""
    tried = probing.case(rank, channels)
    living = Living(plan, tried)
    living.train(tried.x)
    try:
        living.backward(tried.dy)
    except TargetError:
        raise
    except Exception:  # anything else is for the laws to find
        return


def _eval_backward(plan: Plan, rank: int, channels: int, *, fresh: bool = True) -> bool:
    """Whether ``backward`` knows of a preceding call in inference mode.

    Many classes keep what ``backward`` needs in training mode only, or always take the formula
    for training. Such a class promises nothing here: it raises where the training batch had
    another size, or answers as after training. One that raises on a fresh layer only is asked
    after a training step.

    fresh: whether a fresh layer has to answer, too
    """
    tried = probing.case(rank, channels)
    trained = Living(plan, tried)
    try:
        if fresh:
            untouched = Living(plan, tried)
            untouched.eval(tried.x)
            untouched.backward(tried.dy)
        trained.train(tried.x)
        after_training = trained.backward(tried.dy).dx.copy()
        trained.eval(tried.x[1:])
        trained.backward(tried.dy[1:])
        trained.eval(tried.x)
        after_inference = trained.backward(tried.dy).dx
    except Exception:  # whatever it is, it says that this is not supported
        return False
    return not np.array_equal(after_training, after_inference)


def _origin(target: Any) -> str:
    kind = target if isinstance(target, type) else type(target)
    try:
        return f"{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1]}"
    except (OSError, TypeError):
        return ""
