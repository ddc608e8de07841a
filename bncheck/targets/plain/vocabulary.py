"""How people call the functions of each normalization."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bncheck.model import NormName

FORWARD_ROLES = (
    *("x", "gamma", "beta", "eps", "momentum", "running_mean", "running_var"),
    *("training", "inference", "bn_param", "statistics", "mask", "residual"),
)
# by place, as in the contract of a module of plain functions
CONTRACT: dict[str, tuple[str, ...]] = {
    "forward": ("x", "gamma", "beta", "eps"),
    "backward": ("dy", "x", "gamma", "beta", "eps"),
    "infer": ("x", "gamma", "beta", "running_mean", "running_var", "eps"),
    "infer_backward": ("dy", "x", "gamma", "beta", "running_mean", "running_var", "eps"),
    "update": ("x", "running_mean", "running_var", "momentum"),
}
# of the relatives: how many groups there are, and the sizes of gamma
RELATIVES = ("x", "gamma", "beta", "groups", "eps", "bn_param", "shape")
_WITHOUT_BETA = {"forward": ("x", "gamma", "eps"), "backward": ("dy", "x", "gamma", "eps")}


@dataclass(frozen=True)
class Vocabulary:
    """The words of one normalization, and what its functions take.

    named: what its name is, as ``bn`` and ``batchnorm``; forward: a plain name of a forward pass
    roles: of what that is given; contract: roles by place, where no name says them
    """

    named: str
    forward: re.Pattern[str]
    roles: tuple[str, ...]
    contract: Mapping[str, tuple[str, ...]]


_STEP = "(?:forward|fwd|fprop|forwardpass|train|training|forwardtrain|trainforward)"


def _vocabulary(
    named: str, core: str, roles: tuple[str, ...], contract: Mapping[str, tuple[str, ...]]
) -> Vocabulary:
    forward = re.compile(
        f"{core}(?:layer)?{_STEP}"
        f"|(?:forward|fwd|train|apply)?{named}(?:1d|2d|4d)?(?:layer)?(?:train|training)?"
    )
    return Vocabulary(named, forward, roles, contract)


def _relative(word: str, letters: str, contract: Mapping[str, tuple[str, ...]]) -> Vocabulary:
    named = f"(?:{letters}|(?:{word})(?:norm|normali[sz](?:e|ation)))(?:1d|2d|layer)?"
    core = f"(?:{word}|{letters}|(?:{word})?(?:norm|normali[sz](?:e|ation|er)))?(?:1d|2d)?"
    return _vocabulary(named, core, RELATIVES, contract)


VOCABULARIES: dict[NormName, Vocabulary] = {
    "batch": _vocabulary(
        "(?:bn|batchnorm|batchnormali[sz](?:e|ation))(?:1d|2d|layer)?",
        "(?:batch|bn|batchnorm|batchnormali[sz](?:e|ation|er)|norm|normali[sz]e)?(?:1d|2d)?",
        FORWARD_ROLES,
        CONTRACT,
    ),
    "layer": _relative("layer", "ln", CONTRACT),
    "rms": _relative("rms|rootmeansquare|t5|llama|gemma", "rms", CONTRACT | _WITHOUT_BETA),
    "group": _relative("group", "gn", CONTRACT),
    "instance": _relative("instance|inst", "in", CONTRACT),
}
