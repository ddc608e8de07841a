"""What was measured of one law and dtype so far, and the verdict that follows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bncheck.engine.survey import Task

Result = dict[str, Any]


@dataclass
class Tally:
    """Counts and worst cases of one law in one dtype; follows: from other laws, unmeasured."""

    examples: int = 0
    follows: int = 0
    no_promise: int = 0
    worst: Result | None = None
    failing: tuple[Task, Result] | None = None
    fails_in: Counter[str] = field(default_factory=Counter)
    tried_in: Counter[str] = field(default_factory=Counter)
    raised: tuple[Task, Result] | None = None
    raises_in: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    warning: str = ""
    warnings: int = 0
    fault: str = ""
    sees: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def blind(self) -> int:
        """How many examples would not have seen an error as large as the signal."""
        return sum(not power < 1 for power in self.sees)

    def add(self, task: Task, result: Result) -> None:
        """Count one result."""
        status = result["status"]
        self.seconds += result.get("seconds", 0.0)
        if status == "inapplicable":
            self.reasons[result["reason"]] += 1
        elif status == "follows":
            self.follows += 1
            self.tried_in[task.regime] += 1
        elif status == "fault":
            self.fault = self.fault or f"law {result['law']} on {task.recipe!r}: {result['text']}"
        elif status == "raised":
            self.raised = self.raised or (task, result)
            self.raises_in[task.regime] += 1
        else:
            self._measured(task, result)

    def _measured(self, task: Task, result: Result) -> None:
        if result["warning"]:
            self.warning = self.warning or result["warning"]
            self.warnings += 1
        if result["compared"] == 0:
            self.no_promise += 1
            return
        self.examples += 1
        self.sees.append(result["sees"])
        self.tried_in[task.regime] += 1
        if result["fails"]:
            self.fails_in[task.regime] += 1
            if self.failing is None or task.recipe.size < self.failing[0].recipe.size:
                self.failing = (task, result)
        if self.worst is None or _margin(result) > _margin(self.worst):
            self.worst = result

    def where(self) -> str:
        """Say in which regimes the law failed, and how often."""
        parts = [
            f"{name} ({count} of {self.tried_in[name]} cases)"
            for name, count in self.fails_in.most_common(4)
        ]
        kept = [n for n in self.tried_in if n not in self.fails_in]
        held = f"; holds in {', '.join(kept[:4])}" if kept else ""
        return f"fails in {', '.join(parts)}{held}"


def _margin(result: Result) -> float:
    if result["bound"] == 0:
        return math.inf if result["error"] else 0.0
    return float(result["error"] / result["bound"])
