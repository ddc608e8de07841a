"""From the text of a target to the object it names; nothing is run but the import itself."""

import contextlib
import itertools
import os
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from bncheck import files
from bncheck.blaming import described, is_foreign
from bncheck.errors import RAISED, TargetError, UsageError, in_words
from bncheck.model import Implementation
from bncheck.targets.common import looking, promises, shadows

FORMS = (
    "path/to/file.py, path/to/file.py:NAME, package.module, package.module:NAME, "
    "path/to/model.onnx or path/to/model.onnx:RUNTIME"
)
# a file, then a runtime, or the name of a node, or a runtime and a node
_ONNX = re.compile(r"(?P<file>.*?\.onnx)(?::(?P<rest>.+))?", re.DOTALL)

# what to install, where it is not called as the module is
PACKAGES = {"haiku": "dm-haiku", "numpy_ml": "numpy-ml", "paddle": "paddlepaddle"}
_FRAMEWORKS = (
    "equinox",
    "flax",
    "jax",
    "keras",
    "mlx",
    "onnx",
    "onnxruntime",
    "openvino",
    "tensorflow",
    "tinygrad",
    "torch",
)

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_serial = itertools.count(1)


def load(target: str) -> object:
    """Return what ``target`` names: a module, or an object inside one.

    A file is imported under a private name of its own, so that it hides no module and each
    call imports it afresh; modules in its folder can be imported by it. An ONNX file is only
    parsed: ``model.onnx:RUNTIME:NODE`` names what runs it and the node, each where it is needed.
    An implementation promises what the ``CONVENTION`` of its file says and itself does not.

    Raises UsageError where the text is no target or its file is not there, TargetError where
    it does not import or has no such name.
    """
    of_file = of_model(target)
    if of_file is not None:
        return _onnx_node(target, of_file)
    where, name = split(target)
    is_file = where.endswith(".py")
    module = _import_file(target, Path(where)) if is_file else _import_module(target, where)
    found = _lookup(target, module, name) if name else module
    if isinstance(found, Implementation):
        return promises.completing(found, vars(module), target)
    return found


def split(target: str) -> tuple[str, str]:
    """Split ``"file.py:NAME"`` or ``"module:NAME"``; NAME is empty where there is none.

    Raises UsageError where ``target`` has neither form.
    """
    if target.endswith(".py"):
        return target, ""  # also a path with a colon in it
    where, colon, name = target.rpartition(":") if ":" in target else (target, "", "")
    is_module = _DOTTED.fullmatch(where) is not None
    if not (where.endswith(".py") or is_module) or (colon and not _DOTTED.fullmatch(name)):
        raise UsageError(f"target={target!r}, but should be {FORMS}")
    return where, name


def places(target: str) -> list[Path]:
    """Return the folders in which modules are looked for first while a target is imported."""
    path = Path(target.rpartition(":")[0] if not target.endswith(".py") else target)
    beside = [path.parent] if path.suffix == ".py" else []
    return list(dict.fromkeys(folder.resolve() for folder in (*beside, Path())))


class OfModel(NamedTuple):
    """An ``.onnx`` file, what is to run it, and one of its nodes; empty where nothing is said."""

    file: str
    runtime: str
    node: str


def of_model(target: str) -> OfModel | None:
    """Split ``model.onnx:RUNTIME:NODE``, each of which may be missing; None for another target."""
    onnx = _ONNX.fullmatch(target)
    if onnx is None:
        return None
    runtimes = import_module("bncheck.targets.onnx.runtimes").RUNTIMES
    first, _, others = (onnx["rest"] or "").partition(":")
    runtime, node = (first, others) if first in runtimes else ("", onnx["rest"] or "")
    return OfModel(onnx["file"], runtime, node)


def _onnx_node(target: str, asked: OfModel) -> object:
    path = Path(asked.file)
    _is_there(path)
    try:
        onnx_nodes = import_module("bncheck.targets.onnx.nodes")  # only where onnx is needed
        onnx_runtimes = import_module("bncheck.targets.onnx.runtimes")
    except ModuleNotFoundError as error:
        missing = error.name or "onnx"
        raise TargetError(f"{target} cannot be read without onnx{instead(missing)}") from None
    found: object = onnx_nodes.read(path, asked.node, onnx_runtimes.chosen(asked.runtime))
    return found


def _is_there(path: Path) -> None:
    """Refuse a path that is no file, naming the nearest one of its kind."""
    if os.path.isfile(path):
        return
    if os.path.exists(path) and not os.path.isdir(path):
        raise UsageError(f"{path} is a pipe or a device, but should be a file")
    raise UsageError(f"{path} is not a file{files.instead(path)}")


