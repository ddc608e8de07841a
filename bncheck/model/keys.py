"""The keys of ``CONVENTION``: which values each may have, and what it promises.

What a user is told about a key, and what is refused, are made from the same entries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bncheck.model.formats import FORMATS

Kind = Literal["one of", "list of", "sizes", "integer", "positive"]


@dataclass(frozen=True)
class Key:
    """One key of a convention.

    means: what the key is about; otherwise: what is done where nothing is promised
    example: a value that may be written
    kind: what a value is: one of ``values``, a list of them, or numbers of the user's own
    values: each that may be written, and what it promises
    who: whose promise it is, where it is not everybody's
    """

    means: str
    otherwise: str
    example: Any
    kind: Kind = "one of"
    values: Mapping[Any, str] = field(default_factory=dict)
    who: str = ""

    def choices(self) -> str:
        """Say in a few words which values may be written."""
        named = [spelled(value) for value in self.values]
        if self.kind == "list of":
            return f"a list of {', '.join(named)}"
        if self.kind == "one of":
            return " or ".join(named)
        return {"sizes": "2 to 5 positive sizes", "integer": "an integer"}.get(
            self.kind, "a positive integer"
        )


def spelled(value: Any) -> str:
    """Spell a value as it is written in a file of Python."""
    return repr(value) if isinstance(value, bool) else json.dumps(value)


def line(name: str) -> str:
    """Return the line to write, with the example of that key."""
    return f'CONVENTION = {{"{name}": {spelled(KEYS[name].example)}}}'


_FOUND = "found by probing"
_RECOGNISED = "recognised from a few training steps, and reported"
_FUNCTIONS = "plain functions"

KEYS: dict[str, Key] = {
    "momentum_weighs": Key(
        "which statistics the momentum weighs in an update of the running ones",
        _RECOGNISED,
        "new",
        values={
            "new": "those of the batch: running = (1 - momentum) running + momentum batch",
            "old": "the running ones: running = momentum running + (1 - momentum) batch",
        },
    ),
    "running_var": Key(
        "which variance of the batch goes into the running variance",
        _RECOGNISED,
        "unbiased",
        values={"unbiased": "sum (x - mu)^2 / (m - 1)", "biased": "sum (x - mu)^2 / m"},
    ),
    "debiased": Key(
        "whether the running statistics are corrected for their start",
        _RECOGNISED,
        True,
        values={
            True: "averages start at 0, and are divided by 1 - (1 - a)^t after t steps in which "
            "a batch weighs a",
            False: "averages start from what is given, and are not corrected",
        },
    ),
    "one_value": Key(
        "what a training step does with one value per channel",
        "recognised and reported; NaN, or y = x, is never right",
        "beta",
        values={"beta": "y = beta", "raises": "a clear error"},
    ),
    "empty_batch": Key(
        "what a training step does with no samples",
        "either is taken, and law P12 is not asked",
        "empty",
        values={
            "empty": "y has no samples either, and the running statistics stay",
            "raises": "an error",
        },
    ),
    "output": Key(
        "how the output is computed",
        "either may be used; laws that only a centred output keeps are not asked",
        "centered",
        values={
            "centered": "the mean is subtracted first: (x - mu) / s gamma + beta",
            "folded": "as x scale + shift",
        },
    ),
    "variance": Key(
        "which algorithms may compute the variance; a weaker one widens the bounds to its errors",
        '"stable" is expected',
        "one-pass",
        values={
            "stable": "in two passes, by Welford's recurrence or by merging",
            "shifted": "also mean((x - x0)^2) - mean(x - x0)^2, where x0 is an element of x",
            "one-pass": "also mean(x^2) - mean(x)^2",
        },
    ),
    "dtypes": Key(
        "the dtypes of x that are taken",
        "float32 and float64 are tried, of an .onnx file its own; half precision where --dtype "
        "or a profile asks for it",
        ["float16", "float32"],
        "list of",
        values=dict.fromkeys(FORMATS, ""),
    ),
    "parameters": Key(
        "the dtype of gamma, beta, their gradients and the running statistics",
        "that of x",
        "float32",
        values={"same": "that of x", "float32": "float32 where x is in half precision"},
    ),
    "accumulates": Key(
        "the format of all arithmetic, never narrower than x",
        "float32 where x is in half precision, that of x otherwise",
        "float32",
        values=dict.fromkeys(FORMATS, ""),
    ),
    "channel_axis": Key(
        "the axis on which x has its channels, as in -1 for the last",
        f"the framework's own, or {_FOUND}",
        -1,
        "integer",
        who="layers and classes",
    ),
    "ranks": Key(
        "the numbers of axes that x may have",
        _FOUND,
        [2, 4],
        "list of",
        values={2: "(m, C)", 3: "(N, C, L)", 4: "(N, C, H, W)", 5: "(N, C, D, H, W)"},
    ),
    "gradients": Key(
        "what a second backward pass of one layer does with dgamma and dbeta",
        "either is taken, and law P08 is not asked",
        "accumulated",
        values={"accumulated": "adds them to the first ones", "fresh": "replaces the first ones"},
    ),
    "arithmetic": Key(
        "what the arithmetic keeps to, so that more laws hold exactly",
        "nothing is assumed, and laws that need it are not asked",
        ["sqrt", "two-pass"],
        "list of",
        values={
            "sqrt": "the inverse deviation is a square root and a division, never a power function",
            "two-pass": "mean first, then squares of deviations: no recurrence, no merging",
            "same-order": "a column is summed in an order that does not depend on the column or "
            "on the memory layout",
            "convex": "running statistics are updated as (1 - a) old + a new",
        },
    ),
    "training": Key(
        "whether there is a training step",
        _FOUND,
        False,
        values={False: "inference only", True: "there is one"},
    ),
    "eval_backward": Key(
        "whether backward may be called after a forward pass in inference",
        "where it answers there, its answers have to be the gradients of inference",
        False,
        values={False: "backward is meant for training alone, and is not asked in inference"},
    ),
    "shape": Key("the only shape of x that is taken", _FOUND, [8, 16, 7, 7], "sizes"),
    "channels": Key("the only number of channels that is taken", _FOUND, 4, "positive"),
    "channels_multiple_of": Key(
        "what the number of channels has to be a multiple of", "any number is given", 8, "positive"
    ),
    "contiguous": Key(
        "whether x has to be contiguous, in C order",
        "other layouts are given, too, where the target can be given them",
        True,
        values={True: "nothing else is given", False: "any memory layout is taken"},
    ),
    "activation": Key(
        "what is fused behind the normalization",
        "nothing; an activation that is seen is told as a deviation",
        "relu",
        values={
            "relu": "the output is max(z, 0) of the normalized z",
            "relu6": "the output is min(max(z, 0), 6) of the normalized z",
        },
    ),
    "adds": Key(
        "whether an argument residual is added to the output, before an activation",
        "it is not",
        True,
        values={True: "it is", False: "it is not"},
        who=_FUNCTIONS,
    ),
    "groups": Key(
        "how many groups of channels a group normalization always has",
        "various numbers where there is an argument groups; otherwise " + _FOUND,
        8,
        "positive",
        who="plain functions of group normalization",
    ),
    "batch_invariant": Key(
        "whether the bits of a sample do not depend on the others of its batch",
        "they are compared within rounding",
        True,
        values={True: "they do not", False: "they may, as where blocks go with the number of rows"},
        who="layer, RMS, group and instance normalization",
    ),
    "casts": Key(
        "where values in half precision are rounded to it",
        "recognised from one call or two, and reported",
        "early",
        values={
            "last": "y once, after gamma: round(gamma xhat + beta)",
            "early": "xhat before gamma, then each operation, as LLaMA does: round(gamma "
            "round(xhat)); the gradients the same way back",
            "weight": "xhat to the format of gamma, whose arithmetic follows, as in T5 and vLLM: "
            "early for a gamma in half precision, last for one in float32",
        },
        who="layer, RMS, group and instance normalization",
    ),
    "gain": Key(
        "what the normalized values are multiplied by",
        "recognised of a layer that starts with a gain of 1, and reported; gamma elsewhere",
        "one-plus",
        values={"gamma": "gamma", "one-plus": "1 + gamma, as Gemma does"},
        who="modules of layer, RMS, group and instance normalization",
    ),
    "residual": Key(
        "what is normalized of x + residual, where that sum is no number of x's format",
        "recognised from one call in half precision, and reported; any is right",
        "wide",
        values={
            "wide": "the sum as the arithmetic has it; it is rounded to be handed back alone",
            "rounded": "the sum as it is handed back, rounded to the format of x",
        },
        who="the residual form of layer and RMS normalization",
    ),
    "saved": Key(
        "what a backward pass in half precision reads of the forward one, beside x; what is "
        "rounded widens the bounds on gradients to its errors",
        'what shows in one call is reported; "wide" is expected',
        "half",
        values={
            "wide": "mean and inverse deviation, or xhat, as the arithmetic has them",
            "half": "mean and inverse deviation rounded to the format of x",
            "xhat": "xhat rounded to the format of x",
        },
        who="layer, RMS, group and instance normalization",
    ),
    "mask": Key(
        "whether an argument mask is 1 at the positions that count, and 0 at the others",
        "there is none",
        True,
        values={
            True: "outputs elsewhere are not judged, and gradients there are 0",
            False: "there is none",
        },
        who=_FUNCTIONS,
    ),
}

# What a target may promise about its arithmetic, so that more laws hold exactly.
ARITHMETIC: tuple[str, ...] = tuple(KEYS["arithmetic"].values)
