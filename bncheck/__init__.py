"""bncheck: is this batch normalization right, where does it break, and why.

Public names are imported when they are first used, so that ``bncheck --help``
starts without NumPy, SymPy and Hypothesis.
"""

from importlib import import_module

from bncheck.version import __version__

TYPE_CHECKING = False  # as type checkers know it; `typing` takes a third of Python's own start

_EXPORTS = {
    "Broken": "bncheck.api",
    "LawsBroken": "bncheck.api",
    "adapt": "bncheck.api",
    "assert_holds": "bncheck.api",
    "from_ctypes": "bncheck.api",
    "jitted": "bncheck.api",
    "parametrize": "bncheck.api",
    "replay": "bncheck.api",
    "verify": "bncheck.api",
    "verify_many": "bncheck.api",
    "BncheckError": "bncheck.errors",
    "TargetError": "bncheck.errors",
    "UsageError": "bncheck.errors",
    "LAWS": "bncheck.laws",
    "Case": "bncheck.model",
    "Convention": "bncheck.model",
    "Domain": "bncheck.model",
    "Finding": "bncheck.model",
    "Gradients": "bncheck.model",
    "Implementation": "bncheck.model",
    "Layer": "bncheck.model",
    "NotChecked": "bncheck.model",
    "Progress": "bncheck.api",
    "Report": "bncheck.api",
    "State": "bncheck.model",
}

__all__ = [*sorted(_EXPORTS), "__version__"]

if TYPE_CHECKING:
    from typing import Any

    from bncheck.api import Broken as Broken
    from bncheck.api import LawsBroken as LawsBroken
    from bncheck.api import Progress as Progress
    from bncheck.api import Report as Report
    from bncheck.api import adapt as adapt
    from bncheck.api import assert_holds as assert_holds
    from bncheck.api import from_ctypes as from_ctypes
    from bncheck.api import jitted as jitted
    from bncheck.api import parametrize as parametrize
    from bncheck.api import replay as replay
    from bncheck.api import verify as verify
    from bncheck.api import verify_many as verify_many
    from bncheck.errors import BncheckError as BncheckError
    from bncheck.errors import TargetError as TargetError
    from bncheck.errors import UsageError as UsageError
    from bncheck.laws import LAWS as LAWS
    from bncheck.model import Case as Case
    from bncheck.model import Convention as Convention
    from bncheck.model import Domain as Domain
    from bncheck.model import Finding as Finding
    from bncheck.model import Gradients as Gradients
    from bncheck.model import Implementation as Implementation
    from bncheck.model import Layer as Layer
    from bncheck.model import NotChecked as NotChecked
    from bncheck.model import State as State


if not TYPE_CHECKING:  # by it a type checker would take any name for one that there is

    def __getattr__(name: str) -> "Any":
        if name in _EXPORTS:
            return getattr(import_module(_EXPORTS[name]), name)
        raise AttributeError(f"module 'bncheck' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
