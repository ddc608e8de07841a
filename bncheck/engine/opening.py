"""Opening a target: its workers, the dtypes to try, and a first look at its conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bncheck import arguments
from bncheck.engine.options import Options, call_limit
from bncheck.engine.pace import Pace, Patient
from bncheck.engine.pool import Pool
from bncheck.engine.session import Died, InProcess, Session
from bncheck.engine.worker.remarks import Remarks
from bncheck.engine.worker.replaceable import Worker
from bncheck.errors import InternalError, UsageError
from bncheck.model import Domain, Implementation, Norm
from bncheck.model.formats import FLOAT32, format_of
from bncheck.terminal import brief


@dataclass
class Look:
    """What a first look tells: conventions for the report, and to complete the promises with.

    writes: it writes to the arrays that it is given
    """

    observed: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    writes: bool = False


def asked(
    target: str | Path | Implementation, options: Options | None
) -> tuple[str | Implementation, Options]:
    """Return what is asked for in its plain form. Raises UsageError for what is neither."""
    if options is not None and not isinstance(options, Options):
        raise UsageError(f"options={brief(options)}, but should be bncheck.engine.Options")
    plain = target if isinstance(target, Implementation) else arguments.target(target)
    return plain, options or Options()


def pool(target: str | Implementation, options: Options, *, single: bool = False) -> Pool:
    """Start the workers of a target, or take an implementation as it lives in this process.

    Raises UsageError, TargetError or NotSupported where the target cannot be taken.
    """
    if isinstance(target, Implementation):
        return Pool([InProcess(target)])
    sessions: list[Session] = []
    remarks = Remarks()
    try:
        for _ in range(1 if single else max(1, options.jobs)):
            sessions.append(Worker(target, options, remarks))
    except BaseException:
        Pool(sessions).close()
        raise
    told = sessions[0].loaded["domain"]
    limit = call_limit(options.timeout, few_shapes=bool(told["few_shapes"]))
    pace = Pace(limit, Norm(**told["norm"]))
    return Pool([Patient(session, pace) for session in sessions], pace, remarks)


def dtypes(loaded: Mapping[str, Any], options: Options) -> tuple[tuple[str, str], ...]:
    """Storage dtypes to try, each with the dtype of the parameters."""
    promised = loaded["promised"]
    taken = tuple(promised.get("dtypes") or loaded["domain"]["dtypes"])
    # a promise says all: what is outside of it is not meant
    more = () if "dtypes" in promised else tuple(loaded["domain"].get("takes", ()))
    for name in options.dtypes:
        if name not in (*taken, *more):
            _check(name, taken, loaded["untried"])
    wanted = options.dtypes or taken
    half = promised.get("parameters") == "float32"
    return tuple(
        (d, "float32" if half and format_of(d).precision < FLOAT32.precision else d) for d in wanted
    )


def _check(dtype: str, taken: tuple[str, ...], untried: Iterable[str]) -> None:
    """Raise UsageError for a dtype that the target does not take."""
    if format_of(dtype).precision < FLOAT32.precision:
        raise UsageError(
            f"dtype={dtype!r} is tried only where the target promises it, and this one takes "
            f"{' and '.join(taken)}; if it is meant for {dtype}, let it say so in "
            f'CONVENTION = {{"dtypes": ["{dtype}"]}}'
        )
    for told in untried:
        if told.startswith(f"{dtype}: "):
            raise UsageError(f"dtype={dtype!r} cannot be tried: {told.partition(': ')[2]}")


def domain(loaded: Mapping[str, Any]) -> Domain:
    """Read back the domain that a worker told."""
    told: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in loaded["domain"].items()
    }
    return Domain(**{**told, "norm": Norm(**told["norm"])})


def look(pool: Pool, dtypes: tuple[tuple[str, str], ...]) -> Look:
    """Recognise the conventions, and tell all workers of them."""
    seen = Look({"variance_algorithm": "unknown"})
    try:
        told = pool.first.ask({"do": "observe", "dtypes": [d for d, _ in dtypes]})
        seen.observed.update(told["observed"])
        seen.notes.extend(told["notes"])
        seen.warnings.extend(told["warnings"])
        seen.known.update(told["known"])
        seen.writes = told["writes"]
        known = {"do": "convention", "known": seen.known, "writes": told["writes"]}
        pool.each(lambda session: session.ask(known))
        empty = pool.first.ask({"do": "empty", "dtype": dtypes[0][0]})
        if "empty_batch" in empty:
            seen.observed["empty_batch"] = empty["empty_batch"]
    except Died as died:
        seen.notes.append(f"looking at the conventions ended the target's process: {died.detail}")
    return seen


def stability(pool: Pool, dtype: str, seen: Look, notes: list[str]) -> Mapping[str, Any] | None:
    """Measure how the target's errors grow, and note which variance algorithm that shows.

    None where it cannot be measured; the laws, and not this, say what is wrong with the target.
    """
    taken = domain(pool.first.loaded)
    # errors grow with mean/std where a mean is taken off, and only there
    if not taken.training or not taken.norm.centred:
        return None
    limit = "one shape only" if taken.shape is not None else ""
    limit = limit or ("an activation behind it" if taken.activation else "")
    if limit:
        notes.append(f"the growth of errors is not measured: the target has {limit}")
        return None
    request = {"do": "fingerprint", "dtype": dtype, "observed": seen.observed, "search": False}
    try:
        told = pool.first.ask(request)
    except Died as died:
        notes.append(f"measuring the growth of errors ended the target's process: {died.detail}")
        return None
    except InternalError as error:
        notes.append(f"the growth of errors could not be measured: {error}")
        return None
    for trait in told["traits"]:
        if trait["name"] == "variance_algorithm" and trait["value"]:
            seen.observed["variance_algorithm"] = trait["value"]
    measured: Mapping[str, Any] | None = told["stability"]
    return measured
