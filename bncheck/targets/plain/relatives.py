"""Plain functions of layer, RMS, group and instance normalization: ``NORM = "layer"`` in a file.

What each argument is given is read from its name, as of batch normalization's (`course`), and how
the functions are called is found out by small calls: the first way in which entries of y depend
on those of their statistic set, and on no others, else the first that gives an array like x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import (
    NORMS,
    Ability,
    Case,
    Convention,
    Domain,
    Implementation,
    Layer,
    Norm,
    NormName,
)
from bncheck.targets.common import array_kinds, counted, defaults, ranks
from bncheck.targets.common.looks_like import differing
from bncheck.targets.common.view import viewed
from bncheck.targets.plain import abilities
from bncheck.targets.plain.answering import built_in_eps
from bncheck.targets.plain.asked import Asked, origin, places
from bncheck.targets.plain.confirming import by_rows, resolved, size_of_groups, small
from bncheck.targets.plain.counts import Counts
from bncheck.targets.plain.course import Group, groups
from bncheck.targets.plain.promised import as_promised
from bncheck.targets.plain.residuals import Form, answered, residual_form
from bncheck.targets.plain.resolving import Unfit
from bncheck.targets.plain.sheet import Sheet
from bncheck.targets.plain.steps import Steps
from bncheck.targets.plain.turned import turned

_ROWS = "; gamma has shape (n,), one for each value of the last axis, not of a row"
_HINTS = {
    "group": '; say how many groups: CONVENTION = {"groups": 8}',
    "layer": _ROWS,
    "rms": _ROWS,
}


def adapt(home: Mapping[str, Any], name: str, norm: NormName, own: Convention) -> Implementation:
    """Make an implementation of the functions of a module.

    home: the names of the module; own: what its ``CONVENTION`` promises

    Raises TargetError where no function is a forward pass, or it takes no array at all, or its
    groups do not divide its channels.
    """
    counted.divided(own, name)
    form = residual_form(home, norm)
    found = as_promised(groups(home, norm), own, name)
    if not found and form.group is not None:
        found = {"any": form.group}
    if not NORMS[norm].running:
        found = {key: _training(group) for key, group in found.items()}
    if not found:
        wanted = "x, gamma, eps" if norm == "rms" else "x, gamma, beta, eps"
        raise TargetError(
            f"{name} has no function forward({wanted}) for NORM = {norm!r}; a class is not taken "
            "with it: write such a function that makes and calls it"
            + "".join(f"; {why}" for why in form.untried[:1])
        )
    residual = None if form.group is None else form.group.forward
    made = _Adapted(name, home, norm, own, found, residual)
    implementation = made.implementation()
    return replace(implementation, untried=(*form.untried, *implementation.untried))


def _training(group: Group) -> Group:
    """Leave out inference: it is that of running statistics, which such norms have not."""
    return replace(group, infer=None, infer_backward=None, update=None)


class Elsewhere(Exception):
    """A rank at which code answers that is meant for others; it is raised by nobody's code."""


