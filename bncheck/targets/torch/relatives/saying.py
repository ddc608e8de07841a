"""What a module says that it is: its class's name, then docstrings."""

from __future__ import annotations

import re
import sys
from typing import Any

from bncheck.model import NormName
from bncheck.model.norm import named
from bncheck.targets.common import looking

# T5's LayerNorm is called so and does not centre
_WORDS: dict[NormName, str] = {
    "rms": r"\brms|root[ -]?mean[ -]?sq|\bt5|(no|without) (subtract\w+ )?(of )?(the )?mean",
    "layer": r"layer[ _-]?norm",
    "group": r"group[ _-]?norm",
    "instance": r"inst(ance)?[ _-]?norm",
    "batch": r"batch[ _-]?norm|\bbn",
}


def claimed(kind: type) -> tuple[NormName, ...]:
    """Return the norms that a class says it is, the most telling first; empty where none.

    Its name counts; where that says nothing, its docstring, or that of ``Model`` in its file, as a
    benchmark has it. RMS normalization is often called a layer normalization, so a docstring may
    add that.

    Raises UsageError for a ``NORM`` in its file that is none of the norms.
    """
    home: Any = sys.modules.get(kind.__module__)
    if (said := stated(home, kind.__name__)) is not None:
        return (said,)
    own = _said(looking.docstring(kind))
    if named := _said(kind.__name__):
        return ("rms", *named) if named == ("layer",) and "rms" in own else named
    model = getattr(home, "Model", None)
    return own or (_said(looking.docstring(model)) if isinstance(model, type) else ())


def stated(home: object, name: str) -> NormName | None:
    """Return what a file says in ``NORM``, None where it does not say."""
    said = getattr(home, "NORM", None)
    if said is None:
        return None
    return named(said, f"{name}: NORM")


def _said(text: str) -> tuple[NormName, ...]:
    # names are taken apart where a word begins: LlamaRMSNorm, and no "performs"
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").lower()
    return tuple(norm for norm, words in _WORDS.items() if re.search(words, apart))
