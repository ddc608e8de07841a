"""Ways of being wrong about memory layout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bncheck.deviations.deviation import family
from bncheck.deviations.passes import Reference
from bncheck.model.formats import Array

deviation = family("axes, layout, counts")


def _in_memory_order(array: Array) -> Array:
    return array.ravel("K").reshape(array.shape)


def _from_pointer(array: Array) -> Array:
    """Read as many values as there are from the address of the first, where they are memory."""
    whole = array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    start = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    first, count = start // array.itemsize, array.size
    if whole.dtype != array.dtype or first < 0:
        return array
    # an array that owns its memory has no gaps, in whatever order its axes lie
    memory = whole.ravel("K")[first : first + count]
    return memory.reshape(array.shape) if memory.size == count else array


@deviation(
    "ignores-strides",
    "reads x in the order of memory, whatever its strides say",
    seen="pytorch/pytorch#62594, #134580, PaddlePaddle/Paddle#54703",
    regime="x is not C-contiguous: channels_last, transposed",
)
def ignores_strides(rules: Reference) -> Reference:
    return replace(rules, read=lambda x: rules.read(_in_memory_order(x)))


@deviation(
    "ignores-strides-by-pointer",
    "reads x and dy from the address of their first values on, one after another, "
    "whatever their strides say",
    seen="constructed; C and CUDA kernels that are handed data_ptr() or ctypes.data alone",
    regime="x is not C-contiguous: channels_last, transposed, a slice",
)
def ignores_strides_by_pointer(rules: Reference) -> Reference:
    return replace(
        rules,
        read=lambda x: rules.read(_from_pointer(x)),
        read_cotangent=lambda dy, x: rules.read_cotangent(_from_pointer(dy), x),
    )


@deviation(
    "ignores-strides-of-dy",
    "reads dy in the order of memory, whatever its strides say",
    seen="pytorch/pytorch#175189, mapillary/inplace_abn#155",
    regime="dy is not C-contiguous",
)
def ignores_strides_of_dy(rules: Reference) -> Reference:
    def read(dy: Array, x: Array) -> Array:
        return rules.read_cotangent(_in_memory_order(dy), x)

    return replace(rules, read_cotangent=read)


@deviation(
    "layout-of-x-for-dy",
    "reads dy as if it had the memory layout of x",
    seen="pytorch/pytorch#64039, #50659, #62967",
    regime="x and dy of different layout",
)
def layout_of_x_for_dy(rules: Reference) -> Reference:
    def read(dy: Array, x: Array) -> Array:
        order = np.argsort([-abs(s) for s in x.strides], kind="stable")
        memory = dy.ravel("K").reshape([x.shape[a] for a in order])
        return rules.read_cotangent(memory.transpose(np.argsort(order)), x)

    return replace(rules, read_cotangent=read)


@deviation(
    "ignores-offset",
    "reads a slice from the start of the array that it is a slice of",
    seen="pytorch/pytorch#133520",
    regime="x is a view that starts inside a larger array",
)
def ignores_offset(rules: Reference) -> Reference:
    def read(x: Array) -> Array:
        base = x.base
        if not isinstance(base, np.ndarray) or base.dtype != x.dtype or base.size < x.size:
            return rules.read(x)
        start = base.ravel("K")[: x.size].reshape(x.shape)
        return rules.read(start if base.size > x.size else x)

    return replace(rules, read=read)


DEVIATIONS = (
    ignores_strides,
    ignores_strides_by_pointer,
    ignores_strides_of_dy,
    layout_of_x_for_dy,
    ignores_offset,
)
