"""Writes programs as one module: ``bncheck/derived.py`` for NumPy, or torch or jax."""

from __future__ import annotations

from bncheck.symbolic.printers.arrays import JAX, NUMPY, PLAIN_NUMPY, TORCH, Dialect, function
from bncheck.symbolic.programs import PROGRAMS, Program

DIALECTS = {"numpy": NUMPY, "torch": TORCH, "jax": JAX}

HEADER = '''"""The formulas of batch normalization, as {language} functions over axis 0.

Printed from the expressions that the symbolic wing derives and proves for every batch size: do
not edit, but change `bncheck.symbolic.programs` and print again.

They take the centred batch ``c = x - mean(x)`` and ``w = var(x) + eps`` rather than x, because
how the statistics are computed is a matter of rounding and not of algebra. Shapes: batches are
``(m, C)``, everything else ``(C,)``. Constants are Python integers, so that the dtype is kept.
"""

'''

RECORDS = {
    "Forward": '''class Forward(NamedTuple):
    """``inv = 1/sqrt(w)`` ``(C,)``, ``xhat = c inv`` and ``y = gamma xhat + beta``."""

    inv: {array}
    xhat: {array}
    y: {array}
''',
    "Backward": '''class Backward(NamedTuple):
    """Gradients, with the terms they are made of: see `backward`."""

    dy_mean: {array}
    q: {array}
    bracket: {array}
    dx: {array}
    dgamma: {array}
    dbeta: {array}
''',
}


def module(language: str = "numpy", programs: tuple[Program, ...] = PROGRAMS) -> str:
    """Return the source of a module in numpy, torch or jax.

    With all programs and NumPy it is ``bncheck/derived.py``; with some it needs the array library
    and nothing else.
    """
    dialect: Dialect = DIALECTS[language]
    if language == "numpy" and programs != PROGRAMS:
        dialect = PLAIN_NUMPY
    records = [name for name in RECORDS if any(p.record == name for p in programs)]
    imports = (["from typing import NamedTuple\n"] if records else []) + [dialect.imports]
    title = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"}[language]
    head = HEADER.format(language=title) + "\n".join(imports) + "\n"
    classes = (RECORDS[name].format(array=dialect.array) for name in records)
    functions = (function(program, dialect) for program in programs)
    return "\n\n".join([head, *classes, *functions])
