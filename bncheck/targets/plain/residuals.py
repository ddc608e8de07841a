"""The residual form of a relative: a function that normalizes the sum of x and a residual.

``forward_residual(x, residual, gamma, eps)`` returns y and the sum, which is the residual of the
next layer; kernels of language models have it beside, or in place of, the plain form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bncheck.model import NormName
from bncheck.model.formats import Array
from bncheck.targets.common.roles import plain
from bncheck.targets.plain.asked import Asked, is_function
from bncheck.targets.plain.course import BACKWARD, Group, group
from bncheck.targets.plain.steps import Steps
from bncheck.targets.plain.vocabulary import VOCABULARIES

NAME = "forward_residual"
# the norms of law N11
TRIED: tuple[NormName, ...] = ("layer", "rms")


@dataclass(frozen=True)
class Found:
    """The group of the residual form, where there is one, and what is not tried of it."""

    group: Group | None
    untried: tuple[str, ...] = ()


def residual_form(home: Mapping[str, Any], norm: NormName) -> Found:
    """Find the first public function that takes x, a residual and gamma; say what is left out."""
    words = VOCABULARIES[norm]
    x, *others = words.contract["forward"]
    contract = {**words.contract, NAME: (x, "residual", *others)}
    words = replace(words, roles=(*words.roles, "residual"), contract=contract)
    public = {n: f for n, f in home.items() if not n.startswith("_") and is_function(f)}
    found: list[Group] = []
    untried: list[str] = []
    for name, function in public.items():
        if BACKWARD.search(plain(name)):
            continue
        made = group(name, function, public, words)
        if made.forward is None and "residual" in plain(name):
            why = made.unread[0] if made.unread else f"{name} takes no gamma"
            untried.append(f"{why}: not called")
        elif made.forward is not None and made.forward.takes("x", "residual", "gamma"):
            found.append(made)
    names = [made.forward.name for made in found if made.forward is not None]
    if names and norm not in TRIED:
        return Found(
            None, (*untried, f"{names[0]}: residuals are tried with {' and '.join(TRIED)}")
        )
    untried += [f"{name}: {names[0]} is tried in its place" for name in names[1:]]
    untried += [f"gradients by the residual of {name}" for name in names[:1]]
    return Found(found[0] if found else None, tuple(untried))


def called(steps: Steps, form: Asked, x: Array, residual: Array) -> tuple[Array, Array | None]:
    """Return y and the sum, which a function that returns y alone does not hand back.

    Raises TargetRaised where something else is returned.
    """
    given = steps.given(training=True) | steps.batch(x) | {"residual": steps.inward(residual)}
    with steps.sheet.kind.around():
        got = form(given)
    both = got if isinstance(got, tuple | list) and got else (got,)
    y, *rest = (steps.outward(form.name, each, x) for each in both[:2])
    return y, rest[0] if rest else None
