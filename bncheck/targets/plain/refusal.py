"""What is said of a class that cannot be taken: what was found, what is missing, what to write."""

from typing import Any

from bncheck.model import Case
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.common.pasting import wrapper
from bncheck.targets.plain.plan import Plan


def refusal(target: Any, name: str, plan: Plan, case: Case, reason: str) -> str:
    """Return five lines: what raised, the roles that were found, and code to paste."""
    kind = kind_of(target)
    found = [f"{plan.forward} (forward)", *(f"{n} (backward)" for n in plan.backwards)]
    found += [f"{slot} ({role.replace('_', ' ')})" for role, slot in plan.slots.items()]
    wanted = ("gamma", "beta", "eps", "running_mean", "running_var")
    missing = [role.replace("_", " ") for role in wanted if not plan.sets(role)]
    parts = [f"bn.{slot} = {role}" for role, slot in plan.slots.items() if role in wanted[:3]]
    body = "; ".join([f"bn = {kind.__name__}(...)", *parts, f"return bn.{plan.forward}(x)"])
    return "\n".join(
        (
            f"{name} takes no array of rank 2 to 5; for shape {case.x.shape}: "
            + reason.removeprefix("it raised "),
            f"found: {', '.join(found)}; not found: {', '.join(missing) or 'nothing'}",
            *wrapper(kind.__module__, kind.__name__, body),
        )
    )
