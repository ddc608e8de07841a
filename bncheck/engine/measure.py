"""Measuring: one case, some laws, plain data out. Runs where the target lives."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from time import perf_counter  # bound now: the target may replace what the module holds
from typing import Any

import numpy as np

from bncheck.cases import Recipe, admits, build, from_plain
from bncheck.engine.bench import Bench, closeness
from bncheck.engine.parts import parts
from bncheck.engine.reducing import raised
from bncheck.engine.target import Target
from bncheck.errors import TargetRaised
from bncheck.trial.law import Law
from bncheck.trial.trial import Inapplicable, Trial

# Larger cases are measured some channels at a time.
MOST_AT_ONCE = 1 << 20

# A law that needs one of these is measured on each backward pass that the target offers.
OF_GRADIENTS = frozenset({"backward", "eval_backward"})


def measure(
    target: Target,
    recipe: dict[str, Any],
    laws: Iterable[Law],
    *,
    confirm: bool,
    explain: bool,
    inferred: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Try some laws on one case. Each result is JSON-able; see `reduced` for its keys.

    confirm: check failures against the exact oracle before they count, whatever the size
    explain: add the failing call's inputs as Python
    inferred: laws that are not measured where they follow from others, which stand before them:
        their status is then ``follows``
    """
    checked = from_plain(recipe)
    if not admits(target.implementation.domain, checked):
        # a step of the search towards a simpler case: the target would answer another question
        return [{"law": law.id, "status": "inapplicable", "reason": ""} for law in laws]
    if checked.size > MOST_AT_ONCE:
        with np.errstate(all="ignore"):
            return _in_parts(target, checked, tuple(laws), confirm, explain, inferred)
    plain = replace(checked, layout="C", dy_layout="C", alias="")
    apart = target.apart
    others = _others(apart)
    if plain == checked:
        plain = checked  # one bench for both
    benches: dict[tuple[bool, str, bool, bool], Bench] = {}
    norm = target.implementation.domain.norm
    results = []
    with np.errstate(all="ignore"):
        for law in laws:
            began = perf_counter()
            wanted, main = plain if law.contiguous else checked, target if law.inputs else apart
            found = []
            for name, asked in (
                ("", main),
                *(others if others and law.needs & OF_GRADIENTS else ()),
            ):
                native = law.native and not norm.of_sets
                key = wanted is checked, name, law.inputs, native
                if key not in benches:
                    case = build(wanted, norm if native else norm.simple)
                    benches[key] = Bench(asked, case)
                bench = benches[key]
                if law.id in inferred and bench.implies(law):
                    found.append(_following(law))
                    continue
                result = bench.result(law, confirm=confirm, explain=explain)
                found.append(_naming(result, name))
            result = found[0] if len(found) == 1 else _worst(found)
            # what laws share, the plain run and the truth about it, is with the first of them
            results.append({**result, "seconds": perf_counter() - began})
    return results


def _others(target: Target) -> list[tuple[str, Target]]:
    """Return the target once for each further backward pass that it offers."""
    implementation = target.implementation
    return [
        (name, replace(target, implementation=replace(implementation, make=make)))
        for name, make in implementation.alternatives
    ]


def _naming(result: dict[str, Any], name: str) -> dict[str, Any]:
    """Say which backward pass was asked, where it is not the main one."""
    if not name or "what" not in result:
        return result
    return {**result, "what": f"{name}: {result['what']}", "alternative": name}


def _worst(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the result that says most against the target: it raised, it fails, or is closest."""
    odd = next((r for r in found if r["status"] in ("raised", "fault")), None)
    measured = [r for r in found if r["status"] == "measured"]
    return odd or (max(measured, key=closeness) if measured else found[0])


def _in_parts(
    target: Target,
    recipe: Recipe,
    laws: tuple[Law, ...],
    confirm: bool,
    explain: bool,
    inferred: Collection[str],
) -> list[dict[str, Any]]:
    """Try laws that only read the plain run on a large case, some channels at a time.

    The target is called once on the whole; truth and bounds are evaluated for so many channels
    at a time that they need little memory. Laws that make their own calls are left out.
    """
    shared = [law for law in laws if law.shared]
    others = [law for law in laws if not law.shared]
    results = [{"law": law.id, "status": "inapplicable", "reason": ""} for law in others]
    found: dict[str, list[dict[str, Any]]] = {law.id: [] for law in shared}
    try:
        whole = build(recipe, target.implementation.domain.norm.simple)
        for part in parts(target.implementation, target.convention, target.guard, whole):
            bench = Bench(replace(target, implementation=part.implementation), part.case)
            for law in shared:
                began = perf_counter()
                if law.id in inferred and bench.implies(law):
                    result = _following(law)
                else:
                    result = bench.result(law, confirm=confirm, explain=explain)
                found[law.id].append({**result, "seconds": perf_counter() - began})
    except Inapplicable as reason:  # it has no training mode: the parts have nothing to repeat
        return [{"law": law.id, "status": "inapplicable", "reason": reason.reason} for law in laws]
    except TargetRaised as error:
        case = Trial(whole, target.implementation, target.convention)
        return results + [raised(law, case, error) for law in shared]
    return results + [_together(several) for several in found.values()]


def _together(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one result of those of all parts: the worst, with all entries counted."""
    measured = [r for r in results if r["status"] == "measured"]
    others = [r for r in results if r["status"] not in ("measured", "follows")]
    if others or not measured:
        return next(iter(others), results[0])
    worst = max(measured, key=closeness)
    return {
        **worst,
        "compared": sum(r["compared"] for r in measured),
        "unpromised": sum(r["unpromised"] for r in measured),
        "warning": next((r["warning"] for r in measured if r["warning"]), ""),
        "sees": min(r["sees"] for r in measured),
        "seconds": sum(r["seconds"] for r in measured),
    }


def _following(law: Law) -> dict[str, Any]:
    return {"law": law.id, "status": "follows"}
