"""How formulas are spelled: in LaTeX, and in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Notation:
    """How a language of formulas spells its constructs."""

    names: Mapping[str, str]
    fraction: str
    root: str
    power: str
    total: str
    partial: str
    slope: str
    mark: str
    derivative: str
    delta: str
    index: str
    brackets: str
    times: str
    fraction_is_atom: bool


GREEK = ("gamma", "beta", "mu", "sigma", "alpha", "rho", "lambda", "delta", "eta")

LATEX = Notation(
    names={
        **{name: rf"\{name}" for name in GREEK},
        "eps": r"\epsilon",
        "var": r"\sigma^2",
        "xhat": r"\hat{x}",
        "dxhat": r"\frac{\partial L}{\partial \hat{x}}",
        "dvar": r"\frac{\partial L}{\partial \sigma^2}",
        "dmu": r"\frac{\partial L}{\partial \mu}",
        "dx": r"\frac{\partial L}{\partial x}",
        "dy": r"\frac{\partial L}{\partial y}",
        "dgamma": r"\frac{\partial L}{\partial \gamma}",
        "dbeta": r"\frac{\partial L}{\partial \beta}",
        "running_mean": r"\mu_{\mathrm{run}}",
        "running_var": r"\sigma^2_{\mathrm{run}}",
    },
    fraction=r"\frac{%s}{%s}",
    root=r"\sqrt{%s}",
    power="%s^{%s}",
    total=r"\sum_{%s=1}^{%s} %s",
    partial=r"\frac{\partial}{\partial %s} %s",
    slope=r"\frac{\partial %s}{\partial %s}",
    mark=r"\mark{%s}",
    derivative=r"\mathrm{D}_{%s \to %s} %s",
    delta=r"\delta_{%s %s}",
    index="%s_{%s}",
    brackets=r"\left(%s\right)",
    times=" ",
    fraction_is_atom=True,
)

TEXT = Notation(
    names={},
    fraction="%s / %s",
    root="sqrt(%s)",
    power="%s^%s",
    total="sum_{%s=1..%s} %s",
    partial="d/d%s %s",
    slope="d%s/d%s",
    mark="%s",
    derivative="D[%s -> %s] %s",
    delta="delta(%s, %s)",
    index="%s_%s",
    brackets="(%s)",
    times=" ",
    fraction_is_atom=False,
)


@dataclass(frozen=True)
class Spelling:
    """How a local name is written: its letter, and what always stands below and above it."""

    base: str
    below: str = ""
    above: str = ""


Spellings = Mapping[str, Spelling]
"""Of quantities that have a name in one document alone, by the name of their `Named`."""
NOTHING: Spellings = {}
