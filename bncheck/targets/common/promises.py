"""Promises beside an implementation: those of a profile, and the ``CONVENTION`` of its file."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from bncheck.errors import TargetError
from bncheck.model import Convention, Implementation
from bncheck.targets.common import counted
from bncheck.targets.common.kinds import kind_of


def promising(made: Implementation, promised: Convention) -> Implementation:
    """Return it with promises that win over its own, save where its channels are.

    Raises TargetError for sizes that no case of its normalization has.
    """
    changes = {k: v for k, v in _given(promised).items() if k != "channel_axis"}
    convention = replace(made.convention, **changes)
    if made.domain.norm.name != "batch":
        counted.divided(convention, made.name)
    return replace(made, convention=convention, domain=made.domain.limited(convention))


def completing(made: Implementation, home: Mapping[str, Any], name: str) -> Implementation:
    """Return it with what the ``CONVENTION`` of its file promises and it does not say itself.

    home: the names of the file

    Raises UsageError for a malformed one, TargetError for one that it cannot keep.
    """
    promised = Convention.from_mapping(home.get("CONVENTION", {}), f"{name}: CONVENTION")
    own = _given(made.convention)
    new = {k: v for k, v in _given(promised).items() if k not in own}
    if new.pop("channel_axis", 1) not in (1, None):
        raise TargetError(
            f"{name}: CONVENTION says where channels are, but an implementation is given them on "
            'axis 1; from_ctypes(..., layout="NHWC") turns them'
        )
    ranks = tuple(r for r in made.domain.ranks if r in new.get("ranks", made.domain.ranks))
    if not ranks:
        taken = ", ".join(map(str, made.domain.ranks))
        raise TargetError(
            f"{name}: CONVENTION promises ranks {list(new['ranks'])}, but it takes {taken}"
        )
    limited = replace(made, domain=replace(made.domain, ranks=ranks))
    return promising(limited, Convention(**new))


def completed(given: Convention, said: Mapping[str, Any]) -> Convention:
    """Return promises with those of a file's ``CONVENTION`` that they do not contradict."""
    promised = Convention.from_mapping(said)
    return replace(given, **{k: v for k, v in _given(promised).items() if k not in _given(given)})


def _given(convention: Convention) -> dict[str, Any]:
    pairs = ((f.name, getattr(convention, f.name)) for f in fields(convention))
    return {name: value for name, value in pairs if value is not None}


def said(target: Any, name: str) -> Convention:
    """Return what a class or an instance promises: its own ``CONVENTION``, or that of its file.

    Raises UsageError for a malformed one.
    """
    own = inspect.getattr_static(target, "CONVENTION", None)
    if own is None:
        home = sys.modules.get(str(kind_of(target).__module__))
        own = vars(home).get("CONVENTION") if home is not None else None
    return Convention.from_mapping({} if own is None else own, f"{name}: CONVENTION")
