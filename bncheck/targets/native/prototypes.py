"""Prototypes of C as they stand in a header, read into names and types.

What can be read is a list of functions that take numbers and pointers to numbers, and return
nothing or a status; comments, lines for the preprocessor, attributes and macros in front are
left out. Everything else is refused with the text that is meant.
"""

import re
from dataclasses import dataclass

from bncheck.errors import TargetError, UsageError
from bncheck.targets.native import storage

_COMMENTS = re.compile(
    r"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.DOTALL | re.MULTILINE
)
_ATTRIBUTES = re.compile(
    r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)|__declspec\s*\([^()]*\)|\[\[.*?\]\]|\bnoexcept\b"
)
_BLOCK = re.compile(r'\bextern\s+"C(?:\+\+)?"\s*(\{?)')
_TYPEDEF = re.compile(r"typedef\s+([\w\s:]+?)\s+(\w+)")
_FUNCTION = re.compile(r"([^()]*?)(\w+)\s*\(([^()]*)\)[\w\s]*", re.DOTALL)
_PIECES = re.compile(r"\*|&|(?:std::)?\w+")
_QUALIFIERS = {"volatile", "register", "restrict", "__restrict__", "__restrict", "__const", "const"}


@dataclass(frozen=True)
class Argument:
    """One argument: ``const float *x`` is a pointer to float that is only read."""

    name: str
    type: str
    pointer: bool = False
    const: bool = False

    def __str__(self) -> str:
        """Return it as it is written in C."""
        star = "*" if self.pointer else ""
        return f"{'const ' if self.const else ''}{self.type} {star}{self.name}"


@dataclass(frozen=True)
class Prototype:
    """One function; ``status``: it returns a number that is 0 where it worked."""

    name: str
    arguments: tuple[Argument, ...]
    status: str = ""


def read(text: str) -> tuple[Prototype, ...]:
    """Return the functions that a text declares.

    Raises TargetError that names the part of the text that cannot be read, UsageError where it
    is no text.
    """
    if not isinstance(text, str):
        raise UsageError(f"prototypes={text!r}, but should be a text of C prototypes")
    left = _ATTRIBUTES.sub(" ", _COMMENTS.sub(" ", text))
    blocks = sum(match[1] == "{" for match in _BLOCK.finditer(left))
    left = _BLOCK.sub(" ", left)
    for _ in range(blocks):
        left = "".join(left.rsplit("}", 1))
    if "{" in left:
        raise _unread(left.partition("{")[0] + "{ ...", "give the prototype alone, without a body")
    aliases: dict[str, str] = {}
    found = []
    for statement in left.split(";"):
        said = " ".join(statement.split())
        typedef = _TYPEDEF.fullmatch(said)
        if typedef:
            aliases[typedef[2]] = storage.canonical(typedef[1].split())
        elif said:
            found.append(_prototype(said, aliases))
    if not found:
        raise _unread(text, 'should be like "void bn(const float *x, float *y, int n, ...);"')
    return tuple(found)


def _prototype(text: str, aliases: dict[str, str]) -> Prototype:
    match = _FUNCTION.fullmatch(text)
    if match is None:
        raise _unread(text, "should be a function of numbers and pointers")
    head, name, inside = match.groups()
    words = head.split()
    if "__global__" in words:
        raise _unread(text, "a __global__ function has to be launched; give one that launches it")
    # whatever else stands in front is a macro, or says where the function may be used
    known = [w for w in words if w in ("void", *storage.STATUS, "signed", "short")]
    returned = storage.canonical(known)
    if returned not in ("void", *storage.STATUS) or "*" in head or "&" in head:
        raise _unread(text, "should return void, or an int that is 0 where it worked")
    arguments = [part.strip() for part in inside.split(",")]
    if arguments in ([""], ["void"]):
        arguments = []
    status = "" if returned == "void" else returned
    return Prototype(name, tuple(_argument(a, name, aliases) for a in arguments), status)


def _argument(text: str, function: str, aliases: dict[str, str]) -> Argument:
    whole = f"{text} in {function}"
    plain = re.sub(r"\s*=.*", "", text)  # a default
    plain, brackets = re.subn(r"\[[^\]]*\]", " ", plain)
    pieces = _PIECES.findall(plain)
    if "".join(pieces) != "".join(plain.split()) or "&" in pieces:
        raise _unread(whole, "should be a number or a pointer with a name")
    stars = pieces.count("*") + brackets
    if stars > 1:
        raise _unread(whole, "a pointer to pointers cannot be filled")
    split = pieces.index("*") if "*" in pieces else len(pieces)
    before = [w for w in pieces[:split] if w not in _QUALIFIERS]
    after = [w for w in pieces[split + 1 :] if w not in _QUALIFIERS]
    const = not {"const", "__const"}.isdisjoint(pieces[:split])
    words, names = (before, after) if "*" in pieces else (before[:-1], before[-1:])
    kind = storage.canonical([aliases.get(w, w) for w in words])
    nameless = not stars and storage.is_known(storage.canonical(before), pointer=False)
    if len(names) != 1 or not words or nameless:
        raise _unread(whole, "should have a type and a name, which says what it is for")
    if not storage.is_known(kind, pointer=bool(stars)):
        raise _unread(whole, f"the type {kind} is not known; float, double, half, int, ... are")
    return Argument(names[0], kind, pointer=bool(stars), const=const and bool(stars))


def _unread(text: str, expected: str) -> TargetError:
    said = " ".join(text.split())
    short = said if len(said) <= 100 else said[:97] + "..."
    return TargetError(f"the prototype cannot be read: {short or 'nothing'};\n{expected}")