@dataclass(frozen=True)
class _Adapted:
    name: str
    home: Mapping[str, Any]
    norm: NormName
    own: Convention
    found: Mapping[str, Group]
    residual: Asked | None = None

    @property
    def counts(self) -> Counts:
        return Counts(self.name, self.home, self.norm, self.own, self.found)

    def implementation(self) -> Implementation:
        sheets, raised, case, right = self.resolved()
        first = sheets[min(sheets)]
        forward = first.group.forward
        if forward is None:
            raise TargetError(f"{self.name} has no function for training")

        def make(case: Case, backward: int = 0) -> Layer:
            sheet = sheets.get(case.x.ndim)
            if sheet is None:
                raise raised.get(case.x.ndim) or TypeError(f"rank {case.x.ndim} is not taken")
            if backward != sheet.backward:
                sheet = replace(sheet, backward=backward)
            steps = Steps(sheet, case)
            if self.residual is None:
                return steps.layer()
            return Form(steps, self.residual).into(steps.layer())

        seen = abilities.of(make, [sheets[rank] for rank in sorted(sheets)], case)
        added: tuple[frozenset[Ability], tuple[str, ...]] = (frozenset(), ())
        if self.residual is not None:
            added = answered(make, case, self.residual.name)
        held = size_of_groups(make, case) if right and self.counts.guessed(first) else ()
        groups = 0 if held or not self.counts.fixed(first) else case.norm.groups
        norm = replace(case.norm, groups=groups)
        domain = Domain(
            ranks=tuple(rank - (self.norm == "instance") for rank in sorted(sheets)),
            dtypes=self.own.dtypes or Domain.dtypes,
            affine=forward.takes("gamma") and (forward.takes("beta") or not norm.shifted),
            few_shapes=any(kind.name == "JAX" for kind in array_kinds.used_by(self.home)),
            multiple=norm.groups or 1,
            norm=norm,
            held=held,
        )
        takes_eps = forward.takes("eps") or "eps" in first.reads
        if not takes_eps:
            domain = replace(domain, fixed_eps=built_in_eps(make, case))
        text = {
            rank: str(error) if isinstance(error, Elsewhere) else ranks.raised(error)
            for rank, error in raised.items()
        }
        made = Implementation(
            name=self.name,
            make=viewed(norm, turned(make)),
            abilities=seen.abilities - {"adding"} | added[0],
            convention=self.own,
            domain=domain,
            origin=origin(forward.function),
            places=places([a.function for a in first.group.backwards], origin(forward.function)),
            defaults=defaults.of_signature(forward.function),
            untried=(
                *ranks.Found((), text, {}).untried(),
                *seen.untried,
                *added[1],
                *self.counts.unseen(norm, right),
            ),
            alternatives=tuple(
                (name, viewed(norm, turned(partial(make, backward=number))))
                for number, name in seen.alternatives
            ),
            modeless=bool(first.group.backwards),
        )
        return replace(made, warnings=differing(make, domain, tuple(sorted(sheets))))

    def resolved(self) -> tuple[dict[int, Sheet], dict[int, BaseException], Case, bool]:
        """Find the way to call them for each rank of x, what the others raise, and a case.

        Last, whether y was seen to depend on what it should.
        """
        first: BaseException | None = None
        best: tuple[dict[int, Sheet], dict[int, BaseException], Case] | None = None
        right = False
        for norm, each in self.counts.norms():
            sheets, raised, right = self.of_norm(norm, each)
            first = first or next(iter(raised.values()), None)
            if sheets and (right or best is None):
                best = sheets, raised, self.case(min(sheets), norm, each)
            if right:
                break
        if best is None:
            text = "" if first is None else f": {type(first).__name__}: {told(first)[:200]}"
            hint = _HINTS.get(self.norm, "")
            raise TargetError(
                f"{self.name} takes no array as NORM = {self.norm!r} has it{text}{hint}"
            )
        return *best, right

    def of_norm(
        self, norm: Norm, each: int
    ) -> tuple[dict[int, Sheet], dict[int, BaseException], bool]:
        sheets: dict[int, Sheet] = {}
        raised: dict[int, BaseException] = {}
        rights: dict[int, bool] = {}
        among = array_kinds.used_by(self.home)
        for rank in self.ranks():
            order = ("image", "any") if rank == 4 else ("any", "image")
            for which in (w for w in order if w in self.found):
                case = self.case(rank, norm, each)
                try:
                    sheets[rank], rights[rank] = resolved(self.found[which], case, among)
                    self.backwards(sheets[rank], case)
                except Unfit as error:
                    raised.setdefault(rank, error.error)
                    sheets.pop(rank, None)
                    continue
                break
        if any(rights.values()):  # what answers at other ranks may be code for these
            for rank in [r for r in sheets if not rights[r] and not self.meant(r)]:
                raised[rank] = Elsewhere("y is normalized over other axes, as by code for others")
                del sheets[rank]
        if 2 in raised and 2 not in sheets and self.norm in ("layer", "rms"):
            self.leave_out(sheets, rights, raised)
        raised = {rank: error for rank, error in raised.items() if rank not in sheets}
        return sheets, raised, any(rights.values())

    def leave_out(
        self, sheets: dict[int, Sheet], rights: dict[int, bool], raised: dict[int, BaseException]
    ) -> None:
        """Leave out ranks where gamma is meant for each row, and ``(1, n)`` passes by broadcasting.

        So it does through ``gamma[:, None] * xhat``, where x has three axes; a gamma of ``(n,)``
        does where there are n rows, too.
        """
        for rank in [r for r in sheets if sheets[r].lay != "(C,)" and by_rows(sheets[r], r)]:
            raised[rank] = raised[2]
            del sheets[rank], rights[rank]

    def meant(self, rank: int) -> bool:
        """Whether such code is always for arrays of that rank, where it takes them."""
        promised = self.own.ranks is not None
        return promised or rank == (2 if self.norm in ("layer", "rms") else 4)

    def backwards(self, sheet: Sheet, case: Case) -> None:
        """Raise Unfit where there are no gradients at a rank that nobody speaks of."""
        if self.meant(case.x.ndim):
            return
        layer = Steps(sheet, case).layer()
        try:
            layer.train(case.x)
            if layer.backward is not None:
                layer.backward(case.dy)
        except RAISED as error:
            raise Unfit(error) from None

    def ranks(self) -> tuple[int, ...]:
        if self.own.ranks:
            return self.own.ranks
        return (3, 4, 5) if self.norm == "instance" else ranks.ALL

    def case(self, rank: int, norm: Norm, each: int) -> Case:
        dtypes = self.own.dtypes or Domain.dtypes
        channels = norm.groups * each if norm.name == "group" else 3
        return small(rank, norm, dtypes[-1], self.own.channels or channels)
