"""Which functions of a module are a batch norm's: by the names that courses and blogs use.

``batchnorm_forward`` with ``batchnorm_backward`` and its alternatives, ``forward`` with
``backward``, ``batch_norm``, ``spatial_batchnorm_forward`` for images, and so on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bncheck.model import NormName
from bncheck.targets.common.roles import plain
from bncheck.targets.plain.asked import Asked, Unread, is_function, read, returned
from bncheck.targets.plain.vocabulary import CONTRACT, VOCABULARIES, Vocabulary

BACKWARD_ROLES = (
    *("cache", "x", "gamma", "beta", "eps", "running_mean", "running_var", "dy"),
    *("mask", "residual"),
)
UPDATE_ROLES = (*CONTRACT["update"], "mask")


_SPATIAL = re.compile(r"spatial|conv|2d|4d|image")
_INFER = re.compile(r"infer|eval|test|predict")
BACKWARD = re.compile(r"backward|backprop|bwd|bprop|grad|vjp")
_UPDATE = re.compile(r"update(?:running)?(?:stat\w*|average\w*|moment\w*|running)?|runningupdate")


@dataclass(frozen=True)
class Group:
    """The functions that belong to one forward pass; those that cannot be called are in unread.

    returned: plain names of what the forward pass returns, as its source has them
    """

    forward: Asked | None
    infer: Asked | None = None
    backwards: tuple[Asked, ...] = ()
    infer_backward: Asked | None = None
    update: Asked | None = None
    unread: tuple[Unread, ...] = ()
    returned: tuple[str, ...] = ()


def groups(module: Mapping[str, Any], norm: NormName = "batch") -> dict[str, Group]:
    """Return the groups of a module's functions: ``"any"`` and, where there is one, ``"image"``.

    norm: of which normalization they are
    """
    words = VOCABULARIES[norm]
    public = {n: f for n, f in module.items() if not n.startswith("_") and is_function(f)}
    forwards = {n: f for n, f in public.items() if _is_forward(n, words)}
    found = {}
    for image in (False, True):
        here = [n for n in forwards if bool(_SPATIAL.search(plain(n))) == image]
        # what is called forward says it more clearly than what is called batch_norm
        here.sort(key=lambda n: ("forward" not in plain(n), len(n)))
        made = (group(name, public[name], public, words) for name in here)
        usable = next((g for g in made if g.forward is not None), None)
        if usable is not None:
            found["image" if image else "any"] = usable
    if not found:
        found |= _by_arguments(public, words)
    if not found and norm == "batch":
        alone = next((a for n in public if (a := only_inference(n, public[n])) is not None), None)
        if alone is not None:
            found["any"] = Group(None, infer=alone)
    return found


def _by_arguments(public: Mapping[str, Any], words: Vocabulary) -> dict[str, Group]:
    """Find a forward pass, whatever it is called, by its taking x, gamma and beta."""
    for name, function in public.items():
        if BACKWARD.search(plain(name)) or _INFER.search(plain(name)):
            continue
        made = group(name, function, public, words)
        needed = [role for role in ("gamma", "beta") if role in words.contract["forward"]]
        if made.forward is not None and made.forward.takes(*needed):
            return {"any": made}
    return {}


def _is_forward(name: str, words: Vocabulary) -> bool:
    called = plain(name).removeprefix("spatial")
    return bool(words.forward.fullmatch(called)) and not _INFER.search(called)


def group(
    name: str,
    function: Callable[..., Any],
    public: Mapping[str, Any],
    words: Vocabulary = VOCABULARIES["batch"],
) -> Group:
    """Gather what belongs to one forward pass, by the beginning of its name."""
    contract = words.contract
    forward = read(name, function, words.roles, "x", contract=contract.get(name, ()))
    if isinstance(forward, Unread) or not _is_norm(forward):
        return Group(None, unread=(forward,) if isinstance(forward, Unread) else ())
    stem = _stem(name)
    kept = returned(function)
    backwards: list[Asked] = []
    unread: list[Unread] = []
    infer_backward = infer = update = None
    for other, what in public.items():
        called = plain(other)
        if BACKWARD.search(called) and _belongs(stem, called, words) and _same_rank(stem, called):
            got = read(other, what, backward_roles(words), "dy", kept, contract.get(other, ()))
            if isinstance(got, Unread):
                unread.append(got)
            elif _INFER.search(called):
                infer_backward = infer_backward or got
            else:
                backwards.append(got)
        elif _INFER.search(called) and _same_rank(stem, called):
            infer = infer or only_inference(other, what)
        elif _UPDATE.fullmatch(called) or (
            _UPDATE.search(called) and _belongs(stem, called, words)
        ):
            got = read(other, what, UPDATE_ROLES, "x", (), CONTRACT["update"])
            if isinstance(got, Asked) and got.takes("running_mean", "running_var"):
                update = got
    backwards.sort(key=lambda asked: (not plain(asked.name).startswith(stem), len(asked.name)))
    return Group(forward, infer, tuple(backwards), infer_backward, update, tuple(unread), kept)


def backward_roles(words: Vocabulary) -> tuple[str, ...]:
    """Return the roles of what a backward pass may take, besides what forward returned."""
    more = [role for role in ("groups", "shape", "bn_param") if role in words.roles]
    return (*BACKWARD_ROLES, *more) if words is not VOCABULARIES["batch"] else BACKWARD_ROLES


def _is_norm(asked: Asked) -> bool:
    """Whether a function takes what only a normalization takes besides x."""
    return asked.running or any(asked.takes(role) for role in ("gamma", "eps", "bn_param"))


def only_inference(name: str, function: Callable[..., Any]) -> Asked | None:
    """Read a function whose name and arguments say that it infers, else return ``None``."""
    if not _INFER.search(plain(name)) or BACKWARD.search(plain(name)):
        return None
    words = VOCABULARIES["batch"]
    got = read(name, function, words.roles, "x", (), CONTRACT.get(name, ()))
    return got if isinstance(got, Asked) and got.running else None


def _stem(name: str) -> str:
    """Return what the names of one group begin with: ``batchnorm`` of ``batchnorm_forward``."""
    return re.sub(
        r"forwardpass|forward|fwd|fprop|training|train|apply|transform|compute", "", plain(name)
    )


def _belongs(stem: str, called: str, words: Vocabulary) -> bool:
    """Whether a plain name is one of the group's, and of no longer stem's."""
    rest = re.sub(r"backwardpass|backward|backprop|bwd|bprop|gradients?|grad|vjp", "", called)
    rest = re.sub(r"inference|infer|eval|test|predict|update\w*", "", rest)
    if not rest.startswith(stem):
        return rest in ("", "d") or bool(re.fullmatch(words.named, rest))
    # ``layernorm_backward`` does not belong to ``forward``
    return not re.search(r"norm|relu|conv|affine|pool|softmax|dropout|linear", rest[len(stem) :])


def _same_rank(stem: str, called: str) -> bool:
    return bool(_SPATIAL.search(stem)) == bool(_SPATIAL.search(called))
