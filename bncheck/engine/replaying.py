"""Re-running a saved counterexample: a file that says which target is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bncheck import arguments
from bncheck.cases.data import batch_of
from bncheck.engine import opening, room, saved, search
from bncheck.engine.options import Options
from bncheck.engine.session import Died
from bncheck.engine.worker.replaceable import Worker
from bncheck.errors import BncheckError, InternalError, UsageError
from bncheck.laws import LAWS
from bncheck.model import Counterexample, Finding
from bncheck.trial.law import Law


@dataclass(frozen=True)
class Replay:
    """FIXED: the law holds on the case now; ERROR: it could not be judged."""

    status: Literal["FIXED", "STILL FAILS", "ERROR"]
    text: str
    finding: Finding | None = None
    target: str = ""


def replay(
    path: str | Path,
    *,
    timeout: float = 10.0,
    load_timeout: float = 60.0,
    target: str | Path | None = None,
    trust: bool = False,
) -> Replay:
    """Run a saved counterexample again, on the target that it names.

    target: run it on this one instead; trust: import what the file names, wherever it is from

    Raises UsageError for a file that is none, or that names a target, but is neither trusted nor
    from the ``.bncheck`` of the working folder, where `bncheck.verify` saves its own.
    """
    path = arguments.path(path, "path")
    case = saved.read(path)
    if target is not None:
        case = replace(case, target=arguments.target(target))
    elif not (arguments.switch(trust, "trust") or saved.is_own(path)):
        raise UsageError(
            f"{path} is not from .bncheck of this folder, and running it imports {case.target!r}; "
            f"write --trust if that is meant, or name the target: --target {case.target}"
        )
    room.check(case.recipe)
    if case.recipe.data is not None:
        batch_of(case.recipe.data, case.recipe.shape)  # its file is told of before a target is run
    options = Options(
        profile=case.profile,
        norm=case.norm,
        timeout=timeout,
        load_timeout=load_timeout,
        save=None,
    )
    return replace(_run(path, case, options), target=case.target)


def _run(path: Path, case: saved.Saved, options: Options) -> Replay:
    law = next((law for law in LAWS if law.id == case.law), None)
    if law is None:
        return Replay("ERROR", f"law {case.law} of {path} does not exist in this version")
    blank = Finding(law.id, law.title, "error", case.dtype, examples=1, statement=law.statement)
    try:
        worker = Worker(case.target, options)
    except InternalError:
        raise
    except BncheckError as error:
        return Replay("ERROR", f"{case.target} cannot be asked: {error}", blank)
    try:
        strange = _strange(worker.loaded, law, case)
        if strange:
            text = f"{law.id} is not asked of {case.target} on such a case: {strange}"
            return Replay("ERROR", text, replace(blank, reason=text))
        seen = worker.ask({"do": "observe", "dtypes": [case.dtype]})
        worker.ask({"do": "convention", "known": seen["known"], "writes": seen["writes"]})
        result = search.ask(worker, law.id, case.recipe, confirm=True, explain=True)
    except Died as died:
        return Replay("STILL FAILS", died.detail, replace(blank, reason=died.detail))
    finally:
        worker.close()
    return _told(result, blank, str(path), case)


def _strange(loaded: Mapping[str, Any], law: Law, case: saved.Saved) -> str:
    """Why no run would try this law and this case on the target; a file may say anything."""
    abilities = frozenset(loaded["abilities"])
    if not law.needs <= abilities:
        return f"the target has no {', '.join(sorted(law.needs - abilities))}"
    if law.policy:
        return "it is a policy, which nobody has to follow"
    try:
        (_, parameters), *_ = opening.dtypes(loaded, Options(dtypes=(case.dtype,)))
    except UsageError as error:
        return str(error)
    if case.recipe.parameters not in ("", parameters):
        return f"its parameters are {parameters}, not {case.recipe.parameters}"
    if case.recipe.momentum is None and "running" in abilities and "cumulative" not in abilities:
        return "its running statistics need a momentum"
    return ""


def _told(result: dict[str, Any], blank: Finding, path: str, case: saved.Saved) -> Replay:
    if result["status"] == "raised":
        text = f"{result['where']} raised {result['kind']}: {result['message']}"
        return Replay("STILL FAILS", text, replace(blank, reason=text))
    if result["status"] != "measured":
        return Replay("ERROR", f"law {blank.law} no longer speaks about this case", blank)
    shown = Counterexample(
        python=result.get("python", ""),
        recipe=case.recipe.plain(),
        what=result["what"],
        got=result["got"],
        expected=result["expected"],
        file=path,
    )
    if not result["fails"] and result["compared"] == 0:
        text = (
            f"{result['what']}: nothing was judged, since no bound is promised for this case; the "
            "file may have been changed"
        )
        return Replay("ERROR", text, replace(blank, reason=text))
    measured = replace(blank, error=result["error"], bound=result["bound"])
    text = (
        f"{result['what']}: got {result['got']!r}, exact {result['expected']!r}, off by "
        f"{result['error']:.3g}, allowed {result['bound']:.3g}"
    )
    if result["fails"]:
        return Replay("STILL FAILS", text, replace(measured, verdict="fails", case=shown))
    return Replay("FIXED", text, replace(measured, verdict="holds"))
