"""Plain functions on arrays, of a module or one that is named, made into layers.

They have the names and parameters of the contract's module of functions, or those that courses
and blogs use (`course`); what each argument is given is read from its name (`asked`), how the
functions are called is found out by small calls (`resolving`), and nothing is claimed that was
not seen to work.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Implementation
from bncheck.targets.common import answers, array_kinds, defaults, dividing, probing, ranks
from bncheck.targets.common.looking import peek
from bncheck.targets.plain import abilities
from bncheck.targets.plain.asked import is_function, origin, places, source_of
from bncheck.targets.plain.course import Group, group, groups, only_inference
from bncheck.targets.plain.missing import no_forward
from bncheck.targets.plain.promised import as_promised
from bncheck.targets.plain.sheet import Sheet
from bncheck.targets.plain.sheets import CHANNELS, LIMITS, Sheets, sheets_of
from bncheck.targets.plain.steps import Steps
from bncheck.targets.plain.vocabulary import CONTRACT


def recognises(target: object) -> bool:
    """Whether the target is a module, or a function on arrays."""
    return isinstance(target, ModuleType) or (is_function(target) and bool(_groups(target)))


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a module's functions, or of one function and what belongs to it.

    ``promised``, from a profile, is not needed: where channels are is found out.

    Raises TargetError where no function is a forward pass or it takes no array of any rank, and
    UsageError where ``CONVENTION`` is not one.
    """
    home = _home(target)
    for key in CONTRACT:
        if isinstance(target, ModuleType) and not callable(home.get(key, callable)):
            raise TargetError(f"{name}: {key} is {answers.describe(home[key])}, not a function")
    own = Convention.from_mapping(_convention(target, home), f"{name}: CONVENTION")
    found = as_promised(_groups(target), own, name)
    if not found:
        raise TargetError(no_forward(home, name))
    claimed = {} if own.ranks else _claims(found, target)
    if own.activation:  # what it cuts off hides over which axes the output is normalized
        claimed = dict.fromkeys(ranks.ALL, "CONVENTION")
    sheets = sheets_of(found, home, own, name, claimed)
    return _Adapted(name, home, own, sheets, claimed).implementation()


def unseen(target: Any, name: str) -> Implementation:
    """Make an implementation by signatures alone, of functions that are lost when they are called.

    Raises TargetError where no function is a forward pass, UsageError for a bad ``CONVENTION``.
    """
    home = _home(target)
    own = Convention.from_mapping(_convention(target, home), f"{name}: CONVENTION")
    found = next(iter(_groups(target).values()), None)
    if found is None:
        raise TargetError(no_forward(home, name))
    sheet, called = Sheet(found), found.forward or found.infer
    has, infers = found.forward is not None, found.infer is not None
    there: dict[Ability, bool] = {
        "backward": has and bool(found.backwards),
        "eval": infers,
        "eval_backward": infers and found.infer_backward is not None,
        "running": has and found.update is not None,
        "state_before_step": infers or found.update is not None,
    }
    return Implementation(
        name=name,
        make=lambda case: Steps(sheet, case).layer(),
        abilities=frozenset(ability for ability, is_there in there.items() if is_there),
        convention=own,
        domain=Domain(
            ranks=own.ranks or ranks.ALL, dtypes=own.dtypes or Domain.dtypes, training=has
        ),
        origin="" if called is None else origin(called.function),
    )


def _groups(target: object) -> dict[str, Group]:
    if isinstance(target, ModuleType):
        return groups(vars(target))
    function: Callable[..., Any] = target  # type: ignore[assignment] # is_function has seen it
    public = {n: f for n, f in _home(target).items() if not n.startswith("_") and is_function(f)}
    called = str(peek(function, "__name__", "") or peek(peek(function, "func"), "__name__", ""))
    made = group(called, function, public)
    if made.forward is None:
        alone = only_inference(called, function)
        return {} if alone is None else {"any": Group(None, infer=alone)}
    return {"any": made}


