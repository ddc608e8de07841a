"""The format of MNIST's files: a magic number, sizes, bytes (LeCun, Cortes & Burges 1998)."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from pathlib import Path

import numpy as np

from bncheck.errors import UsageError
from bncheck.model.formats import Array

_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
# more than any set of this format has; a header that promises more is not read
_MOST = 1 << 30


def folder(path: Path) -> tuple[Array, Array, int, str]:
    """Read four files, packed by gzip or not: x in [0, 1], y, rows for training, a digest.

    The rows for testing follow those for training; the digest is of the training images as they
    lie there. Raises UsageError, which names the file and what is wrong with it.
    """
    if not path.is_dir():
        raise UsageError(f"--data {path}: no such folder; it should hold {', '.join(_FILES)} (.gz)")
    found = [_file(path, name) for name in _FILES]
    x, y, test_x, test_y = (_read(file, 3 if "idx3" in file.name else 1) for file in found)
    for images, labels, file in ((x, y, found[1]), (test_x, test_y, found[3])):
        if len(images) != len(labels):
            raise UsageError(f"{file}: {len(labels)} labels for {len(images)} images")
    if x.shape[1:] != test_x.shape[1:] or not len(x) or not len(test_x):
        raise UsageError(f"{found[2]}: images {test_x.shape}, where training has {x.shape}")
    both = np.concatenate([x, test_x]).reshape(len(x) + len(test_x), -1) / 255.0
    digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
    return both, np.concatenate([y, test_y]).astype(np.int64), len(x), digest


def _file(path: Path, name: str) -> Path:
    for candidate in (path / f"{name}.gz", path / name):
        if candidate.is_file():
            return candidate
    there = sorted(p.name for p in path.iterdir())[:4]
    raise UsageError(
        f"--data {path}: {name} (or {name}.gz) is missing; there: {', '.join(there) or 'nothing'}"
    )


def _read(file: Path, axes: int) -> Array:
    """Read one file, and no more bytes than its header promises, and one."""
    magic, header = 0x0800 + axes, 4 + 4 * axes
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            head = stream.read(header)
            found = int.from_bytes(head[:4], "big")
            if len(head) < header or found != magic:
                raise UsageError(f"{file}: magic number {found:#06x} at 0, expected {magic:#06x}")
            shape = tuple(int(n) for n in np.frombuffer(head, ">u4", offset=4))
            size = int(np.prod([int(n) for n in shape], dtype=object))
            if size > _MOST:
                raise UsageError(f"{file}: its header promises {size} bytes, the most is {_MOST}")
            body = stream.read(size + 1)
    except (OSError, EOFError, zlib.error, io.UnsupportedOperation) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None
    if len(body) != size:
        more = "more follow" if len(body) > size else f"it ends after {header + len(body)}"
        raise UsageError(f"{file}: {header + size} bytes by its header, and {more}")
    return np.frombuffer(body, np.uint8).reshape(shape)
