"""From a library and its prototypes to an `Implementation`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bncheck.errors import TargetError, UsageError
from bncheck.model import BATCH, NORMS, Ability, Case, Convention, Domain, Implementation, Norm
from bncheck.model.formats import FLOAT32, FORMATS, format_of
from bncheck.model.norm import named
from bncheck.targets.common import promises
from bncheck.targets.common.view import viewed
from bncheck.targets.native import library, measuring, prototypes, sizes, sorting
from bncheck.targets.native.calls import Caller
from bncheck.targets.native.layers import Living
from bncheck.targets.native.plan import Plan


def adapt(
    given: str | Path,
    text: str,
    *,
    dtypes: Sequence[str] | None,
    layout: str,
    convention: Convention | Mapping[str, Any] | None,
    norm: str | None,
    home: Mapping[str, Any],
    where: tuple[str, int],
) -> Implementation:
    """Make an implementation; ``where`` is the file and line of who calls, ``home`` its names.

    Raises TargetError where the library or its prototypes cannot be taken, UsageError for
    wrong options.
    """
    kind = _norm(norm, home)
    promised = promises.completed(_convention(convention), home.get("CONVENTION", {}))
    layout, wanted = sizes.checked(layout), _dtypes(dtypes or promised.dtypes)
    path = library.found(given, Path(where[0]).parent)
    raw = next(filter(_is_half, wanted), "")
    plans = _wanted(sorting.plans(prototypes.read(text), raw, layout, kind), wanted)
    opened = library.opened(path)
    callers = {}
    for dtype, plan in plans.items():
        functions = {
            call.prototype.name: library.function(opened, path, call.prototype)
            for call in plan.calls.values()
        }
        callers[dtype] = Caller(plan, functions, layout, kind)

    def make(case: Case) -> Any:
        caller = callers.get(case.dtype)
        if caller is None:
            raise UsageError(f"dtype={case.dtype!r}, but {path.name} takes {_listed(callers)}")
        if kind != BATCH:  # how many groups there are is the case's
            caller = replace(caller, norm=case.norm)
        return Living(caller, case).layer()

    first = next(iter(plans.values()))
    main = first.forward or first.calls["infer"]
    made = Implementation(
        name=f"{path.name}:{main.prototype.name}",
        make=make if kind == BATCH else viewed(kind, make),
        abilities=_common(plans),
        # which dtypes there are is said by the domain
        convention=replace(promised, dtypes=None, **_told(plans, layout)),
        domain=_domain(plans, layout, promised, kind).limited(promised),
        origin=f"{where[0]}:{where[1]}" if Path(where[0]).is_file() else "",
    )
    return measuring.built_in(made, first)


def _convention(given: Convention | Mapping[str, Any] | None) -> Convention:
    if isinstance(given, Convention):
        return given
    return Convention() if given is None else Convention.from_mapping(given, "convention")


def _norm(given: str | None, home: Mapping[str, Any]) -> Norm:
    """Return which normalization it is: what the call says, or the file that makes it."""
    said, where = (given, "norm") if given is not None else (home.get("NORM", "batch"), "NORM")
    return NORMS[named(said, where)]


def _dtypes(given: Sequence[str] | None) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given or ())
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"dtypes={given!r}, but each should be one of {', '.join(FORMATS)}")
    return names


def _wanted(plans: dict[str, Plan], dtypes: tuple[str, ...]) -> dict[str, Plan]:
    for name in dtypes:
        if name not in plans:
            raise TargetError(
                f"dtypes has {name!r}, but the prototypes are for {_listed(plans)}; "
                f"give those for {name}, too, or leave it out"
            )
    return {name: plans[name] for name in dtypes or plans}


def _listed(names: Mapping[str, object]) -> str:
    return " and ".join(names)


def _common(plans: Mapping[str, Plan]) -> frozenset[Ability]:
    return frozenset.intersection(*map(_abilities, plans.values()))


def _abilities(plan: Plan) -> frozenset[Ability]:
    there: dict[Ability, bool] = {
        "backward": "backward" in plan.calls and plan.forward is not None,
        "eval": plan.infer is not None,
        "eval_backward": plan.infer is not None and plan.infer_backward is not None,
        "running": plan.keeps,
        "state_before_step": plan.keeps or plan.infer is not None,
    }
    return frozenset(ability for ability, has in there.items() if has)


def _told(plans: Mapping[str, Plan], layout: str) -> dict[str, Any]:
    """Return what the prototypes say about conventions."""
    told: dict[str, Any] = {} if layout == "NCHW" else {"channel_axis": -1}
    kept = {plan.parameters == "float32" for plan in plans.values() if _is_half(plan.dtype)}
    if len(kept) > 1:
        raise TargetError(
            "gamma and beta are float32 for one of float16 and bfloat16 and not for the other; "
            "check each with a from_ctypes of its own, by dtypes"
        )
    if kept == {True}:
        told["parameters"] = "float32"
    return told


def _domain(plans: Mapping[str, Plan], layout: str, promised: Convention, norm: Norm) -> Domain:
    common = set.intersection(*({*plan.ranks(layout)} for plan in plans.values()))
    ranks = tuple(sorted(common & {*(promised.ranks or common)}))
    if not ranks:
        listed = ", ".join(map(str, sorted(common)))
        raise TargetError(f"ranks={promised.ranks}, but the sizes are for ranks {listed}")
    mains = [plan.forward or plan.calls["infer"] for plan in plans.values()]
    return Domain(
        norm=norm,
        ranks=ranks,
        dtypes=tuple(plans),
        affine=all(call.has("gamma") for call in mains),
        strided=False,
        training=all(plan.forward is not None for plan in plans.values()),
    )


def _is_half(dtype: str) -> bool:
    return format_of(dtype).precision < FLOAT32.precision
