"""What pages show of programs: commands, what they print, and files that a reader saves."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import bncheck

# What is tested lies here. An installed one is found without: given first, the clone would be
# tried in its place, compiled anew in each process, and read whole by Hypothesis as a user's code
HOME = Path(bncheck.__file__).parents[1]
SOURCES = () if HOME.name in ("site-packages", "dist-packages") else (str(HOME),)

# what is run for each program that pages name
PROGRAMS = {
    "bncheck": (sys.executable, "-m", "bncheck"),
    "pytest": (sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
    "python3": (sys.executable,),
    "gcc": ("gcc",),
    "cp": ("cp",),
}
LEFT_OUT = "..."  # a line that stands for any lines

_FENCE = re.compile(
    r"(?:^<!-- (?P<told>[^\n]*) -->\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.S
)
_FILE = re.compile(r"\A# (\w+\.py)\n")


@dataclass(frozen=True)
class Shown:
    """A command and what is shown of what it prints; or a file.

    code: with which the command ends; recorded: why it is not run, and since when
    """

    command: str = ""
    lines: tuple[str, ...] = ()
    code: int = 0
    recorded: str = ""
    file: str = ""
    text: str = field(default="", repr=False)


def shown(page):
    """Return what a page shows, in order."""
    found = []
    for fence in _FENCE.finditer(page):
        body, told = fence["body"], fence["told"] or ""
        named = _FILE.match(body)
        if fence["kind"] == "python" and named:
            found.append(Shown(file=named[1], text=body))
        if fence["kind"] == "console":
            found += _commands(body, told)
    return found


def _commands(body, told):
    key, _, value = told.partition(": ")
    commands = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    split = [each.split("\n", 1) for each in commands]
    code = int(value) if key == "exit" else 0
    recorded = value if key == "recorded" else ""
    return [
        Shown(command, tuple(rest.splitlines()), code if n == len(split) else 0, recorded)
        for n, (command, rest) in enumerate(split, 1)
    ]


def normalised(printed):
    """Return a text without what differs from machine to machine."""
    text = re.sub(r"bncheck [\d.]+, python [\d.]+, numpy [\d.]+[^;]*", "VERSIONS", printed)
    text = re.sub(r"\b\d+\.\d+s\b", "SECONDS", text)
    # the name of the saved file holds a digest of the path and recipe
    return re.sub(r"-[0-9a-f]{8}\.json", "-DIGEST.json", text)


def absent(excerpt, printed):
    """Return the first piece of an excerpt that the text does not have there, or nothing.

    A piece is lines that are next to one another: without `LEFT_OUT` between them.
    """
    lines, place = normalised(printed).splitlines(), 0
    for piece in pieces(normalised(excerpt)):
        found = (n for n in range(place, len(lines)) if lines[n : n + len(piece)] == piece)
        start = next(found, None)
        if start is None:
            return piece
        place = start + len(piece)
    return []


def pieces(excerpt):
    """Return the lines of an excerpt that are next to one another, piece by piece."""
    pieces = [[]]
    for line in excerpt.splitlines():
        if line == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return [piece for piece in pieces if piece]


def run(command, folder):
    """Run a command of a page in a folder, as a reader would at a terminal of no width."""
    first, *words = shlex.split(command)
    program = [*PROGRAMS[first]]
    # by name, too, for a source tree that is not installed: an installed plugin is loaded once
    if first == "pytest" and not any(e.name == "bncheck" for e in entry_points(group="pytest11")):
        program += ["-p", "bncheck.pytest_plugin"]
    path = os.pathsep.join(filter(None, [*SOURCES, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    for name in ("PYTEST_XDIST_WORKER", "COLUMNS", "CI", "GITHUB_ACTIONS"):  # xdist sets two
        environment.pop(name, None)
    return subprocess.run(
        [*program, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
