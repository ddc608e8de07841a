"""What an experiment's definition is, as a digest: results of another definition are told apart.

The digest is of the tokens of the experiment's file and of all files of the lab that it imports,
and of the proved formulas, without comments, blank lines and layout. Tokens are taken from the
text by `tokenize`; these files have no f-strings, whose tokens differ between versions of Python.
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path

_LAB = Path(__file__).parent
_PACKAGE = _LAB.parent
# what every definition is written in, but which says nothing about what is measured
_NOUNS = {"bncheck.lab.model"}
_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@cache
def digest(module: str) -> str:
    """Return the digest of an experiment by the name of its module, 16 hexadecimal digits."""
    made = hashlib.sha256()
    for name in sorted(_reached(module)):
        made.update(name.encode())
        for kind, text in tokens(_path(name).read_text(encoding="utf-8")):
            made.update(f"{kind}\0{text}\0".encode())
    return made.hexdigest()[:16]


def tokens(source: str) -> list[tuple[str, str]]:
    """Return a source's tokens, by kind and text: no comments, no blank lines, no widths."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in _LAYOUT:
            continue
        text = "" if token.type in {tokenize.INDENT, tokenize.DEDENT} else token.string
        found.append((tokenize.tok_name[token.type], text.strip("\r\n")))
    return found


def _reached(module: str) -> set[str]:
    """Return the names of a module and of those that define what it measures."""
    reached, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name in reached or name in _NOUNS:
            continue
        reached.add(name)
        waiting.extend(_imported(name))
    return reached


def _imported(module: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(_path(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {
        name
        for name in names
        if name == "bncheck.truth.derived"
        or (name.startswith("bncheck.lab.") and _path(name).exists())
    }


def _path(module: str) -> Path:
    return _PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
