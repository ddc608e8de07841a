"""How a project begins: a table in pyproject.toml and a workflow, and never over what is there."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.configuration.candidates import Candidate
from bncheck.errors import UsageError
from bncheck.known import CONFIGURATION

WORKFLOW = Path(".github", "workflows", "bncheck.yml")
_MOST_BYTES = 2_000_000

_HEAD = """[tool.bncheck]
# options of `bncheck verify`, for every target; each target may have its own
budget = "standard"
"""
_EXAMPLE = """
# [[tool.bncheck.targets]]
# name = "mine"
# target = "path/to/my_bn.py"
"""


@dataclass(frozen=True)
class Step:
    """What was done about one file: written, or left with the reason why."""

    path: Path
    written: bool
    why: str


def configure(folder: Path, found: Sequence[Candidate]) -> Step:
    """Write ``[tool.bncheck]`` at the end of pyproject.toml, where there is none.

    Raises UsageError where the file cannot be read or written; it is then as it was.
    """
    path = folder / CONFIGURATION
    before = files.read_bytes(path, _MOST_BYTES) if os.path.lexists(path) else b""
    data = files.read_toml(path, _MOST_BYTES) if before else {}
    tool = data.get("tool", {})
    if isinstance(tool, dict) and "bncheck" in tool:
        return Step(path, False, "it has [tool.bncheck] already")
    text = before.decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text.strip() else newline if text.endswith("\n") else 2 * newline
    new = text + gap + table(found).replace("\n", newline)
    if not _is_added(data, new):
        return Step(path, False, "no [tool.bncheck] can stand at its end; put it in by hand")
    _write(path, new)
    return Step(path, True, f"[tool.bncheck] with {_counted(found)}")


def table(found: Sequence[Candidate]) -> str:
    """Return the table for what was found, as TOML."""
    likely = [each for each in found if each.likely]
    parts = [_HEAD, *([] if likely else [_EXAMPLE])]
    names: set[str] = set()
    for each in found:
        name = _name(each.target, names)
        names.add(name)
        lines = ["[[tool.bncheck.targets]]", f"name = {_text(name)}"]
        lines += [f"target = {_text(each.target)}"]
        if not each.likely:
            lines = ["# no BatchNormalization was seen in this one", *(f"# {x}" for x in lines)]
        parts.append("\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def add_workflow(folder: Path, found: Iterable[Candidate]) -> Step:
    """Write a workflow of GitHub that runs ``bncheck verify``, where there is none.

    Raises UsageError where it cannot be written.
    """
    path = folder / WORKFLOW
    if os.path.lexists(path):
        return Step(path, False, "it is there already")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{WORKFLOW.parent} cannot be made: {error.strerror}") from None
    _write(path, workflow(_installs(folder, found)))
    return Step(path, True, "runs `bncheck verify` for every push and pull request")


def workflow(installs: Iterable[str]) -> str:
    """Return the workflow as YAML; installs: what pip is to install, a command each."""
    steps = "".join(f"      - run: python -m pip install {each}\n" for each in installs)
    return f"""name: bncheck
on: [push, pull_request]
permissions:
  contents: read
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
{steps}      - run: bncheck verify
"""


def _installs(folder: Path, found: Iterable[Candidate]) -> list[str]:
    needs = dict.fromkeys(name for each in found if each.likely for name in each.needs)
    own = []
    if (folder / "requirements.txt").is_file():
        own.append("-r requirements.txt")
    if _is_project(folder / CONFIGURATION):
        own.append(".")
    return [*own, " ".join(["bncheck", *needs])]


def _is_project(path: Path) -> bool:
    try:
        return "build-system" in files.read_toml(path, _MOST_BYTES)
    except UsageError:
        return False


def _is_added(before: dict[str, Any], text: str) -> bool:
    """Whether a text is what was there and the table, as TOML reads it."""
    try:
        after = tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    tool = after.get("tool", {})
    tool.pop("bncheck", None)
    if not tool and "tool" not in before:
        after.pop("tool")
    return after == before


def _counted(found: Sequence[Candidate]) -> str:
    number = sum(each.likely for each in found)
    return f"{number or 'no'} target{'' if number == 1 else 's'}"


def _name(target: str, taken: Iterable[str]) -> str:
    """Return a short name that no other target has."""
    file, _, rest = target.partition(":")
    name = rest or Path(file).stem
    taken = set(taken)
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(path: Path, text: str) -> None:
    try:
        files.write(path, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
