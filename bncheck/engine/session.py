"""Somebody who answers requests about a target, and an implementation in memory as one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bncheck.engine.service import Service, describe
from bncheck.model import Implementation


class Died(Exception):
    """The worker is gone: ``kind`` is crash or hang, ``detail`` a sentence about it.

    how: the sentence without what the target said last; empty where asking again is no use
    """

    def __init__(self, kind: str, detail: str, how: str = "") -> None:
        """Keep the kind apart: a hang costs its timeout every time."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.how = how


class Session(Protocol):
    """Somebody who answers requests about a target."""

    @property
    def loaded(self) -> Mapping[str, Any]:
        """What the target is: name, origin, abilities, promised, domain."""

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request. Raises Died; another worker is then started for the next one."""

    def abandon(self) -> None:
        """End it at once, from another thread than the one that asks: that one raises Died."""

    def close(self) -> None:
        """End it."""


@dataclass
class InProcess:
    """An implementation that lives in this process: it cannot be lost, nor its calls timed."""

    implementation: Implementation

    def __post_init__(self) -> None:
        """Stand ready."""
        self._service = Service(self.implementation)
        self.loaded: Mapping[str, Any] = describe(self.implementation)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer in this process, with warnings and NumPy's errors as a worker has them.

        What a caller has turned into errors, as pytest is told to, is no fault of the target.
        """
        # what NumPy starts with: nothing raises
        with (
            warnings.catch_warnings(),
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        ):
            warnings.simplefilter("ignore")
            return self._service.answer(request)

    def abandon(self) -> None:
        """Nothing to end."""

    def close(self) -> None:
        """Nothing to end."""
