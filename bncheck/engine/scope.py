"""What a comparison says beyond agreement: who is off by itself, and what was not compared.

Two that agree may both be wrong, and what is compared is less than what the laws ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bncheck.engine.compared import Agreement


def off(found: Sequence[Agreement], a: str, b: str) -> Iterator[str]:
    """Say which side is further from its own truth than rounding allows, and in what."""
    for label, name, which in (("A", a, 0), ("B", b, 1)):
        outputs = [f"{f.output} ({f.dtype})" for f in found if f.shares[which] > 1]
        if outputs:
            more = f" and {len(outputs) - 4} more" if len(outputs) > 4 else ""
            told = ", ".join(outputs[:4])
            yield f"{label} is off by itself: {told}{more}; bncheck verify {name} says why"


def alone(name: str, dtypes: Sequence[str]) -> Iterator[str]:
    """Say which dtypes only one side takes."""
    if dtypes:
        yield f"{name}: {' and '.join(dtypes)} not compared: the other does not take it"


def writing(name: str, *, writes: bool) -> Iterator[str]:
    """Say that a target changes what it is given, which no output shows."""
    if writes:
        yield f"{name}: it writes to the arrays that it is given"


def compared(found: Sequence[Agreement], a: str, b: str) -> Iterator[str]:
    """Say what agreement means: numbers of one step, within rounding, and nothing else."""
    if any(f.compared for f in found) and all(f.agreed == f.compared for f in found):
        yield (
            "compared is one step in each mode, within rounding. Not compared: exact laws, "
            "repeated steps, second derivatives, behaviour; that is for bncheck verify "
            f"{a}" + (f" and {b}" if a != b else "")
        )
