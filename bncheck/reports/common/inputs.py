"""The input of an example: which of its arrays matter, and the whole of it to paste."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.cases.pasting import shape_of_relative
from bncheck.reports.common.telling import is_gradient

if TYPE_CHECKING:
    from bncheck.model import Counterexample

LONGEST_CODE = 4000  # characters; a longer input that was saved is only pointed at

# what the pasted input is written with -> the line that makes it known
_IMPORTS = {
    "np.": "import numpy as np",
    "ml_dtypes.": "import ml_dtypes",
    "Case(": "from bncheck import Case",
    "lay_out(": "from bncheck.cases import lay_out",
}


def beside(case: Counterexample) -> list[str]:
    """Name what else an output depends on: dy for a gradient, running statistics in inference."""
    names = ["dy"] if is_gradient(case.what) else []
    if shape_of_relative(case.python):  # gamma varies inside what is normalized together
        names = ["gamma", *names]
    return names + (["running_mean", "running_var"] if "inference" in case.what else [])


def is_long(case: Counterexample) -> bool:
    """Whether an input is too long to be shown, and is in a file."""
    return bool(case.file) and len(case.python) > LONGEST_CODE


def imports(python: str) -> Iterable[str]:
    """Return the lines that make known what an input is written with."""
    known = "import " in python
    return [] if known else [line for name, line in _IMPORTS.items() if name in python]


def shape(case: Counterexample) -> str:
    """Say what shape the input has; empty where its recipe does not say."""
    if there := shape_of_relative(case.python):
        return f"x of shape {there}"
    told = case.recipe.get("shape")
    if isinstance(told, list | tuple) and all(isinstance(n, int) for n in told):
        return f"x of shape {tuple(told)}"
    return ""
