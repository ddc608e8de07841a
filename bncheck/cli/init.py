"""``bncheck init``: write a configuration and a workflow, and never over what is there."""

from __future__ import annotations

import argparse
from pathlib import Path

from bncheck.cli import streams
from bncheck.cli.commands import SUMMARIES

NAME = "init"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command, which has no options."""
    subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Look for batch normalization in this folder, reading files and importing "
        "none; write [tool.bncheck] into pyproject.toml and .github/workflows/bncheck.yml. What is "
        "there already is left as it is.",
        allow_abbrev=False,
    )


def run(args: argparse.Namespace) -> int:
    """Write what is missing, and say what was written and what comes next."""
    del args
    from bncheck.configuration.candidates import candidates
    from bncheck.configuration.starting import add_workflow, configure

    folder, style = Path(), streams.style()
    found = [each for each in candidates(folder) if each.target.isprintable()]
    for number, act in enumerate((configure, add_workflow)):
        step = act(folder, found)
        did = "wrote" if step.written else "left"
        streams.emit(f"{did} {style.text(step.path.as_posix())}: {style.text(step.why)}\n")
        for each in found if number == 0 and step.written else ():
            unsure = "" if each.likely else " (commented out: no BatchNormalization was seen)"
            streams.emit(f"  {style.text(each.target)}{unsure}\n")
    streams.emit(_next(any(each.likely for each in found)))
    return 0


def _next(found: bool) -> str:
    if found:
        return "next: bncheck verify\n"
    return (
        "no batch normalization was found here: nothing whose name has batchnorm or bn in it, and\n"
        "no class whose docstring says so\n"
        "next: put your targets into pyproject.toml, then bncheck verify\n"
    )
