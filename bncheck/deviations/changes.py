"""The two shapes of most changes: a stage that sees something else, or returns something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bncheck.deviations.passes import Pass, Reference
from bncheck.model.formats import Array


def seeing(rules: Reference, change: Callable[[Pass], Pass], *stages: str) -> Reference:
    """Let these stages see a changed pass; all others see what they saw."""

    def of(stage: Callable[[Pass], Any]) -> Any:
        return lambda p: stage(change(p))

    return replace(rules, **{name: of(getattr(rules, name)) for name in stages})


def returning(rules: Reference, change: Callable[[Pass, Array], Array], *stages: str) -> Reference:
    """Change what these stages return, given the pass and what they returned."""

    def of(stage: Callable[[Pass], Array]) -> Any:
        return lambda p: change(p, stage(p))

    return replace(rules, **{name: of(getattr(rules, name)) for name in stages})
