"""A shared library: where it is, what it holds, and a function of it that can be called."""

import ctypes
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bncheck.errors import TargetError, UsageError
from bncheck.targets.native import storage
from bncheck.targets.native.prototypes import Prototype


def found(library: str | Path, folder: Path) -> Path:
    """Return the file, which is looked for in the working folder, then in ``folder``.

    Raises TargetError, with the name of the nearest file, where it is in neither, UsageError
    where it is no path.
    """
    if not isinstance(library, str | Path):
        raise UsageError(f"library={library!r}, but should be the path of a shared library")
    places = [Path.cwd() / library, folder.resolve() / library]
    for place in places:
        if place.is_file():
            return place
    there = [p.name for place in places if place.parent.is_dir() for p in place.parent.iterdir()]
    suffix = Path(library).suffix
    near = get_close_matches(
        Path(library).name, [name for name in there if Path(name).suffix == suffix], n=1
    )
    looked = " and ".join(dict.fromkeys(str(place.parent) for place in places))
    hint = f"did you mean {near[0]}?" if near else "build it first, or give its whole path"
    raise TargetError(f"{Path(library).name} is not in {looked}; {hint}")


def opened(path: Path) -> ctypes.CDLL:
    """Load a library; raises TargetError, with the system's reason, where it does not load."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        said = " ".join(str(error).split())[:300].removeprefix(f"{path}: ")
        raise TargetError(
            f"{path.name} does not load: {said};\n"
            "it should be a shared library for this machine, linked with all that it uses"
        ) from error


def function(opened: ctypes.CDLL, path: Path, prototype: Prototype) -> Any:
    """Return a function of the library that takes addresses and numbers.

    Raises TargetError, with the nearest name that the library has, where it has no such function.
    """
    try:
        called = opened[prototype.name]  # a new object each time, so types are set for us alone
    except AttributeError:
        raise TargetError(_missing(opened, path, prototype.name)) from None
    called.argtypes = [
        ctypes.c_void_p
        if argument.pointer
        else storage.SCALARS.get(argument.type) or storage.INTEGERS[argument.type]
        for argument in prototype.arguments
    ]
    called.restype = storage.INTEGERS[prototype.status] if prototype.status else None
    return called


def _missing(opened: ctypes.CDLL, path: Path, name: str) -> str:
    told = f"{path.name} has no function {name}"
    words = _words(path)
    mangled = [word for word in words if re.match(rf"_Z\w*?{len(name)}{name}", word)]
    if mangled:
        return f'{told}, but {mangled[0]}, a name of C++; declare it extern "C" and build it again'
    near = [w for w in get_close_matches(name, words, n=8, cutoff=0.7) if _has(opened, w)]
    if near:
        return f"{told}; did you mean {near[0]}?"
    return f"{told}; is it static, or hidden?"


def _has(opened: ctypes.CDLL, name: str) -> bool:
    try:
        opened[name]
    except AttributeError:
        return False
    return True


def _words(path: Path) -> Sequence[str]:
    """Return what may be names in a file: words between zeros, as tables of symbols have them."""
    data = path.read_bytes()[: 64 << 20]
    found = re.findall(rb"\0([A-Za-z_]\w{2,200})(?=\0)", data)
    return sorted({word.decode("ascii") for word in found})
