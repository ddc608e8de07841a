"""PyTorch's functions: ``torch.nn.functional.batch_norm``, and folding into a convolution.

Targets are ``torch.nn.functional:batch_norm`` and ``torch.nn.utils.fusion:fuse_conv_bn_eval``; the
relatives' functions are in `bncheck.targets.torch.norm_functions`.
"""

from typing import Any

import torch
from torch.nn import functional
from torch.nn.utils import fusion

from bncheck.errors import TargetError
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer, NormName
from bncheck.model.formats import Array
from bncheck.targets.common import answers
from bncheck.targets.profiles import PROFILES
from bncheck.targets.torch import norm_functions
from bncheck.targets.torch.tensors import from_torch, to_torch
from bncheck.targets.torch.tools import layer_of, one_thread

ABILITIES: frozenset[Ability] = frozenset(
    {"backward", "eval", "eval_backward", "running", "state_before_step", "jvp", "double_backward"}
)
HALF = ("float16", "bfloat16")


def recognises(target: object) -> bool:
    """Whether the target is one of these functions."""
    return target in (functional.batch_norm, fusion.fuse_conv_bn_eval, *norm_functions.OWN)


def relative(target: Any, name: str, norm: NormName | None = None) -> Implementation | None:
    """Make an implementation of one of the relatives' functions; of another there is none: None.

    Raises TargetError where it is said to be another normalization than it is.
    """
    own = norm_functions.OWN.get(target, ("batch", ()))[0]
    if norm not in (None, own):
        raise TargetError(f"{name} is {own} normalization, and norm is {norm!r}: leave that out")
    return None if own == "batch" else norm_functions.adapt(target, name)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a function; ``promised`` is not needed."""
    if target in norm_functions.OWN:
        return norm_functions.adapt(target, name)
    if target is functional.batch_norm:
        return Implementation(
            name=name,
            make=lambda case: layer_of(_Functional(), case),
            abilities=ABILITIES,
            convention=PROFILES["torch"],
            domain=Domain(takes=HALF),
            defaults={"eps": 1e-5, "momentum": 0.1},
        )
    return Implementation(
        name=name,
        make=_fused,
        abilities=frozenset({"eval", "state_before_step"}),
        convention=Convention(channel_axis=1),
        domain=Domain(ranks=(4,), training=False),
    )


class _Functional(torch.nn.Module):
    """The function with its arguments kept, as a module."""

    weight: torch.nn.Parameter
    bias: torch.nn.Parameter
    running_mean: torch.Tensor
    running_var: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.eps, self.momentum = 1e-5, 0.1
        for name in ("weight", "bias"):
            setattr(self, name, torch.nn.Parameter(torch.empty(0)))
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, torch.empty(0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training,
            self.momentum,
            self.eps,
        )


def _fused(case: Case) -> Layer:
    """Fold into a convolution that does nothing: 1 x 1, each channel by itself, all ones."""
    channels = case.channels
    kind = _tensor(case.gamma.copy()).dtype
    nothing = torch.nn.Conv2d(channels, channels, 1, groups=channels, bias=False, dtype=kind)
    nothing.weight = torch.nn.Parameter(torch.ones_like(nothing.weight))
    norm = torch.nn.BatchNorm2d(channels, eps=case.eps, dtype=kind)
    for name, values in (("weight", case.gamma), ("bias", case.beta)):
        setattr(norm, name, torch.nn.Parameter(_tensor(values.copy())))
    norm.running_mean, norm.running_var = (
        _tensor(values.copy()) for values in (case.running_mean, case.running_var)
    )
    fused = fusion.fuse_conv_bn_eval(nothing.eval(), norm.eval())

    def infer(x: Array) -> Array:
        with torch.no_grad():
            return answers.array("the fused convolution", from_torch(fused(_tensor(x))), x)

    def train(x: Array) -> Array:
        raise NotImplementedError("a folded layer does not train")

    return Layer(train=train, eval=one_thread(infer))


def _tensor(array: Array) -> torch.Tensor:
    return to_torch(array, torch.get_default_device())
