"""What functions can be asked for, each ability tried before it is claimed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bncheck.errors import RAISED, TargetRaised, told
from bncheck.model import Ability, Case, Layer
from bncheck.targets.common import probing
from bncheck.targets.plain.sheet import Sheet


@dataclass(frozen=True)
class Seen:
    """Abilities, what cannot be asked for and why, and further backward passes by number."""

    abilities: frozenset[Ability]
    untried: tuple[str, ...]
    alternatives: tuple[tuple[int, str], ...]


def of(make: Callable[..., Layer], sheets: Sequence[Sheet], case: Case) -> Seen:
    """Try what the functions for all ranks have; what is not implemented is a missing ability."""
    first = sheets[0]
    training = first.group.forward is not None
    untried = [f"{unread}: not called" for unread in first.group.unread]
    backward = training and all(s.group.backwards or s.differentiates for s in sheets)
    if backward and first.group.backwards:
        backward = not (why := _not_written(lambda: _backward(make, case, 0)))
        untried += [f"{first.group.backwards[0].name}: {why}"] if why else []
    infers = all(s.infers for s in sheets)
    if infers and (why := _not_written(lambda: _eval(make, case))):
        infers, untried = False, [*untried, f"inference: {why}"]
    runs = training and all(s.runs for s in sheets)
    takes = first.group.forward is not None and first.group.forward.running
    if takes and not runs:
        untried.append("running statistics: they are taken, and neither returned nor written to")
    there: dict[Ability, bool] = {
        "backward": backward,
        "eval": infers,
        "eval_backward": infers and _eval_backward(make, sheets, case, training=training),
        "running": runs,
        "state_before_step": runs or infers,
        "adding": training and first.adds,
    }
    others = list(enumerate(first.group.backwards))[1:] if backward else []
    written = []
    for number, asked in others:
        why = _not_written(lambda n=number: _backward(make, case, n), stub=True)  # type: ignore[misc] # a default
        if why:
            untried.append(f"{asked.name}: {why}")
        else:
            written.append((number, asked.name))
    return Seen(frozenset(a for a, has in there.items() if has), tuple(untried), tuple(written))


def _eval_backward(
    make: Callable[..., Layer], sheets: Sequence[Sheet], case: Case, *, training: bool
) -> bool:
    # where torch.no_grad tells the mode, there is no derivative of inference
    if all(s.group.infer_backward is not None or s.differentiates for s in sheets):
        return not any(s.quiet for s in sheets)
    alone = all(s.group.infer is None for s in sheets)
    return training and alone and probing.knows_inference(make, case)


def _backward(make: Callable[..., Layer], case: Case, number: int) -> Any:
    layer = make(case, backward=number)
    layer.train(case.x)
    return layer.backward(case.dy) if layer.backward else None


def _eval(make: Callable[..., Layer], case: Case) -> Any:
    layer = make(case)
    return layer.eval(case.x) if layer.eval else None


def _not_written(call: Callable[[], Any], *, stub: bool = False) -> str:
    """Say why something is a missing ability, nothing where it is there, right or wrong.

    stub: one that returns None in all places, as an exercise that was not done, is missing too
    """
    try:
        call()
    except NotImplementedError as error:
        return ": ".join(filter(None, ("it raises NotImplementedError", told(error)[:100])))
    except TargetRaised as error:
        if stub and "returned None" in error.message:
            return "it returns None"
    except RAISED:  # anything else is for the laws to find
        return ""
    return ""
