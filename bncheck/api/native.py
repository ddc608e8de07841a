"""Implementations made of what is not Python, or compiled."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bncheck.errors import UsageError
from bncheck.model import Convention, Implementation, NormName
from bncheck.terminal import brief


def from_ctypes(
    library: str | Path,
    prototypes: str,
    *,
    dtypes: Sequence[str] | None = None,
    layout: str = "NCHW",
    convention: Convention | Mapping[str, Any] | None = None,
    norm: NormName | None = None,
) -> Implementation:
    """Return the kernel of a shared library, called as its C prototypes say.

    library: its path, from the working folder or from that of the calling file
    prototypes: the functions as they stand in the header: a forward pass, and, where there are,
        a backward pass, inference, its backward pass, an update of the running statistics. What
        an argument is for is read from its name; what cannot be told is refused
    dtypes: which to try, where there are functions for several; needed for ``uint16_t``
    layout: "NCHW", or "NHWC" for a kernel that wants the channels last
    convention: what is promised; a ``CONVENTION`` of the calling file promises the rest
    norm: "layer", "rms", "group" or "instance" for a kernel of another normalization; else what
        ``NORM`` of the calling file says. Layer and RMS normalization take arrays of ``(rows,
        values)``, and statistics of a number for each row; their sizes are called rows and cols

    The kernel gets contiguous copies, between zones that it must not write to.

    Raises TargetError, in five lines at most, for a library or prototypes that cannot be taken.
    """
    adapting = import_module("bncheck.targets.native.adapting")  # it needs ctypes
    frame = sys._getframe(1)
    made: Implementation = adapting.adapt(
        library,
        prototypes,
        dtypes=dtypes,
        layout=layout,
        convention=convention,
        norm=norm,
        home=frame.f_globals,
        where=(frame.f_code.co_filename, frame.f_lineno),
    )
    return made


def jitted(given: Implementation) -> Implementation:
    """Return the same implementation with each of its functions under ``jax.jit``.

    Raises UsageError for an implementation that is not of a JAX framework.
    """
    if not isinstance(given, Implementation):
        raise UsageError(f"given={brief(given)}, but should be a bncheck.Implementation of JAX")
    tools = import_module("bncheck.targets.jax.tools")  # it needs JAX
    compiled: Implementation = tools.jitted(given)
    return compiled
