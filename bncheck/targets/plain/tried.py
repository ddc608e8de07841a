"""What a plain class can be asked for, each ability tried before it is claimed."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from bncheck.errors import RAISED, TargetError, TargetRaised, told
from bncheck.model import Ability, Case
from bncheck.targets.common import probing
from bncheck.targets.plain.instance import layer_of
from bncheck.targets.plain.plan import Plan


@dataclass(frozen=True)
class Seen:
    """What works. main: the first backward pass that does, by its number."""

    main: int
    abilities: frozenset[Ability]
    untried: tuple[str, ...]
    alternatives: tuple[tuple[str, Any], ...]


def seen(plan: Plan, case: Case) -> Seen:
    """Try what the class has; what is not implemented, or cannot be called, is missing."""
    tried = range(len(plan.backwards))
    why = {n: _backward_missing(plan, case, n) if plan.training else "" for n in tried}
    working = [number for number, reason in why.items() if not reason]
    what = "its method " if working else ""  # else there is no backward at all
    untried = [f"{what}{plan.backwards[n]}: {reason}" for n, reason in why.items() if reason]
    backward = bool(working) or plan.differentiates
    main = working[0] if working else 0
    infers = plan.infers
    if plan.switch is not None and not plan.runs:
        untried.append("inference: no running statistics were found")
    make = partial(layer_of, plan, backward=main)
    asked = infers and backward and plan.training
    fresh = infers and backward and plan.differentiates
    fresh = fresh or (asked and probing.knows_inference(make, case))
    after_training = asked and not fresh and probing.knows_inference(make, case, fresh=False)
    there: dict[Ability, bool] = {
        "backward": backward and plan.training,
        "eval": infers,
        "eval_backward": fresh,
        # a class that raises on a fresh layer only is asked after a training step
        "eval_backward_trained": after_training,
        "running": plan.runs and plan.training,
        "state_before_step": plan.runs,
    }
    others = [
        (plan.backwards[n], partial(layer_of, plan, backward=n)) for n in working if n != main
    ]
    has = frozenset(ability for ability, is_there in there.items() if is_there)
    return Seen(main, has, tuple(untried), tuple(others))


def _backward_missing(plan: Plan, case: Case, number: int) -> str:
    """Say why a backward pass cannot be asked for; nothing where it can, right or wrong."""
    try:
        layer = layer_of(plan, case, backward=number)
        layer.train(case.x)
        if layer.backward is not None:
            layer.backward(case.dy)
    except NotImplementedError as error:
        return ": ".join(filter(None, ("it raises NotImplementedError", told(error)[:100])))
    except TargetError as error:
        return told(error).removeprefix(f"{plan.name}.{plan.backwards[number]} ")
    except TargetRaised as error:
        return "it returns None" if number and "returned None" in error.message else ""
    except RAISED:  # anything else is for the laws to find
        return ""
    return ""
