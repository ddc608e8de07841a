"""Which commands of LaTeX stand for which signs; what is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bncheck.documents.formulas.alphabets import PLAIN

Kind = Literal["binary", "relation", "prefix", "punctuation"]

QUAD = "\N{EM SPACE}"
MINUS = "\N{MINUS SIGN}"
PRIME = "\N{PRIME}"
TIGHT = frozenset("/")
"""Binary signs without room around them."""
VARYING = frozenset({"+", MINUS, "±", "∓"})
"""Signs that stand between two terms or before one."""

ARROWS = frozenset("→←⇒⇐↔⇔⟺↦")
"""Signs that are drawn as long as what is written over them."""

_KINDS: dict[Kind, dict[str, str]] = {
    "relation": {
        **{sign: sign for sign in "=<>:"},
        **{r"\le": "≤", r"\ge": "≥", r"\neq": "≠", r"\approx": "≈", r"\equiv": "≡", r"\sim": "∼"},
        **{r"\simeq": "≃", r"\cong": "≅", r"\propto": "∝", r"\ll": "≪", r"\gg": "≫"},
        **{r"\in": "∈", r"\notin": "∉", r"\ni": "∋", r"\subset": "⊂", r"\subseteq": "⊆"},
        **{r"\to": "→", r"\leftarrow": "←", r"\Rightarrow": "⇒", r"\Leftarrow": "⇐"},
        **{r"\iff": "⟺", r"\mapsto": "↦", r"\leftrightarrow": "↔", r"\Leftrightarrow": "⇔"},
        **{r"\mid": "∣", r"\perp": "⟂", r"\parallel": "∥", r"\lesssim": "≲", r"\gtrsim": "≳"},
        **{":=": "≔", "=:": "≕", r"\prec": "≺", r"\preceq": "⪯", r"\succeq": "⪰"},
    },
    "binary": {
        **{"+": "+", "-": MINUS, "*": "∗", "/": "/"},
        **{r"\cdot": "⋅", r"\times": "×", r"\pm": "±", r"\mp": "∓", r"\odot": "⊙"},
        **{r"\otimes": "⊗", r"\oplus": "⊕", r"\circ": "∘", r"\div": "÷", r"\star": "⋆"},
        **{r"\cup": "∪", r"\cap": "∩", r"\setminus": "∖", r"\oslash": "⊘"},
        **{r"\land": "∧", r"\lor": "∨"},
    },
    "prefix": {
        **{r"\partial": "∂", r"\nabla": "∇", r"\forall": "∀", r"\exists": "∃", r"\neg": "¬"},
        **{"!": "!"},
    },
    "punctuation": {
        **{sign: sign for sign in ",;."},
        **{r"\dots": "…", r"\cdots": "⋯", r"\vdots": "⋮", r"\colon": "∶", r"\quad": QUAD},
    },
}

SIGNS: Mapping[str, tuple[str, Kind]] = {
    command: (sign, kind) for kind, signs in _KINDS.items() for command, sign in signs.items()
}
"""Command or character -> the sign, and its kind."""

_SMALL = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "varsigma sigma tau upsilon varphi chi psi omega"
)
LETTERS: Mapping[str, str] = {
    **{rf"\{name}": chr(0x3B1 + at) for at, name in enumerate(_SMALL.split())},
    **{r"\epsilon": "ϵ", r"\phi": "ϕ", r"\vartheta": "ϑ", r"\varrho": "ϱ", r"\varpi": "ϖ"},
    **{r"\Gamma": "Γ", r"\Delta": "Δ", r"\Theta": "Θ", r"\Lambda": "Λ", r"\Xi": "Ξ", r"\Pi": "Π"},
    **{r"\Sigma": "Σ", r"\Upsilon": "Υ", r"\Phi": "Φ", r"\Psi": "Ψ", r"\Omega": "Ω"},
    **{r"\ell": "ℓ", r"\infty": "∞", r"\emptyset": "∅", r"\top": "⊤", r"\prime": PRIME},
    **{r"\imath": "ı", r"\jmath": "ȷ", r"\hbar": "ℏ", r"\dagger": "†", r"\%": "%"},
}
"""Command -> letter."""

BIG: Mapping[str, str] = {
    **{r"\sum": "∑", r"\prod": "∏", r"\int": "∫"},
    **{rf"\{name}": name for name in ("max", "min", "sup", "inf", "lim")},
}
"""Command -> the sign of what has bounds below and above it."""
BOUNDED = frozenset({"argmax", "argmin"})
"""Names that take bounds, too, but have no command."""

_COMMON = "log ln exp sin cos tan tanh sinh cosh arccos arcsin arctan det dim ker deg gcd arg Pr"
_OTHER = "sgn sign tr diag rank relu ReLU softmax vec"
FUNCTIONS = frozenset(_COMMON.split() + _OTHER.split())
"""Names with a little room before what they are of."""
NAMED = frozenset(f"\\{name}" for name in _COMMON.split())
"""Commands for such names."""

ACCENTS: Mapping[str, Literal["hat", "tilde", "bar", "dot"]] = {
    **{r"\hat": "hat", r"\widehat": "hat", r"\tilde": "tilde", r"\widetilde": "tilde"},
    **{r"\bar": "bar", r"\overline": "bar", r"\dot": "dot"},
}
"""Command -> accent."""

OPENING: Mapping[str, str] = {
    **{"(": "(", "[": "[", r"\{": "{", r"\langle": "⟨", r"\lfloor": "⌊", r"\lceil": "⌈"},
    **{r"\lvert": "|", r"\lVert": "‖"},
}
CLOSING: Mapping[str, str] = {
    **{")": ")", "]": "]", r"\}": "}", r"\rangle": "⟩", r"\rfloor": "⌋", r"\rceil": "⌉"},
    **{r"\rvert": "|", r"\rVert": "‖"},
}
BARS: Mapping[str, str] = {"|": "|", r"\|": "‖"}
"""What opens and closes."""

SAME: Mapping[str, str] = {
    **{r"\leq": r"\le", r"\leqslant": r"\le", r"\geq": r"\ge", r"\geqslant": r"\ge"},
    **{"<=": r"\le", ">=": r"\ge", "!=": r"\neq", r"\ne": r"\neq", r"\gets": r"\leftarrow"},
    **{r"\longleftarrow": r"\leftarrow", r"\rightarrow": r"\to", r"\longrightarrow": r"\to"},
    **{r"\implies": r"\Rightarrow", r"\Longrightarrow": r"\Rightarrow"},
    **{r"\coloneqq": ":=", r"\triangleq": ":=", r"\doteq": ":=", r"\ast": "*"},
    **{r"\ldots": r"\dots", r"\dotsc": r"\dots", "...": r"\dots", r"\dotsb": r"\cdots"},
    **{r"\qquad": r"\quad", r"\intercal": r"\top", r"\vert": "|", r"\Vert": r"\|"},
    **{r"\lbrace": r"\{", r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]"},
    **{r"\wedge": r"\land", r"\vee": r"\lor", r"\lnot": r"\neg", r"\dag": r"\dagger"},
    **{r"\varnothing": r"\emptyset", r"\Longleftrightarrow": r"\iff", r"\thinspace": r"\,"},
}
"""Other spellings."""

NOTHING = frozenset(
    [r"\,", r"\;", r"\!", r"\:", r"\>", r"\ ", r"\/", "~", r"\displaystyle", r"\textstyle"]
    + [r"\nonumber", r"\notag", r"\enspace", r"\hfill", r"\noindent", r"\limits", r"\nolimits"]
    + [rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")]
)
"""What only moves ink."""
DROPPED = {r"\tag": 1, r"\label": 1, r"\hspace": 1, r"\phantom": 1, r"\color": 1, r"\tag*": 1}
"""Commands that go, with that many arguments."""
KEPT = {
    **{r"\boxed": 0, r"\ensuremath": 0, r"\mathord": 0, r"\mathrel": 0},
    **{r"\mathbin": 0, r"\underbrace": 0, r"\overbrace": 0, r"\textcolor": 1, r"\colorbox": 1},
}
"""Commands of which the last argument is kept, after that many others."""

UNICODE: Mapping[str, str] = {
    **{sign: command for command, sign in LETTERS.items() if not sign.isascii()},
    **{sign: command for command, (sign, _) in SIGNS.items() if not sign.isascii()},
    **{sign: command for command, sign in BIG.items() if not sign.isascii()},
    **dict.fromkeys("\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"),
    **dict.fromkeys("\N{MIDDLE DOT}\N{BULLET OPERATOR}", r"\cdot"),
    **{"⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "⌊": r"\lfloor", "⌋": r"\rfloor"},
    **{
        "⌈": r"\lceil",
        "⌉": r"\rceil",
        "∕": "/",
        "⁄": "/",
        "≜": ":=",
        "’": "'",
        PRIME: "'",
        "√": r"\sqrt",
    },
    **{"⊥": r"\perp", "µ": r"\mu", "∆": r"\Delta", "Ω": r"\Omega"},
}
"""Character -> the command, or character, that it is another spelling of."""

COMMANDS: Mapping[str, str] = {
    **{sign: command for command, sign in LETTERS.items()},
    **{sign: command for command, (sign, _) in SIGNS.items()},
    **{sign: command for command, sign in BIG.items()},
    **{"∗": "*", "≔": ":=", "≕": "=:", MINUS: "-"},
}
"""Sign -> how it is written."""


def is_letter(sign: str) -> bool:
    """Whether a character is a letter of formulas, in one of the alphabets we write."""
    return (sign.isascii() and sign.isalpha()) or sign in PLAIN
