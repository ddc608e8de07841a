"""Pages that the program writes about itself: commands, laws, the JSON report, the API and more.

    python docs/from_the_program.py FOLDER

They are written anew whenever the site is built, so that they cannot say something else.
"""

import argparse
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import bncheck
from bncheck.cli.exit_codes import EXIT_CODES, EXPLAINED
from bncheck.cli.parser import make
from bncheck.deviations import DEVIATIONS
from bncheck.killtable import read
from bncheck.laws import LAWS
from bncheck.model.keys import KEYS, line, spelled
from bncheck.reports.json import schema
from bncheck.targets.profiles import PROFILES

_SIGNS = re.compile(r"([\\*_\[\]<>|$#])")


def write(folder: Path, more: Mapping[str, str] | None = None) -> None:
    """Write all pages into a folder, those that have changed. more: further pages, their texts."""
    folder.mkdir(exist_ok=True)
    pages = {f"{name}.md": "\n".join(page()) + "\n" for name, page in PAGES.items()}
    pages |= {Path(name).name: text for name, text in (more or {}).items()}
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def commands() -> Iterator[str]:
    """Each command with its help, as it prints it at 100 columns."""
    yield "# Commands\n\nWhat `bncheck COMMAND --help` says, at 100 columns.\n"
    commands = make().parse_args(["help"]).commands
    for name, command in commands.items():
        command.formatter_class = _wide(command.formatter_class)
        yield f"## bncheck {name}\n\n```text\n{command.format_help().rstrip()}\n```\n"


def _wide(kind: Callable[..., argparse.HelpFormatter]) -> Callable[..., argparse.HelpFormatter]:
    return lambda prog: kind(prog, width=100)


def exit_codes() -> Iterator[str]:
    """The exit codes, which are the same for every command."""
    yield "# Exit codes\n\nThe same for every command.\n"
    for code, says in EXIT_CODES.items():
        yield f"## {code}: {says}\n\n{_plain(EXPLAINED[code])}\n"


def laws() -> Iterator[str]:
    """Every law: statement, domain, source, what it needs, what it catches."""
    yield f"# Laws\n\n{len(LAWS)} laws. `bncheck laws WORD` searches them.\n"
    table = read()
    for law in LAWS:
        yield f"(law-{law.id})=\n## {law.id}: {_plain(law.title)}\n\n{_plain(law.statement)}\n"
        yield f"- domain: {_plain(law.domain)}"
        yield f"- source: {_plain(law.source)}"
        yield f"- needs: {', '.join(sorted(law.needs)) or 'a forward pass'}"
        caught = [each.name for each in DEVIATIONS if law.id in table.catching(each.name)]
        yield f"- catches: {_links('deviation', caught) or 'none of the catalogue by itself'}\n"


def deviations() -> Iterator[str]:
    """Every named way of being wrong: what it does, where it was seen, what catches it."""
    yield f"# Deviations\n\n{len(DEVIATIONS)} named ways of being wrong.\n"
    table = read()
    for each in DEVIATIONS:
        yield f"(deviation-{each.name})=\n## {each.name}\n\nIt {_plain(each.says)}.\n"
        yield f"- family: {each.family}"
        yield f"- shows in: {_plain(each.regime)}"
        yield f"- seen: {_plain(each.seen)}"
        yield f"- caught by: {_links('law', table.catching(each.name))}\n"


def json_report() -> Iterator[str]:
    """The keys of the JSON report, as its schema tells them."""
    whole = json.loads(schema())
    yield f"# The JSON report\n\n{_plain(whole['description'])}\n"
    yield "`bncheck schema` prints the schema that these tables are made from.\n"
    for name, title in _JSON.items():
        told = whole["$defs"][name]
        yield f"## {title}\n\n{_plain(told['description'])}\n"
        yield from _keys(told["properties"], told["required"])
        for key, inner in told["properties"].items():
            if inner.get("properties"):
                yield f"### `{key}` of it\n"
                yield from _keys(inner["properties"], inner["required"])


def _keys(properties: Mapping[str, Any], required: Sequence[str]) -> Iterator[str]:
    yield "| key | is | means |\n|---|---|---|"
    for key, told in properties.items():
        may = "" if key in required else " (may be missing)"
        yield f"| `{key}` | {_kind(told)}{may} | {_plain(told.get('description', ''))} |"
    yield ""


def _kind(told: Mapping[str, Any]) -> str:
    """Name the type of a value of the schema."""
    if "const" in told:
        return f"`{told['const']}`"
    if "enum" in told:
        return ", ".join(f"`{each}`" for each in told["enum"])
    if "anyOf" in told:
        return " or ".join(map(_kind, told["anyOf"]))
    if told.get("$ref", "").endswith("/number"):
        return 'a number, or `"inf"`, `"-inf"`, `"nan"`'
    kinds = told.get("type", "object")
    return " or ".join(_KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


# definition of the schema -> the title of its table
_JSON = {
    "verified": "A report on one target",
    "finding": "A finding",
    "cause": "A cause",
    "reports": "Reports on several targets",
    "unchecked": "A target that was not checked",
    "symbolic": "What prove, claim and check write",
    "judged": "A theorem, a claim or a line",
}
_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _links(kind: str, names: Iterable[str]) -> str:
    return ", ".join(f"[{name}](#{kind}-{name})" for name in names)


def conventions() -> Iterator[str]:
    """The keys of CONVENTION, and what the profiles promise."""
    yield "# Conventions\n\nKeys of `CONVENTION`: what a target promises, and `verify` enforces.\n"
    for name, key in KEYS.items():
        yield f"## {name}\n\n{_sentence(key.means)}: {_plain(key.choices())}.\n"
        for value, promise in key.values.items():
            yield f"- `{spelled(value)}`: {_plain(promise)}"
        yield f"- not promised: {_plain(key.otherwise)}"
        yield f"- example: `{line(name)}`\n"
    yield "## Profiles\n\n`--profile NAME` promises all of these.\n"
    for profile, promised in PROFILES.items():
        yield f"- `{profile}`: {', '.join(f'`{k}={v!r}`' for k, v in promised.promised().items())}"


def api() -> Iterator[str]:
    """What is public: every name that `import bncheck` has, with its docstring."""
    yield "# Python API\n\nWhat `import bncheck` has is public. All else inside may change.\n"
    for name in sorted(bncheck.__all__):
        if name.startswith("__"):
            continue
        value = getattr(bncheck, name)
        yield f"## bncheck.{name}\n\n```text\n{_signature(name, value)}\n{_documented(value)}```\n"


def _signature(name: str, value: object) -> str:
    if not callable(value):
        return name
    try:
        return f"{name}{inspect.signature(value)}"
    except ValueError:
        return name


def _documented(value: object) -> str:
    text = inspect.getdoc(value) if callable(value) else ""
    return f"\n{text}\n" if text else ""


def _sentence(text: str) -> str:
    return _plain(text[:1].upper() + text[1:])


def _plain(text: str) -> str:
    """Keep Markdown from reading signs of formulas and code as its own."""
    code_or_not = enumerate(text.split("`"))
    return "`".join(part if n % 2 else _SIGNS.sub(r"\\\1", part) for n, part in code_or_not)


PAGES = {
    "commands": commands,
    "exit-codes": exit_codes,
    "laws": laws,
    "deviations": deviations,
    "conventions": conventions,
    "json-report": json_report,
    "python-api": api,
}

if __name__ == "__main__":
    write(Path(sys.argv[1]))
