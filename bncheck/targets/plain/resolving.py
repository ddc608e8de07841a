"""Finding out, by small calls, how the functions of a group are called for one rank."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetRaised
from bncheck.model import Case
from bncheck.model.formats import format_of
from bncheck.targets.common import array_kinds, probing, ranks
from bncheck.targets.common.array_kinds import Kind
from bncheck.targets.common.calls import values_of
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.outputs import Outputs, moved, where_y
from bncheck.targets.plain.padding import LAYS as MASKS
from bncheck.targets.plain.sheet import LAYS, RUNNING, Sheet
from bncheck.targets.plain.steps import Steps


class Unfit(Exception):
    """No way of calling the functions worked; the error of the first is what is told."""

    def __init__(self, error: BaseException) -> None:
        """Keep the error."""
        super().__init__(str(error))
        self.error = error


def resolved(
    group: Group,
    case: Case,
    among: Iterable[Kind],
    axes: tuple[int, ...] = (1,),
    *,
    claimed: bool = False,
) -> Sheet:
    """Return the first way of calling the functions that gives an array of the shape of x.

    claimed: names or texts say that they are for arrays of this rank. Otherwise, above rank 2,
    gamma of another shape than ``(C,)`` is given only where they are then seen to normalize:
    such an array passes through much by broadcasting.

    Raises Unfit where there is none.
    """
    first: BaseException | None = None
    for sheet in ways(group, among, axes):
        try:
            found = looked_at(sheet, case)
        except RAISED as error:  # whatever it is, this way is none
            first = first or error
            continue
        if claimed or sheet.lay == "(C,)" or case.x.ndim == 2 or normalises(found, case):
            return found
    raise Unfit(first or TypeError("there is no function to call"))


def normalises(sheet: Sheet, case: Case) -> bool:
    """Whether entries of y are seen to depend on those of their channel, and on no others."""
    rank = case.x.ndim
    axes = ranks.reduced(lambda c: Steps(sheet, c).layer(), rank, case.channels, case.x.dtype.name)
    return axes == frozenset(range(rank)) - {1}


def ways(group: Group, among: Iterable[Kind], axes: tuple[int, ...]) -> Iterator[Sheet]:
    """Yield the ways in which the functions might be called."""
    list_of = list(among)
    parameter = group.forward.parameter("training", "inference") if group.forward else None
    modes: list[Any] = [None]
    if parameter is not None:
        modes = [*values_of(parameter.name, parameter.default)] or [None]
    takes = group.forward is not None and group.forward.takes("mask")
    masks = [*itertools.product(MASKS, ("bool", "x"))] if takes else [None]
    for axis in axes:
        for kind in list_of:
            for lay in LAYS:
                for mode, mask in itertools.product(modes, masks):
                    yield Sheet(group, kind, axis, lay, modes=mode, mask=mask)


def columns(group: Group, case: Case, among: Iterable[Kind]) -> Sheet | None:
    """Return a way in which they take ``(C, m)`` and are seen to normalize it, if there is one."""
    try:
        sheet = resolved(group, case, among, axes=(0,))
    except Unfit:
        return None
    return sheet if normalises(sheet, case) else None


def looked_at(sheet: Sheet, case: Case) -> Sheet:
    """Call it in each mode and say what was seen; raises what it raises."""
    forward = sheet.group.forward
    if forward is None:
        _eval(sheet, case)
        return sheet
    got, steps = _raw(sheet, case)
    path = where_y(got, array_kinds.shape_of(steps.inward(case.x)))
    if path is None:
        y = array_kinds.values(got[0] if isinstance(got, tuple | list) and got else got)
        steps.rejected(forward.name, y, case.x)
        raise TargetRaised("shape", f"{forward.name} returned nothing of the shape of x")
    sheet = replace(sheet, kind=_kind_of(sheet.kind, got, path), outputs=Outputs(path))
    asked = steps.named.asked if forward.takes("bn_param") else set()
    if forward.takes("bn_param"):
        sheet = replace(sheet, told="mode" in asked and _infers(replace(sheet, told=True), case))
        if sheet.told:
            asked = asked | _eval(sheet, case).named.asked
        sheet = replace(sheet, keeps=set(RUNNING) <= asked, reads=frozenset(asked))
        given_back = _with_statistics(sheet, case)
        sheet = given_back if given_back.outputs.mean is not None else sheet
    if forward.running:
        sheet = _with_statistics(sheet, case)
        if sheet.modes is None and sheet.kind.name == "torch":
            quiet = replace(sheet, quiet=True)
            sheet = quiet if _apart(quiet, case) else sheet
    if sheet.modes is not None and sheet.infers:
        _eval(sheet, case)
    return sheet


def _raw(sheet: Sheet, case: Case) -> tuple[Any, Steps]:
    """Call the forward pass in training mode; returns what it returns, and what was asked of it."""
    steps = Steps(sheet, _copied(case))
    return steps.raw(steps.case.x, training=True), steps


def _eval(sheet: Sheet, case: Case) -> Steps:
    steps = Steps(sheet, _copied(case))
    steps.eval(steps.case.x)
    return steps


def _copied(case: Case) -> Case:
    """Return copies of all that may be written to: the case is asked about again."""
    copies = {name: getattr(case, name).copy() for name in ("x", "gamma", "beta", *RUNNING)}
    return replace(case, **copies)


def _kind_of(kind: Kind, got: Any, path: tuple[Any, ...]) -> Kind:
    """Return the kind of what came out, where NumPy's arrays went in: JAX takes them, too."""
    found = array_kinds.of(Outputs(path).output(got))
    return kind if found is None or kind is not array_kinds.NUMPY else found


