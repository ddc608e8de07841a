"""Which versions ran: of what bncheck needs, and of the frameworks that a target has loaded."""

from __future__ import annotations

import contextlib
import platform
import sys
from importlib.metadata import version

NEEDED = ("numpy", "scipy", "sympy", "hypothesis", "ml_dtypes")
# module -> distribution, where a target may have imported it
FRAMEWORKS = {
    **{name: name for name in ("torch", "jax", "jaxlib", "flax", "equinox", "keras", "tensorflow")},
    **{name: name for name in ("onnx", "onnxruntime", "openvino", "mlx", "tinygrad")},
    **{"haiku": "dm-haiku", "numpy_ml": "numpy-ml", "paddle": "paddlepaddle"},
}


def needed() -> dict[str, str]:
    """Return the versions of Python and of the packages that bncheck needs; none is imported."""
    return {"python": platform.python_version(), **_of({name: name for name in NEEDED})}


def loaded() -> dict[str, str]:
    """Return the versions of the frameworks that this process has imported."""
    return _of({name: package for name, package in FRAMEWORKS.items() if name in sys.modules})


def _of(packages: dict[str, str]) -> dict[str, str]:
    found = {}
    for name, package in packages.items():
        # nobody has installed a module of that name that is a target's own
        with contextlib.suppress(Exception):
            found[name] = str(version(package))
    return found
