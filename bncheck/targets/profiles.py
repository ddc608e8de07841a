"""What frameworks do where implementations may differ: the promises behind ``--profile``.

Each entry is what the framework documents, and was seen to do in the version named beside it
unless it says otherwise.
Where a framework does something that is never legitimate, nothing is promised for it.
"""

from dataclasses import replace
from difflib import get_close_matches

from bncheck.errors import UsageError
from bncheck.model import Convention

_TORCH = Convention(
    momentum_weighs="new",
    running_var="unbiased",
    debiased=False,
    one_value="raises",
    channel_axis=1,
)
_KERAS = Convention(
    momentum_weighs="old",
    running_var="biased",
    debiased=False,
    one_value="beta",
    channel_axis=-1,
)
_ONNX = Convention(
    momentum_weighs="old",
    running_var="biased",
    debiased=False,
    one_value="beta",
    channel_axis=1,
)

PROFILES: dict[str, Convention] = {
    "torch": _TORCH,  # torch 2.13.0
    # under autocast: values in half precision, parameters and running statistics in float32
    "torch-autocast": replace(_TORCH, parameters="float32", dtypes=("float16", "bfloat16")),
    "keras": _KERAS,  # keras 3.15.1
    "flax": _KERAS,  # flax 0.12.8, linen and nnx
    "haiku": Convention(  # dm-haiku 0.0.17: moving averages corrected for their start at zero
        momentum_weighs="old",
        running_var="biased",
        debiased=True,
        one_value="beta",
        channel_axis=-1,
    ),
    "equinox": Convention(  # equinox 0.13.8, mode="batch": channels first in a vmapped example
        momentum_weighs="old",
        running_var="biased",
        debiased=True,
        one_value="beta",
        channel_axis=1,
    ),
    # BatchNormalization in training, the same in operator sets 7 to 15; from 14 on one value per
    # channel and the biased running variance are spelt out
    "onnx": _ONNX,
    "mlx": Convention(  # mlx 0.32.4
        momentum_weighs="new",
        running_var="unbiased",
        debiased=False,
        one_value="raises",
        channel_axis=-1,
    ),
    "tinygrad": _TORCH,  # tinygrad 0.14.0
    "paddle": Convention(  # paddlepaddle 3.3.1; one value per channel gives y = x
        momentum_weighs="old",
        running_var="biased",
        debiased=False,
        channel_axis=1,
    ),
    "numpy-ml": _KERAS,  # numpy-ml 0.1.2
    # by their documentation and source alone: neither runs with a NumPy of today
    "mxnet": replace(_KERAS, channel_axis=1),  # MXNet 1.9, operator BatchNorm, on the CPU
    "caffe": Convention(  # Caffe 1.0: sums and their weight are kept apart, and divided when used
        momentum_weighs="old",
        running_var="unbiased",
        debiased=True,
        one_value="beta",
        channel_axis=1,
    ),
}


def convention(profile: str) -> Convention:
    """Return the promises of a profile by its name.

    Raises UsageError, with the nearest known name, where there is none.
    """
    try:
        return PROFILES[profile]
    except KeyError:
        near = get_close_matches(profile, PROFILES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = ", ".join(PROFILES)
        raise UsageError(f"profile={profile!r}, but should be one of {known}{hint}") from None
