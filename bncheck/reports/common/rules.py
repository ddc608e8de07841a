"""What a finding is filed under: the deviation that was named, or the law that does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bncheck.reports.common.blocks import says
from bncheck.terminal import beginning

if TYPE_CHECKING:
    from bncheck.model import Finding

# characters of an id, of what it says in a line, and in full
MOST_ID = 100
MOST_SAYS = 300
MOST_IN_FULL = 1000


@dataclass(frozen=True)
class Rule:
    """An id that lasts, what it says in a line and in full, and the command that tells more."""

    id: str
    says: str
    in_full: str
    command: str = ""


def of_cause(cause: Mapping[str, Any]) -> Rule:
    """Return the rule of a cause, as the diagnosis names it."""
    name = _id(str(cause.get("deviation", "")))
    said = beginning(says(cause), MOST_SAYS) or f"the deviation {name}"
    told = f"{said}. A deviation is a named way of being wrong; this one is {name}."
    return Rule(name, said, told, f"bncheck explain {name}")


def of_law(finding: Finding) -> Rule:
    """Return the rule of a law: what must hold."""
    law = _id(finding.law)
    title = beginning(finding.title, MOST_SAYS) or f"the law {law}"
    statement = beginning(finding.statement, MOST_IN_FULL)
    return Rule(law, title, statement or title, f"bncheck explain {law}")


def _id(name: str) -> str:
    return beginning(name, MOST_ID).replace(" ", "-") or "unnamed"


RAISES = Rule(
    "raises",
    "raises where it should answer",
    "The target raised, ended its process or hung on inputs that it should have answered.",
    "bncheck explain raises",
)
MISSING = Rule(
    "missing-ability",
    "the target lacks what is required of it",
    "--require names an ability, such as a backward pass, that the target does not have.",
)
STALE = Rule(
    "stale-expectation",
    "an expectation is stale",
    "An entry of what is expected to fail, for which nothing fails any more: take it out.",
)
WARNING = Rule(
    "beside-the-verdict",
    "beside the verdict",
    "Something about the target that no law judges; it changes no exit code.",
)
NOT_CHECKED = Rule(
    "not-checked",
    "not everything could be checked",
    "The run says nothing, or not everything, about the target: it did not load, no law applied, "
    "or it was interrupted.",
    "bncheck explain 2",
)
FAULT = Rule(
    "fault-of-bncheck",
    "a fault of bncheck itself, please report it",
    "bncheck itself failed at something; what it found otherwise still stands.",
    "bncheck explain 3",
)