def _infers(sheet: Sheet, case: Case) -> bool:
    try:
        _eval(sheet, case)
    except RAISED:  # whatever it is, there is no such mode
        return False
    return True


def _apart(sheet: Sheet, case: Case) -> bool:
    try:
        return not ranks.depends_on_batch(lambda c: Steps(sheet, c).layer(), case, training=False)
    except RAISED:  # whatever it is, there is no such mode
        return False


def _with_statistics(sheet: Sheet, case: Case) -> Sheet:
    """Find the running statistics in what is returned, or see that they are written in place."""
    found = {}
    for role in RUNNING:
        other = replace(case, **{role: getattr(case, role) + 1})
        first, second = (_raw(sheet, c)[0] for c in (case, other))
        found[role] = moved(first, second, case.channels)
    mean, var = (found[role] for role in RUNNING)
    if mean is not None and var is not None and sheet.outputs.y not in (mean, var):
        return replace(sheet, keeps=True, outputs=replace(sheet.outputs, mean=mean, var=var))
    steps = Steps(replace(sheet, keeps=True), case)
    before = [np.array(array_kinds.values(s)) for s in steps.running]
    steps.raw(case.x.copy(), training=True)
    written = any(
        not np.array_equal(a, array_kinds.values(b))
        for a, b in zip(before, steps.running, strict=True)
    )
    return replace(sheet, keeps=written)


def only_infers(sheet: Sheet, case: Case) -> bool:
    """Whether the forward pass normalizes with statistics that it is given, whatever the mode."""
    forward = sheet.group.forward
    if forward is None:
        return True
    if not forward.running or sheet.keeps or sheet.quiet:
        return False
    layer = lambda c: Steps(sheet, c).layer()  # noqa: E731 # a name for what is asked twice
    if ranks.depends_on_batch(layer, case):
        return False
    return sheet.modes is None or not ranks.depends_on_batch(layer, case, training=False)


def probe(rank: int, channels: int, dtype: str) -> Case:
    """Return the case that everything is tried on."""
    return probing.case(rank, channels, format_of(dtype).dtype)
