"""A case as Python that can be pasted, memory layout included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.cases.build import lay_out
from bncheck.cases.recipe import LAYOUTS
from bncheck.model import Case
from bncheck.model.formats import Array

_LAID_OUT = "# x and dy as users have them of the normalization "
# Larger cases are shown as the recipe that builds them.
MOST_SHOWN = 400


def python_of(case: Case) -> str:
    """Return Python that makes the case's arrays, as the user of its normalization has them."""
    if case.norm.name != "batch":
        return _of_user(case)
    if case.x.size <= MOST_SHOWN:
        return _written(case)
    if case.recipe is not None:
        return f"bncheck.cases.build(bncheck.cases.from_plain({dict(case.recipe)!r}))"
    return f"# x: {_summary(case.x)}; eps={case.eps!r}, momentum={case.momentum!r}"


def _of_user(case: Case) -> str:
    """Do so for a relative, after a line that says whose layout it is, and the shape there."""
    x, dy = (np.array(case.norm.laid_out(a), order="C") for a in (case.x, case.dy))
    laid_out = replace(case, x=x, dy=dy, recipe=None)
    body = _written(laid_out) if x.size <= MOST_SHOWN else f"# x: {_summary(x)}"
    return f"{_LAID_OUT}{case.norm.name}, of shape {x.shape}\n{body}"


def _written(case: Case) -> str:
    """Write the values, and around x and dy how they lie in memory: that may be what matters."""
    lines, comments = repr(case).splitlines(), []
    for name in ("x", "dy"):
        array = getattr(case, name)
        layout = _layout(array)
        if layout is None:
            comments.append(f"# {name} has the strides {array.strides}")
        elif layout != "C":
            # a field is a line: "    x=np.array(...),"
            start = f"    {name}="
            at = next(i for i, line in enumerate(lines) if line.startswith(start))
            value = lines[at].removeprefix(start).removesuffix(",")
            lines[at] = f'{start}lay_out({value}, "{layout}"),'
    if case.x is case.dy:
        comments.append("# dy is x: one array")
    if case.gamma is case.running_var:
        comments.append("# running_var is gamma: one array")
    if not case.gamma.flags.writeable:
        comments.append("# all arrays are read-only")
    return "\n".join(lines + comments)


def _layout(array: Array) -> str | None:
    """Return the layout that gives these strides, or None."""
    plain = np.array(array, order="C")
    return next((kind for kind in LAYOUTS if lay_out(plain, kind).strides == array.strides), None)


def _summary(array: Array) -> str:
    return f"shape {array.shape}, {array.dtype.name}, strides {array.strides}"


def shape_of_relative(python: str) -> str:
    """Return the shape of x in such Python of another normalization than batch normalization.

    Empty where it is of batch normalization.
    """
    first = python.partition("\n")[0]
    return first.rpartition(" of shape ")[2] if first.startswith(_LAID_OUT) else ""
