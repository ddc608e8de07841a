"""Which variance a call in code is: over m, as NumPy's, or over m - 1, as torch's.

``torch.var`` and a tensor's ``.var()`` divide by m - 1 unless told otherwise (torch's
documentation: "correction", 1 by default); those of NumPy, JAX and TensorFlow divide by m. Where a
text does not tell whose it is, it is not guessed.
"""

from __future__ import annotations

import re
from typing import Literal

Over = Literal["m", "m - 1", "unknown"]

NAMES = frozenset(("var", "Var", "variance", "std", "Std"))
"""Functions of which a text has to tell it."""
_TORCH = re.compile(r"\btorch\.|\b(?:dim|keepdim|unbiased|correction)\s*=|\bnn\.|\bF\.")
_NUMPY = re.compile(r"\b(?:np|jnp|numpy|tf|K|mx)\.|\b(?:axis|keepdims|ddof)\s*=")
_BY_M = re.compile(r"unbiased\s*=\s*False|(?:ddof|correction)\s*=\s*0")
_BY_LESS = re.compile(r"unbiased\s*=\s*True|(?:ddof|correction)\s*=\s*1(?![0-9.])")
FLAGS = re.compile(rf"\s*,\s*(?:{_BY_M.pattern}|{_BY_LESS.pattern})")
"""Arguments that say it."""
BESSEL = {
    "var": (r"(\frac{m}{m - 1} \mathrm{Var}(", "))"),
    "std": (r"(\sqrt{\frac{m}{m - 1} \mathrm{Var}(", ")})"),
}
"""What is before and behind the argument where the sum is divided by m - 1."""


def divides_by(text: str, arguments: str, *, called: bool) -> Over:
    """Return what the sum of squares is divided by.

    text: the whole text, as it was typed; arguments: what is in the brackets behind the array
    called: whether it is code for sure: a method, a library's function, or one with an axis
    """
    if _BY_LESS.search(arguments):
        return "m - 1"
    if _BY_M.search(arguments) or not called:
        return "m"
    torch, numpy = bool(_TORCH.search(text)), bool(_NUMPY.search(text))
    if torch == numpy:
        return "unknown"
    return "m - 1" if torch else "m"