def _home(target: object) -> Mapping[str, Any]:
    """Return the names of the module that a function is in, or of the module itself."""
    if isinstance(target, ModuleType):
        return vars(target)
    inner = peek(target, "py_func") or peek(target, "func") or target
    inner = inspect.unwrap(inner) if inspect.isroutine(inner) else peek(inner, "__wrapped__", inner)
    home = peek(inner, "__globals__")
    if isinstance(home, dict):
        return home
    module = sys.modules.get(str(peek(inner, "__module__")))
    return vars(module) if module else {}


def _convention(target: object, home: Mapping[str, Any]) -> Any:
    own = peek(target, "CONVENTION") if not isinstance(target, ModuleType) else None
    return own if own is not None else home.get("CONVENTION", {})


def _claims(found: Mapping[str, Group], target: object) -> dict[int, str]:
    """Say which ranks the names, docstrings and texts of the functions claim."""
    asked = [a for g in found.values() for a in (g.forward, g.infer) if a is not None]
    functions = [a.function for a in asked]
    texts = [*functions, *([target] if isinstance(target, ModuleType) else [])]
    called = (peek(f, "__name__") for f in functions)
    return ranks.claims(called, ranks.docs(*texts), map(source_of, functions))


@dataclass(frozen=True)
class _Adapted:
    """What is known of the functions, on the way to an `Implementation`."""

    name: str
    home: Mapping[str, Any]
    own: Convention
    sheets: Sheets
    claimed: Mapping[int, str]

    def implementation(self) -> Implementation:
        sheets, own = self.sheets, self.own
        first = sheets.first
        leading = first.group.forward or first.group.infer
        function = leading.function if leading else _no_function
        shape = sheets.trying.shape
        found = ranks.Found(tuple(sheets.by_rank), {}, {})
        found = (
            found
            if shape is not None
            else ranks.tried(
                sheets.make,
                sheets.channels,
                claimed=own.ranks or self.claimed,
                among=own.ranks or ((2,) if first.axis == 0 else ranks.ALL),
                trains=sheets.training,
                first=first.axis == 1,
                dtype=(own.dtypes or Domain.dtypes)[-1],
            )
        )
        taken = own.ranks or found.taken or tuple(sheets.by_rank)
        rank, channels = taken[0], sheets.channels
        case = sheets.trying.case(rank)
        seen = abilities.of(sheets.make, [sheets.by_rank[r] for r in taken], case)
        domain = Domain(
            ranks=taken,
            channels=self.width(channels),
            dtypes=own.dtypes or Domain.dtypes,
            affine=leading is None or _takes(first, "gamma", "beta"),
            training=sheets.training,
            few_shapes=any(kind.name == "JAX" for kind in array_kinds.used_by(self.home)),
        )
        domain = domain.limited(own)
        own, domain, more = self.constants(own, domain, seen.abilities, rank)
        domain, without = self.dtypes(domain, case)
        usual = defaults.of_signature(function)
        return Implementation(
            name=self.name,
            make=sheets.make,
            abilities=seen.abilities | more,
            masks=first.mask is not None,
            modeless=bool(first.group.backwards) and first.group.infer_backward is None,
            convention=own if first.axis == 1 else replace(own, channel_axis=first.axis),
            domain=domain,
            origin=origin(function),
            places=places([a.function for a in first.group.backwards], origin(function)),
            defaults=usual,
            measured=frozenset(_measured(own, self.own, first.axis)),
            untried=(*found.untried(), *without, *seen.untried, *self.fixed(domain)),
            warnings=(
                *found.warnings(self.claimed),
                *_refusal(sheets.refused),
                *(
                    dividing.warned(sheets.make, rank, channels, domain.dtypes[-1])
                    if domain.training and shape is None and not own.activation
                    else ()
                ),
                *(
                    probing.forgets(sheets.make, rank, channels, usual.get("momentum"))
                    if "running" in seen.abilities and domain.sets_momentum and shape is None
                    else ()
                ),
            ),
            alternatives=tuple(
                (name, partial(sheets.make, backward=number)) for number, name in seen.alternatives
            ),
        )

    def constants(
        self, own: Convention, domain: Domain, can: frozenset[Ability], rank: int
    ) -> tuple[Convention, Domain, frozenset[Ability]]:
        """Measure eps and momentum where they cannot be set."""
        make, channels, first = self.sheets.make, self.sheets.channels, self.sheets.first
        if domain.shape is not None:
            self.settable(first, can)
            return own, domain, frozenset()
        if not _takes(first, "eps") and domain.training:
            domain = replace(domain, fixed_eps=probing.eps(make, rank, channels))
        if "running" not in can or _takes(first, "momentum"):
            return own, domain, frozenset()
        if probing.cumulative(make, rank, channels):
            return own, replace(domain, only_cumulative=True), frozenset({"cumulative"})
        found = probing.momentum(make, rank, channels)
        if found is not None:
            domain = replace(domain, fixed_momentum=found[0])
            own = replace(own, momentum_weighs=own.momentum_weighs or found[1])
        return own, domain, frozenset()

    def settable(self, sheet: Sheet, can: frozenset[Ability]) -> None:
        """Raise TargetError where a constant would have to be measured on other shapes."""
        for role, needed in (("eps", True), ("momentum", "running" in can)):
            if needed and not _takes(sheet, role):
                raise TargetError(
                    f"{self.name} promises one shape and takes no {role}, which is measured on "
                    f"other shapes; let it take {role}, with the usual value as its default"
                )

    def width(self, channels: int) -> int | None:
        """Return the number of channels, where others were seen not to be taken."""
        limited = self.own.channels or self.own.channels_multiple_of or self.own.shape
        return None if limited or channels == CHANNELS[0] else channels

    def dtypes(self, domain: Domain, case: Case) -> tuple[Domain, tuple[str, ...]]:
        """Leave float64 out where JAX, as it is set, does not compute in it."""
        jax = sys.modules.get("jax")
        wide = jax is None or bool(peek(peek(jax, "config"), "jax_enable_x64"))
        # by what it returns, too: its file may speak of JAX by another library's name
        kinds = [self.sheets.first.kind, *array_kinds.used_by(self.home)]
        if wide or self.own.dtypes or not any(kind.name == "JAX" for kind in kinds):
            return domain, ()
        layer = self.sheets.make(case)
        y = layer.train(case.x) if domain.training else layer.eval and layer.eval(case.x)
        if y is None or y.dtype.name != "float32":
            return domain, ()
        text = "float64: JAX computes in float32 unless jax_enable_x64 is set"
        return replace(domain, dtypes=("float32",)), (text,)

    def fixed(self, domain: Domain) -> tuple[str, ...]:
        if domain.channels is None or self.own.channels or self.own.shape:
            return ()
        return (f"other numbers of channels than {domain.channels}: {CHANNELS[0]} are not taken",)


def _takes(sheet: Sheet, *roles: str) -> bool:
    """Whether each of the roles can be given, as an argument or in the dict."""
    group = sheet.group
    functions = [f for f in (group.forward, group.infer, group.update) if f is not None]
    return all(
        any(f.takes(role) or (f.takes("bn_param") and role in sheet.reads) for f in functions)
        for role in roles
    )


def _refusal(raised: Mapping[int, BaseException]) -> tuple[str, ...]:
    if not raised:
        return ()
    first = ranks.raised(next(iter(raised.values())))
    return (f"none of the shapes that were tried first was taken ({first}). {LIMITS}",)


def _measured(own: Convention, said: Convention, axis: int) -> list[str]:
    keys = ["momentum_weighs"] if own.momentum_weighs != said.momentum_weighs else []
    return keys if axis == 1 else [*keys, "channel_axis"]


def _no_function() -> None:
    """Stand where there is no function to look at."""
