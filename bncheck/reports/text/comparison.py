"""A comparison of two implementations for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bncheck.cases import build, from_plain, python_of
from bncheck.terminal import LABELS, times

if TYPE_CHECKING:
    from bncheck.engine.compared import Agreement, Compared, Side
    from bncheck.terminal import Style

HEADER = ("output", "dtype", "cases", "agree", "worst", "A of its own", "B of its own")
MOST_SHOWN = 64  # values in an input that is printed


def render(found: Compared, version: str, style: Style) -> str:
    """Return a comparison as text, ending in a newline."""
    head = [
        *style.wrap(f"bncheck {version}"),
        *style.wrap(found.a.name, LABELS, "A"),
        *style.wrap(found.b.name, LABELS, "B"),
    ]
    apart = [f for f in found.agreements if f.agreed < f.compared]
    sections = [
        head,
        _conventions(found, style),
        _outputs(found, style),
        *(_difference(alike, style) for alike in _by_case(apart)),
        _silent(found, style),
        _only(found, style),
        [style.paint("Notes", "bold"), *style.listed(found.notes)] if found.notes else [],
        _last(found, style),
    ]
    return "\n\n".join("\n".join(part) for part in sections if part) + "\n"


def _conventions(found: Compared, style: Style) -> list[str]:
    names = [*found.a.observed, *(k for k in found.b.observed if k not in found.a.observed)]
    names += sorted(found.a.defaults.keys() | found.b.defaults.keys())
    rows = [
        (
            name,
            _value(found.a, name),
            _value(found.b, name),
            "differs" if name in found.differing else "",
        )
        for name in names
    ]
    safe = [tuple(style.text(cell) for cell in row) for row in rows]
    head, *body = style.table([("convention", "A", "B", ""), *safe], "llll", 1)
    return [*head, style.rule(), *(line for row in body for line in row)]


def _value(side: Side, name: str) -> str:
    if name in side.observed:
        return str(side.observed[name])
    if name not in side.defaults:
        return "-"
    new = side.weight_of_new if name == "momentum" else None
    told = f"{side.default(name)!r} by default"
    return told if new is None else f"{told}, {new:g} of the new"


def _outputs(found: Compared, style: Style) -> list[str]:
    if not found.agreements:
        return []
    rows = [
        (
            f.output,
            f.dtype,
            str(f.compared),
            str(f.agreed),
            times(f.ratio),
            *(times(share) for share in f.shares),
        )
        for f in found.agreements
    ]
    head, *body = style.table([HEADER, *rows], "llrrrrr", 0)
    told = [*head, style.rule(), *(line for row in body for line in row)]
    return told + style.wrap(
        "worst: the largest difference in units of what both may be off by together, after the "
        "conventions are mapped; of its own: its largest error in units of what it may be off by"
    )


def _by_case(apart: list[Agreement]) -> list[list[Agreement]]:
    """One example for each output, that of the first dtype; those on the same case together."""
    first: dict[str, Agreement] = {}
    for found in apart:
        first.setdefault(found.output, found)
    groups: dict[str, list[Agreement]] = {}
    for found in first.values():
        groups.setdefault(repr(sorted(found.recipe.items())), []).append(found)
    return list(groups.values())


def _difference(alike: list[Agreement], style: Style) -> list[str]:
    """Outputs that differ the most on the same case, and the case."""
    recipe, dtype = alike[0].recipe, alike[0].dtype
    names = [found.output for found in alike]
    title = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    lines = [style.rule(f"{title} differ{'' if names[1:] else 's'} in {dtype}")]
    for found in alike:
        lines += [f"  {found.output}"] if names[1:] else []
        lines += style.labelled("A", f"{found.a!r}, exact {found.exact[0]!r}")
        lines += style.labelled("B", f"{found.b!r}, exact {found.exact[1]!r}")
    return lines + _case(recipe, style)


def _silent(found: Compared, style: Style) -> list[str]:
    """Tell the smallest case on which one side does not answer, for each side."""
    lines: list[str] = []
    for side, name in (("a", "A"), ("b", "B")):
        some = [u for u in found.unanswered if u.side == side]
        if not some:
            continue
        first = min(some, key=lambda u: build(from_plain(u.recipe)).x.size)
        other = "B" if name == "A" else "A"
        count = len({repr(sorted(u.recipe.items())) for u in some})
        cases = "1 case" if count == 1 else f"{count} cases"
        lines += [style.rule(f"{name} does not answer on {cases} that {other} answers")]
        lines += style.labelled(name, f"no {first.output} in {first.dtype}: {first.told}")
        lines += _case(first.recipe, style)
    return lines


def _case(recipe: Mapping[str, Any], style: Style) -> list[str]:
    lines: list[str] = []
    case = build(from_plain(recipe))
    if case.x.size <= MOST_SHOWN:
        told = repr(case) if case.norm.name == "batch" else python_of(case)
        lines += ["  on this case:", "", *(style.code(line) for line in told.split("\n"))]
    else:
        shape = f"x of shape {case.x.shape}, eps {case.eps:g}, recipe {dict(recipe)!r}"
        lines += style.labelled("case", shape)
    return lines


def _only(found: Compared, style: Style) -> list[str]:
    told = []
    for label, one, other in (("A", found.a, found.b), ("B", found.b, found.a)):
        missing = sorted(one.outputs - other.outputs)
        if missing:
            told.append(f"only {label} has: {', '.join(missing)}")
    return style.listed(told)


def _last(found: Compared, style: Style) -> list[str]:
    compared = sum(f.compared for f in found.agreements)
    unpromised = sum(f.unpromised for f in found.agreements)
    count = len(found.differing)
    differ = "1 convention differs" if count == 1 else f"{count} conventions differ"
    differing = differ if count else "no convention is known to differ"
    verdicts = ("they agree within rounding", "they do not agree", "nothing could be compared")
    silent = found.unanswered and all(f.agreed == f.compared for f in found.agreements)
    told = "one does not answer where the other does" if silent else verdicts[found.exit_code]
    told = "their own weights are swapped" if found.swapped else told
    verdict = f"exit {found.exit_code}: {told}"
    looks = ("green" if found.exit_code == 0 else "red", "bold")
    more = f", {unpromised} without a promise" if unpromised else ""
    apart = f"; NOT compared: {', '.join(found.left_out)}" if found.left_out else ""
    others = found.a.weights and found.b.weights and found.a.weights != found.b.weights
    apart += "; their own weights differ" if others and not found.swapped else ""
    return [
        *style.wrap(f"{differing}; {compared} outputs compared{more}"),
        *(style.paint(line, *looks) for line in style.wrap(verdict + apart)),
    ]
