"""What a run is asked for, and where: the part of a report's basis that is known beforehand."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bncheck.engine import versions
from bncheck.engine.options import Options
from bncheck.engine.resuming.digests import Digests
from bncheck.known import Entry, wanted
from bncheck.targets.loading import of_model, places
from bncheck.version import __version__

# what makes no other report: where it is kept, and how many work at it
_NO_MATTER = frozenset(("resume", "keep", "save", "jobs"))
_FILES = ("expected", "baseline", "data")

# Variables that libraries read in C, where it cannot be noted. What is read in Python is.
_PREFIXES = (
    *("PYTHON", "OMP_", "KMP_", "MKL_", "OPENBLAS", "BLIS_", "VECLIB_", "GOTO_", "NUMEXPR_"),
    *("NPY_", "NUMPY_", "TORCH", "PYTORCH_", "AOTI", "INDUCTOR", "TRITON_", "JAX_", "XLA_"),
    *("TF_", "KERAS_", "FLAX_", "CUDA", "CUDNN_", "CUBLAS_", "NVIDIA_", "HIP_", "ROCM_", "HSA_"),
    *("ORT_", "ONNX", "OV_", "OPENVINO_", "DNNL_", "ONEDNN_", "LD_", "DYLD_", "GLIBC_TUNABLES"),
    *("MALLOC_", "PADDLE_", "FLAGS_", "MLX_", "ATEN_", "GOMP_"),
)


def told(target: str, options: Options, digests: Digests) -> dict[str, Any]:
    """Return all of it as plain data: the same text of it, the same plan.

    Raises UsageError where a file that an option names cannot be read.
    """
    entries = wanted(options.expected, options.baseline)
    return {
        "target": target,
        "options": {
            field.name: _plain(getattr(options, field.name))
            for field in fields(options)
            if field.name not in _NO_MATTER
        },
        "files": {name: digests.of(str(path)) for name, path in _given(options)},
        "bncheck": [__version__, _own(str(Path(__file__).parents[2]))],
        "python": [sys.version, sys.executable],
        "path": [os.getcwd(), *map(os.path.abspath, filter(None, sys.path))],
        "versions": {**versions.needed(), **_installed(entries)},
        # entries end on a day, and speak of variables
        "day": date.today().isoformat() if entries else "",
        "variables": variables([*_prefixed(), *(name for e in entries for name in e.where)]),
        "machine": _machine(),
    }


def own_files(target: str) -> list[str]:
    """Return files that a target names itself, and that a library may open in C."""
    model = of_model(target)
    return [os.path.abspath(model.file)] if model is not None else []


def searched(target: str) -> list[str]:
    """Return the folders in which modules of the target's author are looked for."""
    beside = [] if of_model(target) is not None else [str(place) for place in places(target)]
    rest = [entry for entry in map(os.path.abspath, sys.path) if os.path.isdir(entry)]
    return list(dict.fromkeys([*beside, *rest]))


def variables(names: Iterable[str]) -> str:
    """Return a digest of variables of the environment; it gives none of their values away."""
    held = [(name, os.environ.get(name)) for name in sorted(set(names))]
    return sha256(repr(held).encode("utf-8", "surrogateescape")).hexdigest()


def _prefixed() -> list[str]:
    return [name for name in os.environ if name.startswith(_PREFIXES)]


def _given(options: Options) -> list[tuple[str, Path]]:
    given = [(name, getattr(options, name)) for name in _FILES]
    return [(name, path) for name, path in given if path is not None]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def _installed(entries: Iterable[Entry]) -> Mapping[str, str]:
    """Return versions of what may be in the way: nothing is imported for it."""
    found = {}
    named = {name for entry in entries for name, _ in entry.versions}
    for name in sorted({*versions.FRAMEWORKS.values(), *named}):
        if told := _version(name):
            found[name] = told
    return found


@cache
def _version(name: str) -> str:
    """Return the version of a distribution; empty where it is not there, or says none."""
    try:
        return str(version(name))
    except (PackageNotFoundError, ValueError):
        return ""


@cache
def _own(folder: str) -> str:
    """Return a digest of bncheck itself: a version that is worked on has one number for long."""
    whole = sha256()
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix in (".py", ".toml", ".json"):
            whole.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


@cache
def _machine() -> list[str]:
    """Return what computes: libraries choose their code by it."""
    told = [platform.system(), platform.machine(), str(os.cpu_count())]
    for place in (Path("/proc/cpuinfo"), *sorted(Path("/proc/driver/nvidia/gpus").glob("*/info*"))):
        try:
            lines = place.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        wanted = ("model name", "flags", "Features", "Model")
        told += sorted({line for line in lines if line.startswith(wanted)})
    return [*told[:3], sha256("\n".join(told[3:]).encode()).hexdigest()]
