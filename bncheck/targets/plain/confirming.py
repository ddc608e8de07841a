"""Ways of calling functions of a relative, confirmed: which entries y depends on in small cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bncheck.errors import RAISED
from bncheck.model import Case, Layer, Norm
from bncheck.model.formats import format_of
from bncheck.targets.common import array_kinds, probing
from bncheck.targets.plain.answering import depends
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.resolving import Unfit, looked_at, ways
from bncheck.targets.plain.sheet import Sheet
from bncheck.targets.plain.steps import Steps


def small(rank: int, norm: Norm, dtype: str, channels: int) -> Case:
    """Return a small case of a rank, with so many channels and gamma along axis 1."""
    norm = replace(norm, groups=norm.groups or channels)
    return probing.case(rank, channels, format_of(dtype).dtype, norm=norm)


def size_of_groups(make: Callable[[Case], Layer], case: Case) -> tuple[int, ...]:
    """Return the sizes to hold where code has groups of so many channels, and any number of them.

    case: one on which y depends on what it should
    """
    norm, rank, dtype = case.norm, case.x.ndim, case.x.dtype.name
    each = case.channels // norm.groups
    more = small(rank, replace(norm, groups=norm.groups + 1), dtype, case.channels + each)
    wider = small(rank, norm, dtype, 2 * case.channels)
    return (each,) if _depends(make, more) and not _depends(make, wider) else ()


def by_rows(sheet: Sheet, rank: int) -> bool:
    """Whether functions take a gamma of ``(n,)`` where, for each row, there are n of them, too."""
    n = 3
    case = probing.shaped((4, *(n,) * (rank - 1)))
    try:
        y = Steps(replace(sheet, lay="(C,)"), case).layer().train(case.x)
    except RAISED:  # they do not, as where they ask for ``(1, n)``
        return False
    return y.shape == case.x.shape


def _depends(make: Callable[[Case], Layer], case: Case) -> bool:
    try:
        return depends(make, case)
    except RAISED:  # such sizes are not taken
        return False


def resolved(group: Group, case: Case, among: list[array_kinds.Kind]) -> tuple[Sheet, bool]:
    """Return the way of calling them, and whether y then depends on what it should.

    Raises Unfit where there is none.
    """
    first: BaseException | None = None
    works: Sheet | None = None
    rows = case.norm.name in ("layer", "rms") and case.x.ndim > 2
    for sheet in ways(group, among, (-1,) if rows else (1, -1)):
        try:
            found = looked_at(sheet, case)
            if depends(lambda c, s=found: Steps(s, c).layer(), case):  # type: ignore[misc] # a default
                return found, True
        except RAISED as error:  # whatever it is, this way is none
            first = first or error
            continue
        works = works or found
    if works is None:
        raise Unfit(first or TypeError("there is no function to call"))
    return works, False
