"""Which ranks of arrays an implementation is for, told from what it does and what is said of it.

A rank that raises is outside. One that answers is judged, unless nothing claims it and its answer
is one that an implementation for other shapes gives by accident: then each entry depends on the
entries along whole axes, but not on those that share its channel.
"""

import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.errors import RAISED, TargetRaised
from bncheck.errors import told as message_of
from bncheck.model import Case, Layer
from bncheck.model.formats import Array
from bncheck.targets.common import probing
from bncheck.targets.common.looking import peek

ALL = (2, 3, 4, 5)
Make = Callable[[Case], Layer]

# words by which a name or a text claims a rank
_NAMES = {4: r"2d|spatial|image|conv|nchw|nhwc", 5: r"3d|volum|ncdhw|ndhwc"}
_TEXTS = {
    4: r"\bimages?\b|\bNCHW\b|\bNHWC\b|\bspatial|\bfeature maps?\b|\bN, *C, *H, *W\b"
    r"|\bN, *H, *W, *C\b|\b4-?D\b|batch_?norm\w*2d",
    5: r"\bvolumes?\b|\bNCDHW\b|\bN, *C, *D, *H, *W\b|\b5-?D\b|batch_?norm\w*3d",
}
# what code for images does: reduce over three axes, take four sizes, ask for four axes
_CODES = {
    4: r"\(0, *2, *3\)|\(0, *1, *2\)|\[0, *2, *3\]|\bndim *== *4|\bdim\(\) *== *4"
    r"|shape\) *(?:==|(?:not )?in) *[(\[{]?(?:2, *)?4|^\s*\w+, *\w+, *\w+, *\w+ *= *\w+\.shape *$",
}
_DENIED = r"\b(?:no|not|without|never|except)\b[^.;:]{0,20}$"
# a text that says so speaks of images only to say that they are not meant
_FLAT = (
    r"\((?:N|M|B|batch\w*), *\w+\)[^.;]*\bonly\b|\bonly\b[^.;]*\((?:N|M|B|batch\w*), *\w+\)"
    r"|\b2-?D only\b|\bonly (?:for )?2-?D\b"
)


@dataclass(frozen=True)
class Found:
    """What trying the ranks has shown.

    taken: those to be judged; raised: why the others are not, where they raised
    accidental: those that answer, but reduce over other axes, which are given as text
    """

    taken: tuple[int, ...]
    raised: Mapping[int, str]
    accidental: Mapping[int, str]

    def untried(self) -> tuple[str, ...]:
        """Say which ranks raised, those with the same reason together."""
        kinds: dict[str, list[int]] = {}
        for rank, reason in self.raised.items():
            kinds.setdefault(reason.partition(":")[0], []).append(rank)
        return tuple(f"{_listed(ranks)}: {self.raised[ranks[0]]}" for ranks in kinds.values())

    def warnings(self, claims: Mapping[int, str]) -> tuple[str, ...]:
        """Say what raised though it is claimed, and what answers by accident."""
        claimed = [
            f"rank {rank} is claimed by {claims[rank]}, but {reason}"
            for rank, reason in self.raised.items()
            if rank in claims
        ]
        accidents = [
            f"rank {rank} is not judged: nothing claims it, and what it answers there is "
            f"normalized over {axes}, as by code for other shapes"
            for rank, axes in self.accidental.items()
        ]
        return (*claimed, *accidents)


def claims(
    names: Iterable[object], texts: Iterable[object], codes: Iterable[str] = ()
) -> dict[int, str]:
    """Say which ranks above 2 are claimed: by a name, a word of a docstring, or by the code.

    >>> claims(["BatchNorm2d"], ["For images (N, C, H, W)."])
    {4: "its name 'BatchNorm2d'"}
    """
    found: dict[int, str] = {}
    for rank, pattern in _NAMES.items():
        for name in names:
            if isinstance(name, str) and re.search(pattern, name, re.IGNORECASE):
                found.setdefault(rank, f"its name {name!r}")
    told = [t for t in texts if isinstance(t, str) and not re.search(_FLAT, t, re.IGNORECASE)]
    for rank, pattern in _TEXTS.items():
        for text in told:
            for word in re.finditer(pattern, text, re.IGNORECASE):
                if not re.search(_DENIED, word.string[: word.start()], re.IGNORECASE):
                    found.setdefault(rank, f"its docstring ({word[0]!r})")
    for rank, pattern in _CODES.items():
        for code in codes:
            for word in re.finditer(pattern, code, re.MULTILINE):
                found.setdefault(rank, f"its code ({word[0].strip()!r})")
    return found


def docs(*things: object) -> list[object]:
    """Return the docstrings of things that were written for them, not inherited."""
    return [inspect.cleandoc(d) for t in things if isinstance(d := _own_doc(t), str)]


