"""What each argument of a prototype is for, told from its name, its type and what is beside it.

An argument that nothing is known about is refused, since a guess would be called right or wrong
in the kernel's place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bncheck.model import BATCH, Norm
from bncheck.targets.common.roles import NAMES, WEAK, gradient_names, plain, role_of
from bncheck.targets.native import sizes, storage
from bncheck.targets.native.prototypes import Argument, Prototype

RUNNING = ("running_mean", "running_var")
MODES = ("training", "inference")
# what is given to a kernel, and what it is asked for, in the order in which names are believed
_GIVEN: dict[str, tuple[str, ...]] = {
    "x": (*NAMES["x"], "in", "src", "source"),
    "gamma": NAMES["gamma"],
    "beta": NAMES["beta"],
    "dy": (*NAMES["dy"], "ygrad"),
}
_ASKED: dict[str, tuple[str, ...]] = {
    "y": ("y", "out", "output", "outputs", "yout", "dst", "res", "result", "o"),
    "dx": (
        *(
            "dx",
            "dinp",
            "gradinput",
            "gradinputs",
            "gradin",
            "gradx",
            "dinput",
            "din",
            "gx",
            "dldx",
        ),
        *("xgrad", "inputgrad", "ingrad", "dxin", "bottomdiff", "gin", "dinputs"),
    ),
    "dgamma": gradient_names("gamma"),
    "dbeta": gradient_names("beta"),
}
_SCRATCH = re.compile(r"\w*(workspace|scratch|buffer)\w*|ws|work|tmp\w*|temp\w*|buf|wksp")
_INFERS = re.compile(r"infer|inference|eval|evaluate|test|predict|frozen")
_NEW = re.compile(r"^(new|next|updated|out)(?=.)|(?<=.)(new|next|out|updated)$")
_KEPT = re.compile(r"^(saved?|batch|cached?|stored?|bn)(?=.)|(?<=.)(saved?|batch|cached?|out)$")
_FAMILIES = {
    "mean": ("mean", "means", "mu", "avg", "average", "m"),
    "var": ("var", "variance", "vars", "sigma2", "sigmasq", "v"),
    "inv": (
        *("inv", "invstd", "rstd", "istd", "invstddev", "invvar", "ivar", "ivariance", "rsigma"),
        *("invsigma", "rsqrt", "stdinv", "invvariance", "isigma", "sinv", "invdev", "rsqrtvar"),
    ),
    "std": ("std", "sigma", "stddev", "deviation", "sd"),
    "xhat": ("xhat", "xnorm", "normalized", "xnormalized", "norm", "normed", "xn"),
    "centered": ("centered", "xcentered", "xmu", "xc", "xminusmean", "xmean"),
}
# what is kept for backward and has a value for each one of x
SHAPED = ("xhat", "centered")


@dataclass
class Reading:
    """The roles of a prototype's arguments, and what could not be told.

    roles: by argument; left: pointers to statistics that have no role yet
    why: what nothing is known about, a sentence each
    """

    prototype: Prototype
    roles: dict[Argument, str] = field(default_factory=dict)
    left: list[Argument] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    def has(self, *roles: str) -> bool:
        """Whether all of these roles are there."""
        return set(roles) <= set(self.roles.values())

    def one(self, role: str) -> Argument | None:
        """Return the argument with a role."""
        return next((a for a, r in self.roles.items() if r == role), None)

    @property
    def infers(self) -> bool:
        """Whether its name says that it is for inference."""
        words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", self.prototype.name)
        return any(_INFERS.fullmatch(word.lower()) for word in words)

    @property
    def switched(self) -> bool:
        """Whether an argument says if it trains or infers."""
        return self.has("training") or self.has("inference")


def read(prototype: Prototype, norm: Norm = BATCH) -> Reading:
    """Say what the arguments of a prototype are for."""
    found = Reading(prototype)
    for argument in prototype.arguments:
        if not argument.pointer:
            _number(found, argument, norm)
    pointers = [a for a in prototype.arguments if a.pointer and _is_array(found, a)]
    _named(found, pointers)
    strong = not set(RUNNING).isdisjoint(found.roles.values())
    sized = sizes.completed([*found.roles.values()], norm)
    found.roles = {a: sized.get(role, role) for a, role in found.roles.items()}
    for argument in [a for a in pointers if a not in found.roles]:
        new = role_of(_NEW.sub("", plain(argument.name)), RUNNING)
        if new is not None and not argument.const and new in found.roles.values():
            found.roles[argument] = f"new_{new}"
        else:
            found.left.append(argument)
    if not strong:
        _weak(found)
    return found


def family(name: str) -> str:
    """Say which statistic a name stands for, whatever is in front of it; empty if unknown."""
    called = plain(name)
    bare = _KEPT.sub("", called)
    known = (kind for kind, names in _FAMILIES.items() if called in names or bare in names)
    return next(known, "")


def _number(found: Reading, argument: Argument, norm: Norm) -> None:
    if argument.type in storage.FLOATS and argument.type not in storage.SCALARS:
        found.why.append(f"{argument} is no number that can be handed over; take a float")
        return
    if argument.type in storage.SCALARS:
        role = role_of(argument.name, ("eps", "momentum"))
    else:
        role = role_of(argument.name, MODES)
        # a mode may as well be counted from another number
        role = None if plain(argument.name) in ("mode", "phase") else role
        role = role or sizes.role(argument.name, norm)
    if role is None or role in found.roles.values():
        found.why.append(f"what {argument} is cannot be told")
        return
    found.roles[argument] = role


def _is_array(found: Reading, argument: Argument) -> bool:
    name = plain(argument.name)
    if _SCRATCH.fullmatch(name):
        found.why.append(f"{argument} is scratch space, and how much it needs cannot be guessed")
    elif not storage.dtype_of(argument.type, "raw"):
        found.why.append(f"{argument} does not point to floating-point numbers")
    else:
        return True
    return False


def _named(found: Reading, pointers: Iterable[Argument]) -> None:
    """Give roles by name: first where a name has one meaning, then where it has several."""
    meanings = {argument: _meanings(argument) for argument in pointers}
    for several in (False, True):
        for argument, roles in meanings.items():
            free = [role for role in roles if role not in found.roles.values()]
            if free and (len(roles) > 1) == several:
                found.roles[argument] = free[0]


def _meanings(argument: Argument) -> list[str]:
    name = plain(argument.name)
    name = re.sub(r"(?<=.)(ptr|data|array|vec)$|^ptr(?=.)", "", name)
    roles = [role for role, names in _GIVEN.items() if name in names]
    running = role_of(name, RUNNING)
    if running is not None:
        roles.append(running)
    outputs = [role for role, names in _ASKED.items() if name in names]
    if argument.const:  # backward may be given y
        outputs = [role for role in outputs if role == "y"]
    return roles + outputs


def _weak(found: Reading) -> None:
    """Take ``mean`` and ``var`` for running statistics where they can be nothing else."""
    pair = []
    for role in RUNNING:
        pair += [a for a in found.left if plain(a.name) in WEAK[role]]
    if len(pair) != 2 or pair[0].const != pair[1].const:
        return
    if found.has("dy") or not pair[0].const:
        means = found.infers or (found.has("momentum") and not found.has("dy"))
    else:
        means = True
    if means:
        found.roles |= dict(zip(pair, RUNNING, strict=True))
        found.left = [a for a in found.left if a not in pair]
    elif not found.has("dy") and not any(a.const for a in found.prototype.arguments):
        found.why.append(
            f"whether {pair[0]} and {pair[1]} are read or written cannot be told; "
            "write const before what is only read"
        )
