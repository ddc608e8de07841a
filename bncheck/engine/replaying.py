"""Re-running a saved counterexample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bncheck.engine import saved, search
from bncheck.engine.options import Options
from bncheck.engine.replaceable import Worker
from bncheck.engine.session import Died
from bncheck.errors import BncheckError, InternalError
from bncheck.laws import LAWS
from bncheck.model import Counterexample, Finding


@dataclass(frozen=True)
class Replay:
    """FIXED: the law holds on the case now; ERROR: it could not be measured."""

    status: Literal["FIXED", "STILL FAILS", "ERROR"]
    text: str
    finding: Finding | None = None


def replay(path: Path, *, timeout: float = 10.0, load_timeout: float = 60.0) -> Replay:
    """Run a saved counterexample again. Raises UsageError for a file that is none."""
    case = saved.read(path)
    law = next((law for law in LAWS if law.id == case.law), None)
    if law is None:
        return Replay("ERROR", f"law {case.law} of {path} does not exist in this version")
    blank = Finding(law.id, law.title, "error", case.dtype, examples=1, statement=law.statement)
    options = Options(profile=case.profile, timeout=timeout, load_timeout=load_timeout, save=None)
    try:
        worker = Worker(case.target, options)
    except InternalError:
        raise
    except BncheckError as error:
        return Replay("ERROR", f"{case.target} cannot be asked: {error}", blank)
    try:
        seen = worker.ask({"do": "observe", "dtypes": [case.dtype]})
        worker.ask({"do": "convention", "known": seen["known"], "writes": seen["writes"]})
        result = search.ask(worker, law.id, case.recipe, confirm=True, explain=True)
    except Died as died:
        return Replay("STILL FAILS", died.detail, replace(blank, reason=died.detail))
    finally:
        worker.close()
    return _told(result, blank, str(path), case)


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
    measured = replace(blank, error=result["error"], bound=result["bound"])
    text = (
        f"{result['what']}: got {result['got']!r}, exact {result['expected']!r}, off by "
        f"{result['error']:.3g}, allowed {result['bound']:.3g}"
    )
    if result["fails"]:
        return Replay("STILL FAILS", text, replace(measured, verdict="fails", case=shown))
    return Replay("FIXED", text, replace(measured, verdict="holds"))
