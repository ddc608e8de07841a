"""``bncheck conventions [KEY...]``: what a target may promise in ``CONVENTION``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bncheck.cli import streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.layout import command, heading, several
from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.terminal import Style

NAME = "conventions"

OPENING = (
    "What a target may promise: a file, module, class or layer in CONVENTION = {key: value, ...}, "
    "or --profile NAME for it. What is promised is enforced; what is not is found out."
)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="List the keys of CONVENTION, in which a target promises what implementations "
        "may differ in; with a KEY, explain it: what each value promises, what is done without "
        "it, which profiles promise it, and the line to write.",
        allow_abbrev=False,
    )
    parser.add_argument("keys", nargs="*", metavar="KEY", help="none lists all")


def run(args: argparse.Namespace) -> int:
    """Print the list or the explanations. Raises UsageError for a key that does not exist."""
    from bncheck.model.keys import KEYS

    style = streams.style()
    for key in args.keys:
        if key not in KEYS:
            raise UsageError(f"no key of CONVENTION is called {key!r}; {nearest(key, KEYS)}")
    blocks = [explain(key, style) for key in dict.fromkeys(args.keys)] or [listing(style)]
    streams.emit("\n\n".join("\n".join(block) for block in blocks) + "\n")
    return 0


def listing(style: Style) -> list[str]:
    """Return all keys, with their values and what they are about."""
    from bncheck.model.keys import KEYS

    lines = [*style.wrap(OPENING), ""]
    for name, key in KEYS.items():
        lines += heading(f"{name}: {key.choices()}", style)
        lines += style.wrap(key.means, "    ")
    told = f"{len(KEYS)} keys; bncheck conventions KEY explains one, with the line to write"
    return [*lines, "", *style.wrap(told)]


def explain(name: str, style: Style, kind_of_id: str = "") -> list[str]:
    """Return everything that is known about one key; kind_of_id: opens it."""
    from bncheck.model.keys import KEYS, line, spelled

    key = KEYS[name]
    values = [f"{spelled(v)}: {means}" for v, means in key.values.items() if means]
    return [
        *heading(f"{kind_of_id} {name}", style),
        *style.labelled("means", key.means),
        *style.labelled("value", key.choices()),
        *several("", values, style),
        *style.labelled("otherwise", key.otherwise),
        *style.labelled("for", f"{key.who} only" if key.who else ""),
        *several("profiles", _profiles(name), style),
        *command("write", line(name), style),
    ]


def _profiles(name: str) -> list[str]:
    """Say which profiles promise which value."""
    from bncheck.model.keys import spelled
    from bncheck.targets.profiles import PROFILES

    promising: dict[str, list[str]] = {}
    for profile, convention in PROFILES.items():
        if name in (promised := convention.promised()):
            promising.setdefault(spelled(promised[name]), []).append(profile)
    return [f"{value}: {', '.join(profiles)}" for value, profiles in promising.items()]