def _import_file(target: str, path: Path) -> ModuleType:
    _is_there(path)
    private = f"_bncheck_target_{next(_serial)}_{path.stem}"
    spec = spec_from_file_location(private, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} is not a Python file")
    module = module_from_spec(spec)
    sys.modules[private] = module  # dataclasses and pickle look a class's module up there
    with _failures(target), _importable(*places(target)):
        spec.loader.exec_module(module)
    return module


def _import_module(target: str, name: str) -> ModuleType:
    _no_python(Path(name))
    with _failures(target), _importable(*places(target)):
        try:
            return import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name or ""
            own = missing and f"{name}.".startswith(f"{missing}.")
            if not own and missing != "tensorflow":
                raise  # it is there, but something that it imports is not
            message = f"{target} does not import: there is no module {missing!r}"
            raise TargetError(message + (_member(missing) or instead(missing))) from None


def _member(missing: str) -> str:
    """Say so where a module that is not there is a name in one that is."""
    home, _, name = missing.rpartition(".")
    # looking for it has imported its home, if there is one
    if not hasattr(sys.modules.get(home), name):
        return ""
    return f", but {home!r} has a name {name!r}; did you mean {home}:{name}?"


# what other commands take, by the end of its name
_OTHERS = {
    **dict.fromkeys((".tex", ".md"), "a page of formulas is for `bncheck check`"),
    ".ipynb": "its formulas are for `bncheck check`, a layer in it for bncheck.verify(LAYER) there",
    ".toml": "a file of claims is for `bncheck claim`",
}


def _no_python(path: Path) -> None:
    is_package = (path / "__init__.py").exists() or any(path.glob("*.py"))
    if path.exists() and not is_package:
        if path.suffix in _OTHERS:
            raise UsageError(f"{path} is no Python file; {_OTHERS[path.suffix]}")
        kind = "folder" if path.is_dir() else "file"
        raise UsageError(f"{path} is a {kind} but no Python file; should be {FORMS}")


def instead(missing: str) -> str:
    """Say what to do about a module that is not there."""
    if missing == "tensorflow":
        return "; install it, or set KERAS_BACKEND to torch, jax or numpy where Keras asks for it"
    if missing in PACKAGES or missing in _FRAMEWORKS:
        return f"; install it with pip install {PACKAGES.get(missing, missing)}"
    return "" if "." in missing else f"; is a file meant, {missing}.py?"


def _lookup(target: str, module: ModuleType, dotted: str) -> object:
    found: Any = module
    where = target.rpartition(":")[0]
    for name in dotted.split("."):
        try:
            found = getattr(found, name)
        except AttributeError as error:
            if is_foreign(error):
                raise TargetError(f"{where}:{name} raises {described(error)}") from error
            public = [n for n in looking.names(found) if not n.startswith("_")]
            near = get_close_matches(name, public, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(public) or 'none'}"
            raise TargetError(f"{where} has no name {name!r}; {hint}") from None
        except RAISED as error:
            raise TargetError(f"{where}:{name} raises {described(error)}") from error
        where = f"{where}:{name}"
    return found


@contextlib.contextmanager
def _failures(target: str) -> Iterator[None]:
    """Make one sentence of whatever an import ends with, leaving Ctrl-C alone."""
    try:
        yield
    except (KeyboardInterrupt, TargetError):
        raise
    except SystemExit as error:
        message = (
            f"{target} does not import: it calls sys.exit({error.code!r}); a target should define "
            "its functions and do nothing else"
        )
        raise TargetError(message) from error
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        place = f"{Path(error.filename or target).name}{line}"
        raise TargetError(f"{target} does not import: {place}: {error.msg}") from error
    except BaseException as error:
        text = in_words(error)
        relative = "attempted relative import" in text
        hint = "; give it as package.module instead of as a file" if relative else ""
        hint = hint or shadows.hint(places(target), text)
        if isinstance(error, ImportError) and "from 'collections'" in text:
            # numpy-ml is such a package
            hint = (
                "; it needs Python 3.9 or older, or a file of your own that puts that name from "
                "collections.abc into collections, imports the layer, and is given as file.py:NAME"
            )
        raise TargetError(f"{target} does not import: {text}{hint}") from error


@contextlib.contextmanager
def _importable(*folders: Path) -> Iterator[None]:
    """Put folders first on the path while importing, then last, and write no bytecode.

    First, as Python does for a script, so that its own siblings win; afterwards last, so that
    they are still found by imports inside functions, but hide nothing from bncheck itself.
    """
    entries = [str(folder) for folder in folders]
    late = [entry for entry in entries if entry not in sys.path]
    writes = sys.dont_write_bytecode
    sys.path[:0] = entries
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        for entry in entries:
            if entry in sys.path:
                sys.path.remove(entry)
        sys.path += late
