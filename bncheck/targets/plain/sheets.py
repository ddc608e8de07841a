"""How a group of functions is called for each rank that it takes, found out by small calls."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bncheck.errors import TargetError, told
from bncheck.model import Case, Convention, Domain, Layer
from bncheck.model.formats import format_of
from bncheck.targets.common import array_kinds, probing, ranks
from bncheck.targets.plain.course import Group
from bncheck.targets.plain.resolving import Unfit, columns, normalises, only_infers, probe, resolved
from bncheck.targets.plain.sheet import Sheet
from bncheck.targets.plain.steps import Steps

# numbers of channels that are tried in turn: a kernel may take only some
CHANNELS = (3, 8, 16)
LIMITS = (
    "If it is for some shapes only, let it say so: "
    'CONVENTION = {"shape": [8, 16, 7, 7]}, or "ranks", "channels", "channels_multiple_of"'
)


@dataclass(frozen=True)
class Trying:
    """What the functions are tried on; ``shape`` and ``trains`` are what is promised of them."""

    channels: int
    dtype: str
    shape: tuple[int, ...] | None = None
    trains: bool | None = None

    def case(self, rank: int) -> Case:
        """Return the case of a rank, or of the only shape."""
        if self.shape is not None:
            return probing.shaped(self.shape, format_of(self.dtype).dtype)
        return probe(rank, self.channels, self.dtype)


@dataclass(frozen=True)
class Sheets:
    """How the functions are called, by rank, and what raised at the other ranks.

    refused: what each rank raised, where none was taken and the laws are to say so
    """

    by_rank: Mapping[int, Sheet]
    raised: Mapping[int, BaseException]
    trying: Trying
    training: bool
    refused: Mapping[int, BaseException] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        """The number of channels that they were tried with."""
        return self.trying.channels

    @property
    def first(self) -> Sheet:
        """The sheet of the lowest rank."""
        return self.by_rank[min(self.by_rank)]

    def make(self, case: Case, backward: int = 0) -> Layer:
        """Make a layer of the functions for the case's rank."""
        rank = case.x.ndim
        if rank not in self.by_rank:
            raise self.raised.get(rank) or TypeError(f"rank {rank} is not taken")
        sheet = self.by_rank[rank]
        if backward != sheet.backward:
            sheet = replace(sheet, backward=backward)
        return Steps(sheet, case).layer()


def sheets_of(
    found: Mapping[str, Group],
    home: Mapping[str, Any],
    own: Convention,
    name: str,
    claimed: Collection[int],
) -> Sheets:
    """Find out how the groups are called; raises TargetError where they take no array at all."""
    dtype = (own.dtypes or Domain.dtypes)[-1]
    among = array_kinds.used_by(home)
    domain = Domain(ranks=own.ranks or ranks.ALL).limited(own)
    wanted = domain.ranks
    tries = []
    for channels in dict.fromkeys(domain.width(count) for count in CHANNELS):
        trying = Trying(channels, dtype, domain.shape, own.training)
        tries.append(_tried(found, among, wanted, trying, claimed))
        if tries[-1].by_rank:
            return tries[-1]
    contract = "any" in found and found["any"].forward and found["any"].forward.name == "forward"
    if contract:  # the laws are to say what is wrong with it
        sheet = Sheet(found["any"])
        trying, raised = tries[0].trying, tries[0].raised
        return Sheets(dict.fromkeys(wanted, sheet), {}, trying, training=True, refused=raised)
    first = next(iter(tries[0].raised.values()), TypeError())
    text = ": ".join(filter(None, (type(first).__name__, " ".join(told(first).split())[:200])))
    raise TargetError(
        f"{name} takes no array of rank {min(wanted)} to {max(wanted)}; for shape "
        f"{tries[0].trying.case(min(wanted)).x.shape}: {text}. {LIMITS}"
    )


def _tried(
    found: Mapping[str, Group],
    among: list[array_kinds.Kind],
    wanted: tuple[int, ...],
    trying: Trying,
    claimed: Collection[int],
) -> Sheets:
    by_rank: dict[int, Sheet] = {}
    raised: dict[int, BaseException] = {}
    for rank in wanted:
        order = ("image", "any") if rank == 4 else ("any", "image")
        for which in (w for w in order if w in found):
            try:
                sure = rank in claimed or trying.shape is not None
                by_rank[rank] = resolved(found[which], trying.case(rank), among, claimed=sure)
                break
            except Unfit as error:
                raised.setdefault(rank, error.error)
    turned = None
    if 2 in wanted and 2 not in by_rank and not set(by_rank) & set(claimed) and "any" in found:
        turned = columns(found["any"], trying.case(2), among)
    if turned is not None:
        by_rank = {2: turned}
    elif not any(rank > 2 for rank in by_rank):
        by_rank |= _channels_last(found, among, wanted, trying)
    first = by_rank.get(min(by_rank, default=2))
    training = trying.trains is not False and (
        first is None or not only_infers(first, trying.case(min(by_rank)))
    )
    if not training:
        by_rank = {rank: _inference(sheet) for rank, sheet in by_rank.items()}
    raised = {rank: error for rank, error in raised.items() if rank not in by_rank}
    return Sheets(by_rank, raised, trying, training)


def _channels_last(
    found: Mapping[str, Group],
    among: list[array_kinds.Kind],
    wanted: tuple[int, ...],
    trying: Trying,
) -> dict[int, Sheet]:
    """Return the ranks above 2 at which they are seen to normalize with the channels last."""
    sheets: dict[int, Sheet] = {}
    for rank in (r for r in wanted if r > 2):
        for each in found.values():
            try:
                sheet = resolved(each, trying.case(rank), among, axes=(-1,))
            except Unfit:
                continue
            if normalises(sheet, trying.case(rank)):
                sheets.setdefault(rank, sheet)
    return sheets


def _inference(sheet: Sheet) -> Sheet:
    """Take the forward pass for what it is: one for inference."""
    forward = sheet.group.infer or sheet.group.forward
    return replace(sheet, group=replace(sheet.group, forward=None, infer=forward, backwards=()))
