"""Writes equations and inequalities as Coq lemmas with their proofs, for every batch size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bncheck.errors import NotSupported
from bncheck.symbolic.expression import (
    ZERO,
    Element,
    Expr,
    Index,
    Sum,
    Symbol,
    ordered_indices,
)
from bncheck.symbolic.printers.coq_roots import Writer
from bncheck.symbolic.printers.coq_terms import formula, name_of
from bncheck.symbolic.printers.coq_trees import (
    Slope,
    exhibited,
    has_second_derivative,
    plain,
    rate,
    still,
    without_derivatives,
    without_slopes,
)
from bncheck.symbolic.trees import walk

HEAD = """Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Require Import BatchNorm Certified.
Open Scope R_scope.
"""
UNNAMED = frozenset(("eps", "eps_2", "running_var", "var_2"))
"""Called positive in a theorem for convenience; a hypothesis only where the domain says so."""


@dataclass(frozen=True)
class Lemma:
    """A lemma with its proof, what it supposes, and whether derivatives are only carried out."""

    name: str
    source: str
    hypotheses: tuple[str, ...]
    algebra_only: bool


@dataclass(frozen=True)
class _Setting:
    sizes: frozenset[str]
    binders: str
    names: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    free: tuple[Index, ...]
    positive: frozenset[str]


def equation(name: str, left: Expr, right: Expr, domain: str = "", signed: bool = False) -> Lemma:
    """Return the lemma ``left = right``.

    Raises NotSupported for what cannot be written so.
    """
    second = has_second_derivative(left) or has_second_derivative(right)
    sides = [plain(without_derivatives(side)) for side in (left, right)]
    stated = sides if second else [plain(exhibited(side)) for side in (left, right)]
    setting = _setting([*sides, *stated], domain, signed)
    writer = Writer(
        setting.sizes, frozenset(index.name for index in setting.free), setting.positive
    )
    for side in sides:
        writer.normal(side)
    slopes = list(dict.fromkeys(n for side in stated for n in walk(side) if isinstance(n, Slope)))
    for slope in slopes:
        writer.suppose_roots(still(slope.body))
    hypotheses = (*(h for _, h in setting.given), *writer.hypotheses)
    algebra = f"{name}_algebra" if slopes else name
    lines = _lemma(
        algebra,
        setting,
        list(writer.hypotheses),
        " =\n    ".join(map(writer.literal, sides)),
        [*_start(setting), *writer.steps, writer.finish()],
    )
    if slopes:
        lines += _with_derivatives(name, setting, writer, stated, slopes)
    return Lemma(name, "\n".join(lines) + "\n", hypotheses, second)


def inequality(
    name: str, lesser: Expr, greater: Expr, gap: Expr, given: tuple[Expr, ...], domain: str = ""
) -> Lemma:
    """Return the lemma ``lesser <= greater``, with that of its gap.

    Raises NotSupported for what cannot be written so.
    """
    found = equation(f"{name}_gap", greater - lesser, gap, domain, signed=True)
    if found.algebra_only or "_slope_" in found.source:
        raise NotSupported("an inequality with a derivative")
    sides = [plain(side) for side in (lesser, greater, gap)]
    supposed = [plain(each) for each in given]
    setting = _setting([*sides[:2], sides[2]], domain, signed=True)
    equal = _setting([plain(greater - lesser), sides[2]], domain, signed=True)
    texts = [formula(side, setting.sizes) for side in sides]
    hypotheses = list(found.hypotheses)
    more = [_for_all(each, setting) for each in supposed]
    lines = _lemma(
        name,
        setting,
        [*hypotheses[len(setting.given) :], *more],
        f"{texts[0]} <= {texts[1]}",
        [
            *_start(setting),
            f"assert (E : {formula(plain(greater - lesser), equal.sizes)} = {texts[2]})"
            f" by (apply {_about(equal, f'{name}_gap')}; assumption).",
            f"assert (P : 0 <= {texts[2]}) by nonneg.",
            "lra.",
        ],
    )
    source = found.source + "\n".join(lines) + "\n"
    return Lemma(name, source, (*hypotheses, *more), False)


def _for_all(supposed: Expr, setting: _Setting) -> str:
    """Return that something is not negative, at every place."""
    bound = _all_of(ordered_indices(supposed))
    return f"({bound}0 <= {formula(supposed, setting.sizes)})"


def _setting(exprs: list[Expr], domain: str, signed: bool) -> _Setting:
    """Find what an equation speaks of, and what the theorem says about it."""
    nodes = [node for expr in exprs for node in walk(expr)]
    symbols = {n.name: n.positive for n in nodes if isinstance(n, Symbol)}
    elements = {n.name: len(n.indices) for n in nodes if isinstance(n, Element)}
    free = dict.fromkeys(index for expr in exprs for index in ordered_indices(expr))
    sizes = {n.index.size for n in nodes if isinstance(n, Sum)} | {"m"} & set(symbols)
    sizes |= {index.size for index in free}
    scalars = [n for n in sorted(symbols) if n not in sizes]
    given = dict(_of_sizes(sizes, symbols, domain))
    given |= dict(_of_signs({n: symbols[n] for n in scalars}, domain, signed))
    positive = {n for n in scalars if given.get(f"{name_of(n)}_positive", "").startswith("0 < ")}
    positive |= {f"{n} - 1" for n in sizes if re.search(rf"\b{n} >= [2-9]", domain)}
    binders = "".join(f" ({name_of(n)} : nat)" for n in sorted(sizes))
    binders += "".join(f" ({name_of(n)} : {'nat -> ' * k}R)" for n, k in sorted(elements.items()))
    binders += f" ({' '.join(map(name_of, scalars))} : R)" if scalars else ""
    names = [*sorted(sizes), *sorted(elements), *scalars]
    return _Setting(
        frozenset(sizes),
        binders,
        tuple(map(name_of, names)),
        tuple(given.items()),
        tuple(sorted(free, key=lambda index: index.name)),
        frozenset(positive),
    )


def _of_sizes(
    sizes: set[str], symbols: Mapping[str, bool], domain: str
) -> Iterator[tuple[str, str]]:
    """Yield how large sizes are at least: 1, where they are divided by, or what is said."""
    for size in sorted(sizes):
        least = re.search(rf"\b{size} >= (\d)", domain)
        if least or size in symbols or size in ("m", "n"):
            of = name_of(size)
            yield f"{of}_some", f"({least[1] if least else 1} <= {of})%nat"


def _of_signs(scalars: Mapping[str, bool], domain: str, signed: bool) -> Iterator[tuple[str, str]]:
    """Yield which scalars are positive; in an inequality, which are not negative."""
    for name, flag in scalars.items():
        said = re.search(rf"(?<!\+ )\b{name} > 0", domain)
        if said or (flag and name not in UNNAMED):
            yield f"{name_of(name)}_positive", f"0 < {name_of(name)}"
        elif flag and signed:
            yield f"{name_of(name)}_positive", f"0 <= {name_of(name)}"


def _start(setting: _Setting) -> Iterator[str]:
    for size in sorted(setting.sizes):
        of = name_of(size)
        if any(label == f"{of}_some" for label, _ in setting.given):
            yield f"pose proof (le_INR _ _ {of}_some) as {of}_real; simpl INR in {of}_real."


def _lemma(
    name: str, setting: _Setting, supposed: list[str], stated: str, steps: list[str]
) -> list[str]:
    at = [name_of(index.name) for index in setting.free]
    binders = setting.binders + "".join(f" ({n} : nat)" for n in at)
    bounds = [f"({name_of(n.name)} < {name_of(n.size)})%nat" for n in setting.free]
    labels = [label for label, _ in setting.given]
    labels += [f"hyp_{number}" for number in range(len(supposed))]
    labels += [f"{n}_below" for n in at]
    return [
        f"Lemma {name}",
        f"    {binders.strip()} :",
        *(f"    {each} ->" for each in [*(h for _, h in setting.given), *supposed, *bounds]),
        f"    {stated}.",
        "Proof.",
        f"  intros {' '.join(labels)}." if labels else "",
        *(f"  {step}" for step in steps),
        "Qed.",
    ]


def _with_derivatives(
    name: str, setting: _Setting, writer: Writer, stated: list[Expr], slopes: list[Slope]
) -> list[str]:
    """Return the lemma about derivatives, after one for each of them, from that of the algebra."""
    lines: list[str] = []
    hypotheses = list(writer.hypotheses)
    for number, slope in enumerate(slopes, 1):
        bound = _all_of([n for n in ordered_indices(slope) if n not in setting.free])
        body, value, found = map(
            writer.literal, (slope.body, still(slope.body), rate(slope.body) or ZERO)
        )
        lines += _lemma(
            f"{name}_slope_{number}",
            setting,
            hypotheses,
            f"{bound}is_derive (fun h => {body}) 0\n    {found}",
            [*_start(setting), "intros.", f"apply (derives _ {value}). differ."],
        )
    by = "first [assumption | lia]"
    facts = " | ".join(
        f"apply is_derive_unique; apply {_about(setting, f'{name}_slope_{number}')}; {by}"
        for number in range(1, len(slopes) + 1)
    )
    left, right = (writer.literal(without_slopes(side)) for side in stated)
    steps = [
        f"transitivity ({left}); [| transitivity ({right})].",
        f"- alike ltac:(first [{facts}]).",
        f"- apply {_about(setting, f'{name}_algebra')}; assumption.",
        f"- symmetry. alike ltac:(first [{facts}]).",
    ]
    sides = " =\n    ".join(map(writer.literal, stated))
    return lines + _lemma(name, setting, hypotheses, sides, steps)


def _about(setting: _Setting, lemma: str) -> str:
    """Return a lemma about the same sizes, arrays, scalars and free indices."""
    free = [name_of(index.name) for index in setting.free]
    return f"({' '.join([lemma, *setting.names, *free])})"


def _all_of(indices: Iterable[Index]) -> str:
    """Return the quantifiers of indices, each with how far it runs."""
    return "".join(
        f"forall {name_of(n.name)} : nat, ({name_of(n.name)} < {name_of(n.size)})%nat -> "
        for n in indices
    )
