"""What a stranger's module can be asked: each thing is tried once, and what is lacking is said."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bncheck.errors import RAISED, told
from bncheck.model import Ability, Domain, Layer
from bncheck.targets.common import effects, probing
from bncheck.targets.torch.found import Found, first_line, said, within

# what PyTorch says where it has no such derivative; other errors are the module's own
NO_RULE = (
    "implement the jvp function",
    "does not support it",
    "once_differentiable",
    "does not require grad",
    "not been implemented",
)


def answered(found: Found, domain: Domain) -> tuple[Found, frozenset[Ability]]:
    """Ask once for everything; what is not connected or not implemented is no ability."""
    running = found.handling.running
    case = within(
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
                untried.append(f"{what}: {first_line(error)}")
            return False
        except RAISED as error:
            # of a first derivative, it is for the laws to find
            if derived and not any(text in told(error) for text in NO_RULE):
                untried.append(f"{what}: it raised {said(error)}")
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


def missing(found: Found) -> tuple[str, ...]:
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


def unused(kind: type) -> tuple[str, ...]:
    """Say so where a class has a backward pass of its own, which autograd does not ask."""
    written = getattr(kind, "backward", None)
    return ("the method backward: gradients are those of autograd",) if callable(written) else ()
