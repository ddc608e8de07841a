"""NumPy arrays as PyTorch tensors and back, with strides and, where possible, storage kept."""

import ml_dtypes
import numpy as np
import torch

from bncheck.formats import Array

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def to_torch(array: Array) -> torch.Tensor:
    """Return a tensor on the array's storage, with its shape and strides.

    A read-only array is copied into storage with the same strides, since torch has no such
    flag; negative or misaligned strides, which torch does not have, become a plain copy.
    """
    # torch knows ml_dtypes' bfloat16 only by its bits
    bits = array.view(np.int16) if array.dtype == BFLOAT16 else array
    strides = [s // array.itemsize for s in array.strides]
    if any(s < 0 or s % array.itemsize for s in array.strides):
        tensor = torch.from_numpy(np.array(bits, order="C"))
    elif array.flags.writeable:
        tensor = torch.from_numpy(bits)
    else:
        plain = torch.from_numpy(np.empty(0, bits.dtype))
        tensor = torch.empty_strided(array.shape, strides, dtype=plain.dtype)
        tensor.numpy()[...] = bits
    return tensor.view(torch.bfloat16) if array.dtype == BFLOAT16 else tensor


def from_torch(tensor: torch.Tensor) -> Array:
    """Return an array on the tensor's storage, with its shape and strides."""
    plain = tensor.detach()
    if plain.dtype == torch.bfloat16:
        return plain.view(torch.int16).numpy().view(BFLOAT16)
    return plain.numpy()
