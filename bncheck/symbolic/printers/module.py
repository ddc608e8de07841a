"""Writes the programs as one module: ``bncheck/derived.py`` for NumPy, or torch or jax."""

from __future__ import annotations

from bncheck.symbolic.printers.arrays import JAX, NUMPY, TORCH, Dialect, function
from bncheck.symbolic.programs import PROGRAMS

DIALECTS = {"numpy": NUMPY, "torch": TORCH, "jax": JAX}

HEADER = '''"""The formulas of batch normalization, as {language} functions over axis 0.

Printed from the expressions that the symbolic wing derives and proves for every batch size: do
not edit, but change `bncheck.symbolic.programs` and print again.

They take the centred batch ``c = x - mean(x)`` and ``w = var(x) + eps`` rather than x, because
how the statistics are computed is a matter of rounding and not of algebra. Shapes: batches are
``(m, C)``, everything else ``(C,)``. Constants are Python integers, so that the dtype is kept.
"""

from typing import NamedTuple

{imports}


class Forward(NamedTuple):
    """``inv = 1/sqrt(w)`` ``(C,)``, ``xhat = c inv`` and ``y = gamma xhat + beta``."""

    inv: {array}
    xhat: {array}
    y: {array}


class Backward(NamedTuple):
    """Gradients, with the terms they are made of: see `backward`."""

    dy_mean: {array}
    q: {array}
    bracket: {array}
    dx: {array}
    dgamma: {array}
    dbeta: {array}
'''


def module(language: str = "numpy") -> str:
    """Return the source of the module in numpy, torch or jax."""
    dialect: Dialect = DIALECTS[language]
    imports = dialect.imports
    if language == "numpy":
        imports += "\n\nfrom bncheck.formats import Array"
    title = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"}[language]
    head = HEADER.format(language=title, imports=imports, array=dialect.array)
    functions = (function(program, dialect) for program in PROGRAMS)
    return "\n\n".join([head, *functions])
