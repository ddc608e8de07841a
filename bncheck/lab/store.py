"""What was found, as lines of JSON: one record a line, so that a torn end loses one record."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.lab.model import Record

SCHEMA = "bncheck/lab/1"
_TYPES = {
    "experiment": str,
    "digest": str,
    "cell": str,
    "seed": int,
    "data": str,
    "seconds": float,
    "effects": dict,
    "arms": dict,
}


@dataclass(frozen=True)
class Stored:
    """Records of a file, and what was wrong at its end, one sentence, if something was."""

    records: tuple[Record, ...] = ()
    torn: str = ""


def read(path: Path) -> Stored:
    """Read a file of records; one that is not there has none.

    Raises UsageError for what is no such file. A last line that is not whole is left out, and told.
    """
    if not path.exists():
        return Stored()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as results of the lab: {error}") from None
    return loads(text, str(path))


def loads(text: str, name: str) -> Stored:
    """Read the text of such a file; name: for messages."""
    head, _, rest = text.partition("\n")
    _check_head(head, name)
    records: dict[tuple[str, str, int, str], Record] = {}
    lines = rest.split("\n")
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        try:
            record = _record(json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            if number == len(lines) + 1:
                return Stored(tuple(records.values()), f"{name}: its last line is torn; left out")
            raise UsageError(f"{name}, line {number}: is no record of the lab ({error})") from None
        key = record.experiment, record.cell, record.seed, record.digest
        if key in records:
            raise UsageError(f"{name}, line {number}: {_told(record)} is there twice")
        records[key] = record
    return Stored(tuple(records.values()))


def check_arms(records: Iterable[Record], name: str) -> None:
    """Raise UsageError where arms are not made as those of the registered records are.

    Reports and figures read them by key; a record of a definition that is registered has the same
    keys, and numbers or lists of numbers in the same places.
    """
    made = {(r.experiment, r.cell, r.digest): _form(r.arms) for r in registered() if r.arms}
    for record in records:
        form = made.get((record.experiment, record.cell, record.digest))
        if form is not None and record.arms and _form(record.arms) != form:
            raise UsageError(
                f"{name}: {_told(record)} does not have what {record.experiment} measures; "
                "measure it anew, with another --output"
            )


def _form(value: Any) -> Any:
    """Return how plain data is made, whatever the numbers are, and how many."""
    if isinstance(value, Mapping):
        return {key: _form(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        forms = [_form(v) for v in value]
        return [forms[0]] if forms and all(form == forms[0] for form in forms) else forms
    return "number" if value is None or isinstance(value, int | float) else type(value).__name__


def dumps(records: Iterable[Record]) -> str:
    """Return the text of a file with these records."""
    return "".join([_HEAD, *(line(record) for record in records)])


def line(record: Record) -> str:
    """Return the line of a record; what is no number is null."""
    return json.dumps(_plain(asdict(record)), allow_nan=False, ensure_ascii=False) + "\n"


def add(path: Path, records: Iterable[Record]) -> None:
    """Add records to a file, which is made where it is not there; a torn last line is cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(_HEAD, encoding="utf-8")
    with path.open("r+b") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)
        file.seek(0, 2)
        file.write("".join(map(line, records)).encode())


def registered() -> tuple[Record, ...]:
    """Return the records that the package has."""
    folder = resources.files("bncheck.lab").joinpath("registered")
    records: list[Record] = []
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".jsonl"):
                records += loads(file.read_text(encoding="utf-8"), file.name).records
    return tuple(records)


_HEAD = json.dumps({"schema": SCHEMA}) + "\n"


def _check_head(head: str, name: str) -> None:
    try:
        schema = json.loads(head)["schema"]
    except (ValueError, TypeError, KeyError, RecursionError):
        schema = None
    if schema != SCHEMA:
        raise UsageError(
            f"{name}: is no file of results of the lab (its first line should be "
            f'{{"schema": "{SCHEMA}"}}); give another --output'
        )


def _record(data: Any) -> Record:
    for key, kind in _TYPES.items():
        value = data[key]
        right = isinstance(value, (int, float) if kind is float else kind)
        if not right or isinstance(value, bool):
            raise TypeError(f"{key} is {type(value).__name__}")
    effects = {k: math.nan if v is None else float(v) for k, v in data["effects"].items()}
    return Record(**{**{key: data[key] for key in _TYPES}, "effects": effects})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _told(record: Record) -> str:
    return f"{record.experiment}, {record.cell}, seed {record.seed}"
