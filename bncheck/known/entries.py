"""The faults of frameworks that come with bncheck, and the findings that they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from bncheck.known.applying import FAILS
from bncheck.known.entry import Entry
from bncheck.known.reading import read
from bncheck.model import Finding

# what an entry of ours has, besides what each has
NEEDED = ("target", "versions", "page")


@cache
def faults() -> tuple[Entry, ...]:
    """Return the faults that come with bncheck."""
    return read(Path(__file__).with_name("faults.toml"), NEEDED)


def annotated(
    target: str, finding: Finding, *, shows: Iterable[str] = (), expect: bool = False
) -> Finding:
    """Say of a finding that fails which known fault of the installed version it is.

    shows: what else the target is called by, as `Implementation.shows` has it
    expect: make it an expected one
    """
    if finding.verdict not in FAILS:
        return finding
    about = (
        f
        for f in faults()
        if any(f.about(name, finding.law, finding.dtype) for name in (target, *shows))
        and f.is_here()
        and not f.has_expired()
    )
    fault = next(about, None)
    if fault is None:
        return finding
    if expect:
        return replace(finding, known=fault.name, verdict="expected", reason=fault.told)
    return replace(finding, known=fault.name)
