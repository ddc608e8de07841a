"""A report as plain JSON and back, so that what is shown of both is the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

import numpy as np

from bncheck.model import Counterexample, Finding, Report, Verdict

# What JSON has no word for is an object with one of these names alone.
_NUMBER, _TUPLE, _ITEMS = "$number", "$tuple", "$items"
_KINDS = {"$report": Report, "$finding": Finding, "$counterexample": Counterexample}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_MARKS = frozenset((_NUMBER, _TUPLE, _ITEMS, *_KINDS))

_TEXTS = ("target", "origin", "started")
_LISTS = ("notes", "abilities", "stale", "faults", "untried", "warnings", "missing", "changes")


def encoded(value: Any) -> Any:
    """Return a value as JSON has it. Raises ValueError for one that could not be read back."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):  # also NumPy's double
        return float(value) if math.isfinite(value) else {_NUMBER: str(float(value))}
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return encoded(value.item())
    if type(value) in _NAMES:
        told = {f.name: encoded(getattr(value, f.name)) for f in fields(value)}
        return {_NAMES[type(value)]: told}
    if isinstance(value, tuple):
        return {_TUPLE: [encoded(each) for each in value]}
    if isinstance(value, list):
        return [encoded(each) for each in value]
    if isinstance(value, Mapping):
        plain = all(type(key) is str for key in value) and not _MARKS & value.keys()
        items = [[encoded(key), encoded(held)] for key, held in value.items()]
        return dict(items) if plain else {_ITEMS: items}
    raise ValueError(f"a {type(value).__name__} cannot be kept")


def report(data: Any) -> Report:
    """Return the report that data encode. Raises ValueError where they encode none."""
    try:
        found = _decoded(data)
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"no report: {error}") from None
    if not isinstance(found, Report):
        raise ValueError("no report")
    _check(found)
    return found


def _decoded(data: Any) -> Any:
    if isinstance(data, list):
        return [_decoded(each) for each in data]
    if not isinstance(data, dict):
        return data
    mark = next(iter(data), "") if len(data) == 1 else ""
    if mark == _NUMBER:
        return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[data[mark]]
    if mark == _TUPLE:
        return tuple(_decoded(each) for each in data[mark])
    if mark == _ITEMS:
        return {_decoded(key): _decoded(held) for key, held in data[mark]}
    if mark in _KINDS:
        return _KINDS[mark](**{name: _decoded(held) for name, held in data[mark].items()})
    return {key: _decoded(held) for key, held in data.items()}


def _check(found: Report) -> None:
    """Refuse what no run could have found."""
    _all(str, (getattr(found, name) for name in _TEXTS))
    for name in _LISTS:
        _all(str, _tuple(getattr(found, name)))
    _all(bool, (found.interrupted, found.resumed))
    _all(Mapping, (found.promised, found.observed, found.environment, found.places))
    _all(Mapping, _tuple(found.causes))
    _all(Finding, _tuple(found.findings))
    if not _is_number(found.seconds):
        raise ValueError("seconds is no number")
    for finding in found.findings:
        _check_finding(finding)


def _check_finding(finding: Finding) -> None:
    texts = ("law", "title", "dtype", "reason", "warning", "statement", "known")
    _all(str, (getattr(finding, name) for name in texts))
    _all(str, _tuple(finding.causes))
    _all(int, (finding.examples, finding.follows, finding.no_promise, finding.blind))
    if finding.verdict not in get_args(Verdict):
        raise ValueError("no verdict")
    for name in ("error", "bound", "sees", "typically_sees"):
        value = getattr(finding, name)
        if value is not None and not _is_number(value):
            raise ValueError(f"{name} is no number")
    case = finding.case
    if case is None:
        return
    _all(Counterexample, (case,))
    _all(str, (case.python, case.what, case.file, case.target))
    _all(Mapping, (case.recipe,))
    if not (_is_number(case.got) and _is_number(case.expected)):
        raise ValueError("no numbers in a counterexample")


def _all(kind: type, values: Any) -> None:
    for value in values:
        if not isinstance(value, kind):
            raise ValueError(f"{value!r:.80} is no {kind.__name__}")


def _tuple(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise ValueError(f"{value!r:.80} is no tuple")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
