"""What in a folder looks like batch normalization: read, and never imported."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bncheck import files
from bncheck.engine.versions import FRAMEWORKS
from bncheck.errors import UsageError
from bncheck.targets.common.roles import plain, role_of

_MOST_FILES = 5_000
_MOST_BYTES = 1_000_000
_MOST_OF_A_MODEL = 1 << 28
# folders of what is built, installed, or tests something
_SKIPPED = {"node_modules", "build", "dist", "site-packages", "venv", "env", "tests", "test"}
_NO_LAYERS = re.compile(r"(test_.*|.*_test|conftest|setup)\.py")

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CALLED = {"forward", "__call__", "call"}
# names of blocks that contain one, of what only helps it, and of other passes
_NO_CLASS = {
    *("conv", "linear", "dense", "block", "net", "model", "relu", "activation", "dropout", "pool"),
    *("mlp", "test", "error", "exception", "config", "cache", "function"),
}
_NO_FORWARD = {
    *("backward", "bwd", "backprop", "grad", "gradient", "infer", "inference", "eval", "test"),
    *("update", "fuse", "fold", "layer", "ln", "group", "gn", "instance", "rms"),
}
_OTHER_NORMS = re.compile(r"(layer|group|instance|rms)[\s_-]*norm", re.IGNORECASE)
_BATCH_NORM = re.compile(r"\bbatch[\s_-]*norm", re.IGNORECASE)
# with these a file is a target by itself
_OF_A_FILE = ("forward", "batchnorm_forward")


@dataclass(frozen=True)
class Candidate:
    """A target that may be meant.

    needs: distributions that its file imports; likely: False where nothing was seen in it
    """

    target: str
    needs: tuple[str, ...] = ()
    likely: bool = True


def candidates(folder: Path) -> Iterator[Candidate]:
    """Yield what may be checked in a folder and below, in the order of its files."""
    for path in _files(folder):
        shown = path.relative_to(folder).as_posix()
        if path.suffix == ".onnx":
            yield Candidate(shown, ("onnx", "onnxruntime"), likely=_has_node(path))
            continue
        tree = _parsed(path)
        for name in _targets(tree, path.stem) if tree else ():
            yield Candidate(f"{shown}:{name}" if name else shown, _needs(tree))


def _files(folder: Path) -> Iterator[Path]:
    found = 0
    for home, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not _is_skipped(Path(home, name)))
        for name in sorted(names):
            if name.endswith((".py", ".onnx")) and not _NO_LAYERS.fullmatch(name):
                found += 1
                if found > _MOST_FILES:
                    return
                yield Path(home, name)


def _is_skipped(folder: Path) -> bool:
    name = folder.name
    return name.startswith((".", "__")) or name in _SKIPPED or (folder / "pyvenv.cfg").exists()


def _has_node(path: Path) -> bool:
    try:
        return b"BatchNormalization" in files.read_bytes(path, _MOST_OF_A_MODEL)
    except UsageError:
        return False


def _parsed(path: Path) -> ast.Module | None:
    """Return a file's syntax tree; None where it has none."""
    try:
        text = files.read_text(path, _MOST_BYTES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # somebody's escapes are no affair of ours
            return ast.parse(text)
    except (UsageError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _targets(tree: ast.Module, stem: str) -> Iterator[str]:
    """Yield the names in a file that may be checked; an empty one for the file itself."""
    other = _OTHER_NORMS.search(f"{stem} {ast.get_docstring(tree) or ''}")
    functions = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and _is_forward(node, plainly=not other)
    ]
    if any(name in _OF_A_FILE for name in functions):
        yield ""
    else:
        yield from functions
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and _is_layer(node):
            yield node.name


def _is_forward(function: ast.FunctionDef, *, plainly: bool) -> bool:
    """Whether a function takes x, gamma and beta; plainly: it may be called just ``forward``."""
    if function.name.startswith("_") or _words(function.name) & _NO_FORWARD:
        return False
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    roles = {role_of(name, ("x", "gamma", "beta", "eps")) for name in names}
    if not {"x", "gamma", "beta"} <= roles:
        return False
    # a dense layer's is called so, too, and takes a weight and a bias
    clear = "eps" in roles or {"gamma", "beta"} <= set(names)
    return _is_batch_norm(function.name) or (plainly and clear and function.name == "forward")


def _is_layer(node: ast.ClassDef) -> bool:
    """Whether a class is called as one, and can be called or is derived from one."""
    if node.name.startswith("_") or _words(node.name) & _NO_CLASS:
        return False
    bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    named = _is_batch_norm(node.name) or _says_so(node)
    if not named or any(_words(base) & _NO_CLASS for base in bases):
        return False
    methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return bool(methods & _CALLED) or any(map(_is_batch_norm, bases))


def _says_so(node: ast.ClassDef) -> bool:
    """Whether a class is called one by the first line of its docstring, and takes statistics."""
    first = (ast.get_docstring(node) or "").partition("\n")[0]
    if not _BATCH_NORM.search(first) or _words(first) & _NO_CLASS or _OTHER_NORMS.search(first):
        return False
    names = {word for each in ast.walk(node) for word in _words(_name_of(each))}
    return "mean" in names and bool(names & {"var", "std", "rsqrt", "sqrt"})


def _name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_batch_norm(name: str) -> bool:
    return "batchnorm" in plain(name) or "bn" in _words(name)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(name)}


def _needs(tree: ast.Module | None) -> tuple[str, ...]:
    """Return the distributions of frameworks that a file imports."""
    modules: dict[str, None] = {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            modules.update({alias.name.partition(".")[0]: None for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules[node.module.partition(".")[0]] = None
    return tuple(FRAMEWORKS[name] for name in modules if name in FRAMEWORKS)
