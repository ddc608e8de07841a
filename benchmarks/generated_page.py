"""The tables of `generated.py`: what each check says about each candidate, and how many."""

BEGINS = "<!-- made by benchmarks/generated.py: begins -->"
ENDS = "<!-- made by benchmarks/generated.py: ends -->"
OTHERS = ("kernelbench_first", "kernelbench", "fuzz_by_hand", "fuzz")
HEADS = {
    "kernelbench_first": "KernelBench, 1e-2",
    "kernelbench": "KernelBench, 1e-4",
    "fuzz_by_hand": "fuzzing, 1e-4",
    "fuzz": "fuzzing, 1e-5",
    "bncheck": "bncheck",
}


def accepts(row, check):
    """Whether a check takes the candidate for right; one that hangs or dies is not accepted."""
    if check == "bncheck":
        return row["bncheck"].get("verdict") == "holds"
    return row["others"].get(check, "ended") == ""


def _cell(row, check):
    """A word, in bold where it is wrong."""
    said = "accepts" if accepts(row, check) else "rejects"
    return said if accepts(row, check) == row["right"] else f"**{said}**"


def cause(row):
    """What bncheck names first, None where it names nothing."""
    return next(iter(row["bncheck"].get("causes", ())), None)


def told_truly(row):
    """Whether the name that is printed is one that was written down; a formula is its own proof."""
    first = cause(row)
    return first == "other-formula" or first in row["true causes"]


def _named(row):
    first = cause(row)
    if first is None:
        return "" if row["right"] else "no name"
    return "its terms" if first == "other-formula" else f"`{first}`"


def _seconds(row):
    seconds = row["bncheck"].get("seconds")
    return "" if seconds is None else f"{seconds:.0f}"


def _table(rows, *, right):
    what = "what it does" if right else "what is wrong"
    last = "" if right else " it names |"
    lines = [
        f"| candidate | {what} | {' | '.join(HEADS.values())} |{last} s |",
        "|" + "---|" * (len(HEADS) + (3 if right else 4)),
    ]
    for row in rows:
        name = row["file"].removesuffix(".py")
        cells = [f"`{name}`", row["says"], *(_cell(row, check) for check in HEADS)]
        cells += ([] if right else [_named(row)]) + [_seconds(row)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary(rows):
    """Return, for each check, how many wrong ones it accepts and how many right ones it rejects."""
    return {
        check: (
            sum(accepts(row, check) for row in rows if not row["right"]),
            sum(not accepts(row, check) for row in rows if row["right"]),
        )
        for check in HEADS
    }


def _counts(rows):
    wrong, right = (sum(row["right"] == kind for row in rows) for kind in (False, True))
    lines = [
        f"| check | accepts of {wrong} wrong ones | rejects of {right} right ones |",
        "|---|---|---|",
    ]
    lines += [f"| {HEADS[check]} | {a} | {b} |" for check, (a, b) in summary(rows).items()]
    return "\n".join(lines)


def rendered(record):
    """Return the Markdown of a record."""
    rows = record["rows"]
    wrong = [row for row in rows if not row["right"]]
    named = sum(told_truly(row) for row in wrong)
    seconds = sorted(row["bncheck"].get("seconds") or 0.0 for row in rows)
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    parts = [
        _counts(rows),
        f"bncheck names the cause of {named} of the {len(wrong)} wrong ones as it was written "
        "down, or prints the terms that it found. It takes "
        f"{seconds[len(seconds) // 2]:.0f} s at the median, {seconds[-1]:.0f} s at most; the "
        "other checks take a few seconds."
        if rows
        else "",
        f"Measured in one run on {record['date']}, budget {record['budget']}, Python "
        f"{record['python']}, {versions}, on two cores of a shared machine.",
        "## The wrong ones\n\n" + _table(wrong, right=False),
        "## The right ones\n\n" + _table([row for row in rows if row["right"]], right=True),
    ]
    if record["refused"]:
        said = [f"- `{f.removesuffix('.py')}`: {why}" for f, why in record["refused"].items()]
        parts.append("## What is none of the five\n\n" + "\n".join(said))
    if record["left out"]:
        said = [f"- `{f}`: {why}" for f, why in record["left out"].items()]
        parts.append("## Left out\n\n" + "\n".join(said))
    return "\n\n".join(part for part in parts if part)


def replaced(page, tables):
    """Return a page with what stands between its two marks replaced.

    Raises ValueError where the page lacks a mark.
    """
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"the page lacks a line {BEGINS!r} or {ENDS!r}")
    return f"{before}{BEGINS}\n\n{tables}\n\n{ENDS}{after}"
