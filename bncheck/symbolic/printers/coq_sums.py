"""Proofs in Coq that a sum over an index is the power sum that the normal form makes of it."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from bncheck.symbolic.algebra import Atom, Monomial
from bncheck.symbolic.power_sums import canonical
from bncheck.symbolic.printers.coq_terms import product_of, total

Positions = tuple[tuple[int, str | int], ...]
Entries = list[tuple[tuple[str, Positions], int]]
NONE: frozenset[str] = frozenset()


def same_sum(size: str, index: str, key: Monomial) -> list[str]:
    """Return the steps of ``total size (fun index => key) = its power sum``."""
    outer, inner = _parts(key, index)
    sizes, entries, bodies = _merged(size, outer, inner)
    steps: list[str] = []
    if bodies:
        steps += _pulled_out(size, index, key, sizes, entries, outer, bodies)
    steps += _reordered(tuple(sizes), entries)
    steps.append("repeat (apply total_eq; intros; cbv beta); ring.")
    return steps


def _parts(key: Monomial, index: str) -> tuple[Entries, list[Atom]]:
    outer: Entries = []
    inner: list[Atom] = []
    for a, e in key:
        if a[0] == "element":
            outer.append(((a[1], tuple((0, 0) if p == (1, index) else p for p in a[2])), e))
        else:
            moved = tuple(
                ((n, tuple((3, 0) if p == (1, index) else p for p in ps)), c) for (n, ps), c in a[2]
            )
            inner += [("sum", a[1], moved)] * e
    return outer, inner


def _merged(
    size: str, outer: Entries, inner: list[Atom]
) -> tuple[list[str], Entries, list[tuple[int, tuple[str, ...], Entries]]]:
    """Return all sizes, all entries, and of each inner sum its first index, sizes and entries."""
    sizes, entries = [size], list(outer)
    bodies = []
    for _, inner_sizes, factors in inner:
        first = len(sizes)
        sizes.extend(inner_sizes)
        moved: Entries = [
            (
                (
                    name,
                    tuple(
                        (0, int(n) + first) if kind == 0 else (0, 0) if kind == 3 else (kind, n)
                        for kind, n in ps
                    ),
                ),
                e,
            )
            for (name, ps), e in factors
        ]
        entries += moved
        bodies.append((first, inner_sizes, moved))
    return sizes, entries, bodies


def _nest(sizes: list[str], order: list[int], entries: Entries, first: int = 0) -> str:
    """Return nested sums; the sum at depth n runs over the index called p<order[n]>."""
    body = product_of(tuple(entries)) or "1"
    for n in reversed(order[first:]):
        body = total(sizes[n], f"p{n}", body)
    return body


def _pulled_out(
    size: str,
    index: str,
    key: Monomial,
    sizes: list[str],
    entries: Entries,
    outer: Entries,
    bodies: list[tuple[int, tuple[str, ...], Entries]],
) -> list[str]:
    """Write a product of sums as one sum over all their indices."""
    whole = _nest(sizes, list(range(len(sizes))), entries)
    steps = [
        f"transitivity ({whole}).",
        "{ apply total_eq; intros p0 ?; cbv beta.",
    ]
    done = list(outer)
    for at, (first, inner_sizes, moved) in enumerate(bodies):
        here = _closed_sum(first, inner_sizes, moved)
        rest = [_closed_sum(*body) for body in bodies[at + 1 :]]
        factor = " * ".join([product_of(tuple(done)) or "1", *rest])
        steps.append(f"transitivity (({factor}) * {here}); [ring |].")
        for n in range(first, first + len(inner_sizes)):
            steps.append(f"rewrite total_inner; apply total_eq; intros p{n} ?; cbv beta.")
        done += moved
    steps.append("ring. }")
    return steps


def _closed_sum(first: int, sizes: tuple[str, ...], entries: Entries) -> str:
    body = product_of(tuple(entries)) or "1"
    for n in reversed(range(len(sizes))):
        body = total(sizes[n], f"p{first + n}", body)
    return body


def _reordered(sizes: tuple[str, ...], entries: Entries) -> list[str]:
    """Swap neighbouring sums until they stand as in the canonical power sum."""
    factors: dict[tuple[str, Positions], int] = {}
    for name, e in entries:
        factors[name] = factors.get(name, 0) + e
    wanted = canonical(sizes, factors)
    order = next(
        order for order in permutations(range(len(sizes))) if _is(wanted, sizes, factors, order)
    )
    number = {old: new for new, old in enumerate(order)}
    now = list(range(len(sizes)))
    steps = []
    for _ in now:
        for depth in range(len(now) - 1):
            left, right = now[depth], now[depth + 1]
            if number[left] > number[right]:
                now[depth], now[depth + 1] = right, left
                under = f"do {depth} (apply total_eq; intros; cbv beta). " if depth else ""
                steps.append(f"transitivity ({_nest(list(sizes), now, entries)}).")
                steps.append(f"{{ {under}apply total_swap. }}")
    return steps


def _is(
    wanted: Atom,
    sizes: tuple[str, ...],
    factors: dict[tuple[str, Positions], int],
    order: tuple[int, ...],
) -> bool:
    place: dict[Any, int] = {old: new for new, old in enumerate(order)}
    renamed = sorted(
        ((name, tuple((0, place[n]) if kind == 0 else (kind, n) for kind, n in ps)), e)
        for (name, ps), e in factors.items()
    )
    return wanted == ("sum", tuple(sizes[old] for old in order), tuple(renamed))
