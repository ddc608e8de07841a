r"""The largest and the smallest value of a batch: ``\max_i |\hat{x}_i| \le \sqrt{m - 1}``.

The largest is at most c where each is; that a mean is at most the largest is known. All else about
an extreme is refused.
"""

from __future__ import annotations

from dataclasses import replace

from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.meaning import Reading
from bncheck.symbolic.claims.nodes import Call, Extreme, Relation
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.walking import walk
from bncheck.symbolic.expression import free_indices

LESS = {r"\le": True, "<": True, r"\ge": False, ">": False}


def without_extremes(relation: Relation, how: Reading) -> Relation:
    r"""Return a relation of each entry in place of one of the largest or smallest.

    Raises ClaimError for what is not decided by each entry.
    """
    sides = (relation.left, relation.right)
    inside = [node for side in sides for node in walk(side) if isinstance(node, Extreme)]
    if not inside:
        return relation
    found = inside[0]
    if len(inside) > 1 or not any(side is found for side in sides):
        raise ClaimError("an extreme is decided where it is one side, alone", found.position)
    if relation.sign not in LESS:
        raise ClaimError(
            f"the {found.name}imum is one of the values, which is not known", found.position
        )
    other = relation.right if found is relation.left else relation.left
    if free_indices(how.expression(other)):
        raise ClaimError("an extreme beside what differs from sample to sample", found.position)
    is_lesser = (found is relation.left) is LESS[relation.sign]
    if is_lesser == (found.name == "max"):
        new = [found.body if side is found else side for side in sides]
        return replace(relation, left=new[0], right=new[1])
    mean = Call(found.position, "E", found.body)
    if relation.sign in (r"\le", r"\ge") and same(how.expression(other), how.expression(mean)):
        return Relation("=", other, mean)  # which is between the smallest and the largest
    raise ClaimError(
        "that an extreme lies beyond something is known of the mean alone", found.position
    )
