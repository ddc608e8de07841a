"""NumPy arrays as PyTorch tensors and back, with strides and, where possible, storage kept."""

import numpy as np
import torch

from bncheck.model.formats import BFLOAT16, Array, is_bfloat16

CPU = torch.device("cpu")


def to_torch(array: Array, device: torch.device = CPU) -> torch.Tensor:
    """Return a tensor on the array's storage, with its shape and strides.

    A read-only array is copied into storage with the same strides, since torch has no such
    flag; negative or misaligned strides, which torch does not have, become a plain copy. On
    another device than the CPU it is a copy with the same strides.
    """
    if device.type != "cpu":
        return _moved(to_torch(array), device)
    # torch knows ml_dtypes' bfloat16 only by its bits
    bits = array.view(np.int16) if is_bfloat16(array.dtype) else array
    strides = [s // array.itemsize for s in array.strides]
    if any(s < 0 or s % array.itemsize for s in array.strides):
        tensor = torch.from_numpy(np.array(bits, order="C"))
    elif array.flags.writeable:
        tensor = torch.from_numpy(bits)
    else:
        plain = torch.from_numpy(np.empty(0, bits.dtype))
        tensor = torch.empty_strided(array.shape, strides, dtype=plain.dtype, device=CPU)
        tensor.numpy()[...] = bits
    return tensor.view(torch.bfloat16) if is_bfloat16(array.dtype) else tensor


def _moved(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Copy to a device, with the strides kept: ``to`` makes gaps and broadcasts contiguous."""
    # an axis of stride 0 holds one value: it is copied once and broadcast there again
    once = tensor[tuple(slice(0, 1) if step == 0 else slice(None) for step in tensor.stride())]
    there = torch.empty_strided(once.shape, tensor.stride(), dtype=tensor.dtype, device=device)
    return there.copy_(once).expand(tensor.shape)


def from_torch(tensor: torch.Tensor) -> Array:
    """Return an array with the tensor's strides, on its storage where that is the CPU's."""
    plain = tensor.detach().cpu()
    if plain.dtype == torch.bfloat16:
        return plain.view(torch.int16).numpy().view(BFLOAT16.dtype)
    return plain.numpy()
