"""Which ranks and dtypes a stranger's module is for, and where it has its channels."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from bncheck.errors import RAISED, TargetError
from bncheck.model import Convention
from bncheck.model.formats import format_of
from bncheck.targets.common import claims, dividing, looking, probing
from bncheck.targets.torch.found import Found, attempt, said, within

DTYPES = ("float32", "float64")


def is_normalization(found: Found, name: str) -> None:
    """Raise TargetError where nothing of batch norm is there: neither its parts nor its effect."""
    if found.handling.parts.tensors or any(_normalises(found, rank) for rank in found.ranks):
        return
    if told := _divided(found):
        raise TargetError(f"{name} {told}; {dividing.NONE}")
    raise TargetError(
        f"{name} is a module in which no gamma, beta or running statistics were found, and whose "
        "output is not normalized over all axes but the channels'; give a batch normalization, "
        "such as torch.nn:BatchNorm1d"
    )


def _divided(found: Found) -> str:
    """Say by which norm of x the module divides it, at the first rank where it does."""
    for rank in sorted(found.ranks or claims.RANKS):
        layer = found.probing(probing.case(rank, found.channels))
        if told := dividing.divided(layer.train, rank, found.channels, found.dtype):
            return told
    return ""


def placed(found: Found, kind: type, name: str, axis: int | None) -> Found:
    """Find the ranks it is for, and where it has its channels."""
    module = found.maker.build(probing.case(4, found.channels))
    kept = found.handling.parts.tensors.values()
    shapes = [tuple(places[0].get(module).shape) for places in kept]
    said = claims.claimed(kind.__name__, looking.docstring(kind), shapes)
    if found.maker.example:
        said |= {len(found.maker.example)}
    first = replace(found, handling=replace(found.handling, axis=1 if axis is None else axis))
    one = _ranked(first, said, name)
    if axis is None and max(one.ranks, default=2) == 2:
        last = replace(found, handling=replace(found.handling, axis=-1))
        more = tuple(r for r in (3, 4, 5) if _normalises(last, r))
        if more:
            two = (2,) if 2 in one.ranks else ()
            return replace(last, ranks=two + more)
    if not one.ranks:
        reason = "; ".join(one.untried)
        raise TargetError(f"{name} takes no array of rank 2 to 5: {reason[:300]}")
    return one


def _ranked(found: Found, said: frozenset[int], name: str) -> Found:
    """Try every rank: what raises is told, what nobody speaks of and is something else, too.

    Where it is something else at every rank, that is judged: there is nothing it could be meant for
    besides.
    """
    taken, warned = [], {}
    raised: dict[int, str] = {}
    for rank in claims.RANKS:
        reason = attempt(found, within(probing.case(rank, found.channels), found.dtype))
        if reason:
            raised[rank] = reason
            continue
        axes = "" if found.frozen else _reduced(found, rank)
        if rank in said or axes in ("", claims.all_but_channels(rank)):
            taken.append(rank)
        else:
            warned[rank] = (
                f"rank {rank} is not tried: it answers, normalized over axes {axes}, and nothing "
                f"in {name} says that it is for rank {rank}"
            )
    if not taken:
        taken, warned = list(warned), {}
    return replace(
        found,
        ranks=tuple(taken),
        untried=(*found.untried, *_raising(raised, said)),
        warnings=(*found.warnings, *warned.values()),
    )


def _raising(raised: Mapping[int, str], said: frozenset[int]) -> Iterator[str]:
    """Tell ranks that raise: each that somebody speaks of, and the others in one sentence."""
    others = [rank for rank in raised if rank not in said]
    yield from (f"rank {rank}: it raised {raised[rank]}" for rank in raised if rank in said)
    if others:
        several = f"ranks {', '.join(map(str, others))}" if others[1:] else f"rank {others[0]}"
        yield f"{several}: it raised {raised[others[0]]}"


def _reduced(found: Found, rank: int) -> str:
    return claims.reduced(found.probing, rank, found.channels, format_of(found.dtype).dtype)


def _normalises(found: Found, rank: int) -> bool:
    return _reduced(found, rank) == claims.all_but_channels(rank)


def dtypes(found: Found) -> tuple[str, ...]:
    """Return those of the usual dtypes that it takes."""
    return tuple(d for d in DTYPES if not _dtype_raises(found, d))


def _dtype_raises(found: Found, dtype: str) -> str:
    tried = within(probing.case(found.ranks[0], found.channels), dtype)
    return "" if dtype == found.dtype else attempt(found, tried)


def left_dtypes(found: Found, own: Convention) -> tuple[str, ...]:
    """Say which of the usual dtypes raise."""
    if own.dtypes:
        return ()
    raised = {d: _dtype_raises(found, d) for d in DTYPES}
    return tuple(f"{d}: it raised {reason}" for d, reason in raised.items() if reason)


def strided(found: Found) -> str:
    """Return why an array that is not contiguous is not taken, ``""`` where it is."""
    case = within(probing.case(found.ranks[-1], found.channels), found.dtype)
    try:
        # the same numbers, with the axes in memory the other way round
        found.make(case).train(np.asfortranarray(case.x))
    except RAISED as error:  # whatever it is, it says that this is not taken
        return said(error)
    return ""
