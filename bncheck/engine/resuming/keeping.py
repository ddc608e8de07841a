"""Keeping reports beside saved counterexamples, and finding one that still says what is so."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.diagnosis.memory import UNSTEADY
from bncheck.diagnosis.unsteady import REPEATS
from bncheck.engine.options import Options
from bncheck.engine.resuming import codec
from bncheck.engine.resuming.basis import Basis, merged
from bncheck.engine.resuming.digests import Digests
from bncheck.errors import UsageError
from bncheck.model import Report

SCHEMA = "bncheck/checked/1"
FOLDER = "checked"  # beside the counterexamples
# so many reports are kept; the oldest beyond that are removed
KEPT = 2000
_MOST_BYTES = 1 << 25
# lists of files, which many reports share; an old one that is removed makes its reports run again
_LISTS = 200
_NAME = re.compile(r"[0-9a-f]{24}\.json")
_LIST = re.compile(r"files-[0-9a-f]{24}\.json")


@dataclass(frozen=True)
class Begun:
    """A run that has begun: its plan as it was then, and when that was, in ns since 1970."""

    plan: Mapping[str, Any]
    at: int


def unchanged(target: str, options: Options, now: Mapping[str, Any]) -> Report | None:
    """Return the report of an earlier run of the same plan, where it rests on nothing that changed.

    now: the plan, as `plan.told` says it; None for any doubt
    """
    folder = _folder(options)
    if folder is None:
        return None
    digests = Digests(folder)
    try:
        data = _read(folder / _name(now))
        if data.get("plan") != json.loads(_text(now)):
            return None
        basis = _basis(data.get("basis"), _read(folder / _listed(data.get("installed"))))
        if data.get("state") != basis.state(digests):
            return None
        report = codec.report(data.get("report"))
    except ValueError:
        return None
    whole = report.target == target and not _doubts_of(report)
    cases = [finding.case.file for finding in report.findings if finding.case is not None]
    if not whole or not all(os.path.isfile(file) for file in cases if file):
        return None
    with contextlib.suppress(OSError):
        digests.save()
        os.utime(folder / _name(now))  # it was of use now
    return replace(report, resumed=True)


def keep(report: Report, options: Options, begun: Begun, told: Sequence[Mapping[str, Any]]) -> str:
    """Keep a report with what it rests on; returns why it is not kept, or nothing.

    told: what each process of the target has read, as `Witness.told` says it
    """
    folder = _folder(options)
    if folder is None:
        return "no folder is named to keep it in"
    doubts: list[str] = [*_doubts_of(report), *(doubt for one in told for doubt in one["doubts"])]
    if isinstance(options.budget, float):
        doubts.append("what a limit in seconds comes to depends on the machine")
    if any(one["restarts"] for one in told):
        doubts.append("a process of it was lost, and what that had read is not known")
    if doubts:
        return doubts[0]
    named = [str(path) for path in (options.expected, options.baseline, options.data) if path]
    basis = merged(report.target, told, named)
    digests = Digests(folder)
    try:
        if doubts := basis.doubts(digests, begun.at):
            return doubts[0]
        return _written(folder, report, begun.plan, basis, digests)
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}"
    except ValueError as error:
        return str(error)


def _written(
    folder: Path, report: Report, planned: Mapping[str, Any], basis: Basis, digests: Digests
) -> str:
    told: dict[str, Any] = asdict(basis)
    listed = json.dumps({"installed": told.pop("installed")}).encode()
    name = f"files-{sha256(listed).hexdigest()[:24]}.json"
    data = {
        "schema": SCHEMA,
        "plan": planned,
        "basis": told,
        "installed": name,
        "state": basis.state(digests),
        "report": codec.encoded(replace(report, changes=())),
    }
    text = json.dumps(data)
    files.make_ignored(folder.parent)
    files.make_ignored(folder)
    if _holds(folder / name, listed):
        os.utime(folder / name)
    else:
        files.write(folder / name, listed)
    files.write(folder / _name(planned), text.encode())
    digests.save()
    _prune(folder, _NAME, KEPT)
    _prune(folder, _LIST, _LISTS)
    return ""


def _holds(path: Path, content: bytes) -> bool:
    try:
        return files.read_bytes(path, _MOST_BYTES) == content
    except UsageError:  # it is not there, or is no file
        return False


def _doubts_of(report: Report) -> list[str]:
    """Say why a report is not one to be shown again."""
    unsteady = any(cause.get("deviation") in UNSTEADY for cause in report.causes)
    unsteady |= any(f.law in REPEATS and f.verdict in ("fails", "error") for f in report.findings)
    told = {
        "it was interrupted": report.interrupted,
        "bncheck itself failed at something": bool(report.faults),
        "its answers differ from call to call": unsteady,
        "which cases it is too slow for depends on the machine": bool(report.slow),
    }
    return [doubt for doubt, true in told.items() if true]


def _folder(options: Options) -> Path | None:
    return None if options.save is None else options.save / FOLDER


def _text(planned: Mapping[str, Any]) -> str:
    return json.dumps(planned, sort_keys=True)


def _name(planned: Mapping[str, Any]) -> str:
    """Return the file of what is asked for; whatever else the plan says may differ in it."""
    asked = {name: planned[name] for name in ("target", "options")}
    return f"{sha256(_text(asked).encode()).hexdigest()[:24]}.json"


def _listed(name: object) -> str:
    if not isinstance(name, str) or not _LIST.fullmatch(name):
        raise ValueError("no list of files")
    return name


def _read(path: Path) -> dict[str, Any]:
    """Read an object. Raises ValueError for whatever else is there, and where nothing is."""
    try:
        data = json.loads(files.read_text(path, _MOST_BYTES))
    except (UsageError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(data, dict):
        raise ValueError(f"{path} holds no object")
    if "schema" in data and data["schema"] != SCHEMA:
        raise ValueError(f"{path} is of another version")
    return data


def _basis(own: object, listed: Mapping[str, Any]) -> Basis:
    named = [field.name for field in fields(Basis)]
    data = {**(own if isinstance(own, dict) else {}), "installed": listed.get("installed")}
    lists = [data.get(name) for name in named]
    for each in lists:
        if not isinstance(each, list) or not all(isinstance(one, str) for one in each):
            raise ValueError("no list of files")
    return Basis(**{name: tuple(each or ()) for name, each in zip(named, lists, strict=True)})


def _prune(folder: Path, pattern: re.Pattern[str], most: int) -> None:
    ages: list[tuple[int, str]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                ages.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    for _, name in sorted(ages, reverse=True)[most:]:
        with contextlib.suppress(OSError):
            (folder / name).unlink()
