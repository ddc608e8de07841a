"""Requests and answers, as plain data: what a worker does, in whatever process it lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from time import perf_counter  # bound now: the target may replace what the module holds
from typing import Any

import numpy as np

from bncheck import diagnosis, fingerprint
from bncheck.engine import versions
from bncheck.engine.measure import measure
from bncheck.engine.recognition import empty_batch, observe, writes_to_inputs
from bncheck.engine.stepped import stepped
from bncheck.engine.target import Clock, Target
from bncheck.engine.worker.witness import WITNESS
from bncheck.errors import InternalError
from bncheck.laws import LAWS
from bncheck.model import Implementation
from bncheck.targets.common import devices
from bncheck.trial.shelter import sheltered
from bncheck.trial.trial import Guard
from bncheck.truth.conventions import merged

BY_ID = {law.id: law for law in LAWS}

# Exit code of a worker that ran out of memory in its own work, because the target holds it.
OUT_OF_MEMORY = 97
# ... and of one whose conversation with bncheck was cut off or garbled, by whatever the target did.
CONVERSATION_LOST = 98


class Service:
    """Answers requests about one implementation."""

    def __init__(
        self,
        implementation: Implementation,
        guard: Guard | None = None,
        nearest: Guard | None = None,
    ) -> None:
        """Stand ready; the guards add to the clock that is kept around every call.

        guard: outside of the clock; nearest: inside, next to the call
        """
        self.clock = Clock()
        outer = guard or Guard()
        self._guard = timed(outer, self.clock, nearest or Guard())
        self._implementation = implementation
        self._convention = implementation.convention
        self._writes = False

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Do what is asked.

        That is ``describe``, ``loaded``, ``names``, ``observe``, ``empty``, ``convention``,
        ``fingerprint``, ``measure``, ``answers`` or ``step``.
        """
        match request["do"]:
            case "describe":
                return describe(self._implementation)
            case "loaded":
                return WITNESS.told()
            case "names":
                return {}  # only who shares its process with a target has something to look at
            case "observe":
                self._writes = writes_to_inputs(self._implementation, self._guard)
                seen = observe(self._apart, self._guard, request["dtypes"])
                return {**seen, "writes": self._writes}
            case "empty":
                return empty_batch(self._implementation, self._guard, request["dtype"])
            case "convention":
                self._convention = merged(self._implementation.convention, request["known"])
                # found out once: a call that ends the process must not be made in each of them
                self._writes = request.get("writes", False)
                return {}
            case "fingerprint":
                return self._fingerprint(request)
            case "measure":
                return self._measure(request)
            case "answers":
                self.clock.reset()
                answers = self._answers(request)
                return {"answers": answers, "longest_s": self.clock.longest}
            case "step":
                return self._step(request)
            case other:
                raise InternalError(f"unknown request {other!r}")

    @property
    def _apart(self) -> Implementation:
        """The target as it is looked at where it writes to its inputs: on copies."""
        return sheltered(self._implementation) if self._writes else self._implementation

    def _fingerprint(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return fingerprint.examine(
                self._apart,
                self._convention,
                self._guard,
                request["dtype"],
                request["observed"],
                search=request["search"],
            ).plain()

    def _measure(self, request: Mapping[str, Any]) -> dict[str, Any]:
        target = Target(self._implementation, self._convention, self._guard, self._writes)
        self.clock.reset()
        began = perf_counter()
        results = measure(
            target,
            request["recipe"],
            [BY_ID[name] for name in request["laws"]],
            confirm=request.get("confirm", False),
            explain=request.get("explain", False),
            inferred=request.get("inferred", ()),
        )
        return {
            "results": results,
            "measure_s": perf_counter() - began,
            "target_s": self.clock.target,
            "calls": self.clock.calls,
            "longest_s": self.clock.longest,
        }

    def _step(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return stepped(self._implementation, self._guard, request)

    def _answers(self, request: Mapping[str, Any]) -> dict[str, Any]:
        makes = dict(self._implementation.alternatives)
        make = makes.get(request.get("alternative", ""), self._implementation.make)
        asked = replace(self._implementation, make=make)
        return diagnosis.asked(
            sheltered(asked) if request.get("apart") else asked,
            self._convention,
            self._guard,
            request["recipe"],
            request["scripts"],
        )


def timed(outer: Guard, clock: Clock, nearest: Guard) -> Guard:
    """Put a clock inside a guard, and another guard inside the clock."""

    def enter(where: str) -> None:
        outer.enter(where)
        clock.enter(where)
        nearest.enter(where)

    def leave() -> None:
        nearest.leave()
        clock.leave()
        outer.leave()

    return replace(outer, enter=enter, leave=leave)


def describe(implementation: Implementation) -> dict[str, Any]:
    """Say what an implementation is, as plain data."""
    return {
        "name": implementation.name,
        "origin": implementation.origin,
        "abilities": sorted(implementation.abilities),
        "promised": implementation.convention.promised(),
        "measured": sorted(implementation.measured),
        "domain": asdict(implementation.domain),
        "defaults": dict(implementation.defaults),
        "alternatives": [name for name, _ in implementation.alternatives],
        "places": dict(implementation.places),
        "modeless": implementation.modeless,
        "untried": list(implementation.untried),
        "warnings": list(implementation.warnings),
        "weights": dict(implementation.weights),
        "shows": list(implementation.shows),
        "versions": versions.loaded(),
        "device": devices.used(),
    }