def _own_doc(thing: object) -> Any:
    return vars(thing).get("__doc__") if isinstance(thing, type) else peek(thing, "__doc__")


def tried(
    make: Make,
    channels: int,
    *,
    claimed: Iterable[int] = (),
    among: Iterable[int] = ALL,
    trains: bool = True,
    first: bool = True,
    dtype: str = "float64",
) -> Found:
    """Try each rank.

    claimed: ranks that are judged whatever they answer; trains: it has a training mode
    first: its channels are axis 1. There an array for another shape does not pass by
        broadcasting, so gamma that acts along the channels was meant to
    """
    raised, answers = {}, []
    for rank in among:
        reason = _attempt(make, probing.case(rank, channels, dtype), trains=trains)
        raised.update({rank: reason} if reason else {})
        answers.extend([] if reason else [rank])
    accidental = {}
    for rank in answers if trains else ():
        axes = None if rank == 2 or rank in set(claimed) else reduced(make, rank, channels, dtype)
        right = frozenset(range(rank)) - {1}
        if not axes or axes == right:
            continue
        fewer = first and axes < right
        if not (fewer and _along_channels(make, probing.case(rank, channels, dtype))):
            accidental[rank] = _axes_told(axes, rank)
    taken = tuple(rank for rank in answers if rank not in accidental)
    if not taken and accidental:
        return Found(tuple(accidental), raised, {})
    return Found(taken, raised, accidental)


def _attempt(make: Make, case: Case, *, trains: bool) -> str:
    try:
        layer = make(case)
        if trains:
            layer.train(case.x)
        elif layer.eval is not None:
            layer.eval(case.x)
    except TargetRaised as error:
        return error.message.partition(", but should")[0]
    except RAISED as error:  # whatever it is, it says that this rank is not taken
        return f"it raised {raised(error)}"
    return ""


def raised(error: BaseException) -> str:
    """Return the kind of an error and the beginning of what it says, in one line."""
    text = " ".join(message_of(error).split())
    return ": ".join(filter(None, (type(error).__name__, text[:150])))


def _along_channels(make: Make, case: Case) -> bool:
    """Whether the first entry of gamma, or else of beta, moves the first channel of y alone."""
    rest = frozenset(range(case.x.ndim)) - {1}
    for part in ("gamma", "beta"):
        moved = getattr(case, part).copy()
        moved[0] += 1
        try:
            other = replace(case, **{part: moved})
            answers = [np.array(make(c).train(c.x)) for c in (case, other)]
        except RAISED:  # whatever it is, nothing is told by it
            return False
        if _box(answers[0] != answers[1]) == rest:
            return True
    return False


def reduced(make: Make, rank: int, channels: int, dtype: str = "float64") -> frozenset[int] | None:
    """Find the axes whose entries share their statistics, ``None`` where they are no axes.

    One entry is moved far, and all that change with it are looked at: the same to the bit or not,
    whatever is wrong with the values. No axes at all: y does not depend on the rest of the batch.
    """
    case = probing.case(rank, channels, dtype)
    x = case.x.copy()
    x[(0,) * rank] += 61.7
    try:
        before, after = (np.array(make(case).train(a)) for a in (case.x, x))
    except RAISED:  # whatever it is, nothing is told by it
        return None
    return _box(before != after)


def _box(changed: Array) -> frozenset[int] | None:
    """Return the axes along which all entries from the first one on changed, and no others."""
    for count in range(changed.ndim + 1):
        for axes in itertools.combinations(range(changed.ndim), count):
            box = np.zeros_like(changed)
            box[tuple(slice(None) if a in axes else 0 for a in range(changed.ndim))] = True
            if np.array_equal(box, changed):
                return frozenset(axes)
    return None


def depends_on_batch(make: Make, case: Case, *, training: bool = True) -> bool:
    """Whether y of one sample depends on the others of its batch; raises what they raise."""
    x = case.x.copy()
    x[1:] = 64.0 - x[1:]
    answers = []
    for given in (case.x, x):
        layer = make(case)
        call = layer.train if training else layer.eval
        if call is None:
            raise ValueError("it has no such mode")
        answers.append(np.array(call(given))[:1])
    return not np.array_equal(answers[0], answers[1])


def _axes_told(axes: frozenset[int], rank: int) -> str:
    if not axes:
        return "no axis of the batch"
    names = ", ".join(map(str, sorted(axes)))
    return f"{'axis' if len(axes) == 1 else 'axes'} {names} of (N, C{', *' * (rank - 2)})"


def _listed(ranks: list[int]) -> str:
    if len(ranks) == 1:
        return f"rank {ranks[0]}"
    return f"ranks {', '.join(map(str, ranks[:-1]))} and {ranks[-1]}"
