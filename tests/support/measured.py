"""Laws on a target in this process, without an engine: for tables of many small targets."""

import itertools
from dataclasses import replace

from bncheck.engine import recognition, survey
from bncheck.engine.measure import measure
from bncheck.engine.options import BUDGETS
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

LARGEST = 1 << 15


def failures(name, laws=("F00", "B01"), dtype="float32", most=None):
    """Return the ids of laws that fail on the cases of budget quick, the first of each.

    most: how many cases at most. Cases of 65,537 rows, whose failures take half a minute each to
    confirm exactly, are for what is tried by a run.
    """
    made = adapt(load(name), name=name)
    guard = Guard()
    known = recognition.observe(made, guard, (dtype,))["known"]
    unsaid = {k: v for k, v in known.items() if getattr(made.convention, k) is None}
    target = Target(made, replace(made.convention, **unsaid), guard)
    asked = [law for law in LAWS if law.id in laws]
    failed = set()
    recipes = survey.cases(made.domain, dtype, dtype, BUDGETS["quick"], 0)
    few = (recipe for recipe in recipes if recipe.size <= LARGEST)
    for recipe in itertools.islice(few, most):
        rest = [law for law in asked if law.id not in failed]
        if not rest:
            break
        found = measure(target, recipe.plain(), rest, confirm=True, explain=False)
        failed |= {r["law"] for r in found if r["status"] == "raised" or r.get("fails")}
    return failed
