"""What the nodes of a model are called as targets, and which one is meant.

A node is called by its name, or by its first output where it has none. Names need not differ:
those that several nodes have are told apart by numbers, as in ``bn#2``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

import onnx

from bncheck.errors import TargetError
from bncheck.targets.onnx import files

ALL = "*"  # in place of a name: all nodes of the model
Place: TypeAlias = tuple[files.Body, onnx.NodeProto]  # where a node is, and the node


def named(found: Sequence[Place]) -> dict[str, Place]:
    """Return the nodes by their names as targets, each of which is another one."""
    own = [node.name or node.output[0] for _, node in found]
    times = Counter(own)
    names: dict[str, Place] = {}
    for name, place in zip(own, found, strict=True):
        told, number = name, 1
        # a name with a number may be some other node's own
        while times[name] > 1 and (told in times or told in names):
            told, number = f"{name}#{number}", number + 1
        names[told] = place
    return names


def chosen(path: Path, wanted: str, found: Mapping[str, Place]) -> Place:
    """Return the node that is called so, or the first where none is named.

    Raises TargetError where none, or no single one, is called so.
    """
    if not wanted:
        return next(iter(found.values()))
    if wanted in found:
        return found[wanted]
    alike = [name for name, (_, node) in found.items() if wanted == (node.name or node.output[0])]
    if len(alike) > 1:
        raise TargetError(
            f"{path} has several nodes called {wanted!r}; they are {listed(alike)} in their order"
        )
    near = get_close_matches(wanted, found, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"it has {listed(found)}"
    raise TargetError(f"{path} has no {kinds(found)} called {wanted!r}; {hint}")


def kinds(found: Mapping[str, Place]) -> str:
    """Return the types of the nodes, each once: ``"BatchNormalization or LayerNormalization"``."""
    return " or ".join(dict.fromkeys(node.op_type for _, node in found.values()))


def listed(names: Mapping[str, Place] | Sequence[str]) -> str:
    """Return the first few of the names."""
    first = list(names)[:5]
    return ", ".join(map(repr, first)) + (", ..." if len(names) > len(first) else "")
