"""Whether two targets came with the same weights, as a layer and its export should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Weights = Mapping[str, str]  # digests by role; equal ones are the same numbers


def differing(a: Weights, b: Weights) -> list[str]:
    """Return the roles in which the weights differ; nothing where one has none of its own."""
    return [role for role in a if role in b and a[role] != b[role]]


def swapped(a: Weights, b: Weights) -> bool:
    """Whether both have the same arrays, but not for the same roles."""
    roles = differing(a, b)
    return bool(roles) and sorted(a[r] for r in roles) == sorted(b[r] for r in roles)


def told(a: Weights, b: Weights) -> Iterator[str]:
    """Say whether the weights that they came with are the same."""
    if not (a and b):
        if a or b:
            mine, other = ("A", "B") if a else ("B", "A")
            yield f"{mine}'s own weights not compared: {other} came with none"
        return
    roles = differing(a, b)
    if swapped(a, b):
        for role in roles:
            others = " or ".join(r for r in roles if b[r] == a[role])
            yield f"swapped: what A has as its {role} B has as its {others}"
    elif roles:
        yield f"their own weights differ, even in float32: {', '.join(roles)}"
    else:
        yield "their own weights are the same in float32, and for the same roles"
