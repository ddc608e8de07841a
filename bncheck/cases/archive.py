"""Arrays of a stranger's ``.npz`` file: read within limits, and nothing of it is ever run.

NumPy's own reader believes what a header says of sizes; here that is held against what is there
before anything is allocated. Objects are refused by their dtype, so that nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from bncheck import files
from bncheck.errors import UsageError, in_words
from bncheck.model.formats import BFLOAT16, Array
from bncheck.terminal import brief

# of a file, and of its arrays once they are unpacked
MOST_BYTES = 256 << 20
MOST_ARRAYS = 4096
_AT_ONCE = 1 << 20
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_HOW = "write it with numpy.savez(FILE, x=...)"


def read(path: Path) -> tuple[str, dict[str, Array]]:
    """Return the SHA-256 of a file's bytes in hexadecimal, and its arrays by their names.

    Raises UsageError for a file that is missing, too large or no ``.npz``, and for arrays of
    objects, or whose header does not tell the truth.
    """
    content = files.read_bytes(path, MOST_BYTES)
    if content.startswith(b"\x93NUMPY"):
        raise UsageError(f"{path} is a .npy file with one array without a name; {_HOW}")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile raises many kinds at what is no zip file
        raise UsageError(f"{path} is no .npz file: {in_words(error)}; {_HOW}") from None
    with archive:
        return hashlib.sha256(content).hexdigest(), _arrays(path, archive)


def _arrays(path: Path, archive: zipfile.ZipFile) -> dict[str, Array]:
    members = archive.infolist()
    if len(members) > MOST_ARRAYS:
        raise UsageError(f"{path} has {len(members)} arrays, but at most {MOST_ARRAYS} are read")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise UsageError(f"{path} is too large: its arrays have more than {MOST_BYTES:,} bytes")
    arrays: dict[str, Array] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name == member.filename or name in arrays:
            why = "twice" if name in arrays else "which is no array"
            raise UsageError(f"{path} has the member {brief(name)} {why}; {_HOW}")
        try:
            with archive.open(member) as file:
                arrays[name] = _array(file, member)
        except UsageError as error:
            raise UsageError(f"{path}: {brief(name)} {error}") from None
        except Exception as error:  # zipfile and NumPy raise many kinds at what is damaged
            why = in_words(error)
            raise UsageError(f"{path}: {brief(name)} cannot be read as an array: {why}") from None
    return arrays


def _array(file: IO[bytes], member: zipfile.ZipInfo) -> Array:
    """Read one array. Raises UsageError with the rest of a sentence that begins with its name."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UsageError("is packed in a way that numpy.savez does not use; write it with that")
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise UsageError(f"is in version {version} of the format, which holds no plain numbers")
    shape, fortran, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise UsageError("holds Python objects, but should hold numbers: use .astype(np.float32)")
    if dtype.itemsize == 0 or any(n < 0 for n in shape):
        raise UsageError(f"has shape {brief(shape)} and dtype {brief(str(dtype))}: no numbers")
    size = math.prod(shape) * dtype.itemsize
    left = member.file_size - file.tell()
    if size != left:
        raise UsageError(f"should have {size:,} bytes by its header, and has {left:,}")
    # in pieces: what is packed might unpack to more than it says
    content = bytearray()
    while len(content) <= size and (piece := file.read(_AT_ONCE)):
        content += piece
    if len(content) != size:
        raise UsageError(f"should have {size:,} bytes, and has {len(content):,}")
    flat = np.frombuffer(content, dtype)
    if dtype == np.dtype("V2"):  # as NumPy writes bfloat16, which it does not know
        flat = flat.view(BFLOAT16.dtype)
    return flat.reshape(shape, order="F" if fortran else "C")
