"""What the forward pass saves, and which of it the backward pass is given."""

from collections.abc import Sequence

from bncheck.targets.native.prototypes import Argument
from bncheck.targets.native.roles import family


def matched(wanted: Sequence[Argument], saved: Sequence[Argument]) -> dict[Argument, Argument]:
    """Find for each statistic that is wanted the one that was saved: by name, else by order."""
    found: dict[Argument, Argument] = {}
    for same in (_same_name, _same_family):
        for argument in wanted:
            free = [s for s in saved if s not in found.values()]
            fitting = [s for s in free if same(argument, s) and s.type == argument.type]
            if argument not in found and len(fitting) == 1:
                found[argument] = fitting[0]
    rest = [a for a in wanted if a not in found]
    free = [s for s in saved if s not in found.values()]
    if len(rest) == len(free) and all(map(_may_be, rest, free)):
        found |= dict(zip(rest, free, strict=True))
    return found


def _same_name(wanted: Argument, saved: Argument) -> bool:
    return wanted.name == saved.name


def _same_family(wanted: Argument, saved: Argument) -> bool:
    return family(wanted.name) == family(saved.name) != ""


def _may_be(wanted: Argument, saved: Argument) -> bool:
    """Whether names do not speak against it: a variance is no inverse deviation."""
    families = {family(wanted.name), family(saved.name)}
    return wanted.type == saved.type and ("" in families or len(families) == 1)
