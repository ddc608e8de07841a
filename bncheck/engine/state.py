"""What a run knows: how it begins, and the report that is made of it at any moment."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.cases.data import Data
from bncheck.engine import opening, own_data, room, untried, versions
from bncheck.engine.options import Options, excluded, patterns
from bncheck.engine.own_data import OwnData
from bncheck.engine.pace import Pace
from bncheck.engine.pool import Pool
from bncheck.engine.reasons import SKIPPED
from bncheck.engine.session import Died
from bncheck.engine.survey import Task
from bncheck.engine.tally import Tally
from bncheck.engine.worker.remarks import Remarks
from bncheck.known import Entry, idle, stale
from bncheck.laws import LAWS
from bncheck.model import Domain, Finding, Implementation, Report
from bncheck.trial.law import Law
from bncheck.version import __version__

UNPROTECTED = "this process, not protected against crashes and hangs"
FEW_SHAPES = (
    "every new shape is compiled for, so shapes are those of a small pool, another one for each "
    "seed: for each kind of input every rank, batch size, number of channels and spatial size, "
    "but few combinations of them"
)

Key = tuple[str, str]


@dataclass
class State:
    """What is known so far; enough to report from at any moment.

    fatal: cases that ended the target's process, with the laws that were tried on them; given_up:
    there were so many that no more cases were tried; own: a user's batches, the only ones that are
    tried then; judged: what is expected to fail, as it was found; saved: files of this run's
    counterexamples; unprotected: the target lives in this process
    """

    target: str
    options: Options
    laws: tuple[Law, ...]
    dtypes: tuple[tuple[str, str], ...]
    abilities: frozenset[str]
    promised: Mapping[str, Any]
    measured: frozenset[str]
    domain: Domain
    known: Mapping[str, Any]
    observed: dict[str, Any]
    notes: list[str]
    origin: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    untried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    missing: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    pace: Pace | None = None
    own: OwnData | None = None
    remarks: Remarks = field(default_factory=Remarks)
    stability: Mapping[str, Any] | None = None
    tallies: dict[Key, Tally] = field(default_factory=dict)
    fatal: list[tuple[Task, tuple[str, ...], Died]] = field(default_factory=list)
    findings: dict[Key, Finding] = field(default_factory=dict)
    judged: dict[Key, Finding] = field(default_factory=dict)
    wrong_outputs: tuple[str, ...] = ()
    small: list[Recipe] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)
    causes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unprotected: bool = False
    interrupted: bool = False
    given_up: bool = False
    out_of_time: bool = False
    largest: int = 0

    def tally(self, law: str, dtype: str) -> Tally:
        """Return what is known of one law and dtype."""
        return self.tallies.setdefault((law, dtype), Tally())


def prepared(
    target: str | Implementation,
    options: Options,
    laws: tuple[Law, ...],
    pool: Pool,
    data: Data | None = None,
) -> State:
    """Look at a target before the first law: dtypes, conventions, stability.

    data: batches that are tried in place of bncheck's own; raises UsageError where none can be
    """
    loaded = pool.first.loaded
    dtypes, own = opening.dtypes(loaded, options), None
    if data is not None:
        own = own_data.chosen(data, target, loaded, dtypes, options)
        dtypes = own.dtypes
    seen = opening.look(pool, dtypes)
    notes = [*(own.notes if own else ()), *seen.notes]
    stability = opening.stability(pool, dtypes[0][0], seen, notes)
    domain = opening.domain(loaded)
    if domain.few_shapes and own is None:
        notes.append(FEW_SHAPES)
    if not isinstance(target, Implementation) and not room.is_limited():
        notes.append(room.NO_LIMIT)
    return State(
        target=target if isinstance(target, str) else target.name,
        unprotected=not isinstance(target, str),
        options=options,
        laws=tuple(law for law in laws if law.about(domain.norm)),
        dtypes=dtypes,
        abilities=frozenset(loaded["abilities"]),
        promised=loaded["promised"],
        measured=frozenset(loaded["measured"]),
        domain=domain,
        known=seen.known,
        observed=dict(seen.observed),
        notes=notes,
        origin=loaded["origin"],
        places=loaded["places"],
        untried=(
            *untried.untried(loaded["untried"], loaded["abilities"], domain),
            *untried.other_laws(options, domain.norm),
            *untried.of_another(options, laws, domain.norm),
            *(own.untried if own else ()),
        ),
        own=own,
        warnings=(*loaded["warnings"], *seen.warnings),
        shows=tuple(loaded["shows"]),
        versions=loaded["versions"],
        device=loaded["device"],
        missing=untried.missing(untried.required(options.require), loaded["abilities"]),
        pace=pool.pace,
        remarks=pool.remarks,
        stability=stability,
        findings={
            (law.id, dtype): Finding(
                law.id,
                law.title,
                "skipped",
                dtype,
                reason=SKIPPED["excluded"],
                statement=law.statement,
            )
            for law in excluded(patterns(options), LAWS)
            for dtype, _ in dtypes
            if law.about(domain.norm)
        },
    )


def reported(state: State, expected: Sequence[Entry]) -> Report:
    """Make the report of what is known."""
    findings = tuple(
        state.findings[law.id, dtype]
        for law in LAWS
        for dtype, _ in state.dtypes
        if (law.id, dtype) in state.findings
    )
    judged = () if state.interrupted else expected
    return Report(
        target=state.target,
        findings=findings,
        promised={k: v for k, v in state.promised.items() if k not in state.measured},
        observed={
            **{k: v for k, v in state.promised.items() if k in state.measured},
            **state.observed,
        },
        stability=state.stability,
        abilities=tuple(sorted(state.abilities)),
        causes=tuple(state.causes),
        wrong_outputs=state.wrong_outputs,
        environment=_environment(state),
        notes=(*state.notes, *([] if state.own else idle(judged, state.target, findings))),
        # what does not fail on somebody's batches may well fail on others
        stale=() if state.own else stale(judged, state.target, findings),
        interrupted=state.interrupted,
        origin=state.origin,
        places=state.places,
        untried=(
            *state.untried,
            *untried.too_slow(state.pace),
            *untried.simplified(state.domain.norm, state.largest),
        ),
        slow=tuple(state.pace.slow) if state.pace else (),
        warnings=(*state.warnings, *state.remarks.told()),
        missing=state.missing,
        faults=(*state.faults, *(t.fault for t in state.tallies.values() if t.fault)),
    )


def _environment(state: State) -> dict[str, Any]:
    return {
        "bncheck": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "versions": {**versions.needed(), **state.versions},
        **({} if state.domain.norm.name == "batch" else {"norm": state.domain.norm.name}),
        "dtypes": [d for d, _ in state.dtypes],
        "ranks": list(state.own.ranks if state.own else state.domain.ranks),
        "budget": state.options.budget,
        "seed": state.options.seed,
        "device": state.device,
        # reports say it as "in this process, ..."
        **({"in": UNPROTECTED} if state.unprotected else {}),
        **({"data": state.own.told()} if state.own else {}),
    }
