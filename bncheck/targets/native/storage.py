"""Types of C: what numbers lie behind a pointer, and how a number is handed over."""

import ctypes
from typing import Any

# of the arrays: the names under which each dtype goes
FLOATS = {
    "float": "float32",
    "float32_t": "float32",
    "double": "float64",
    "float64_t": "float64",
    **dict.fromkeys(("half", "_Float16", "__half", "__fp16", "float16_t", "fp16"), "float16"),
    **dict.fromkeys(("__bf16", "bfloat16", "bf16", "nv_bfloat16", "bfloat16_t"), "bfloat16"),
    "__nv_bfloat16": "bfloat16",
}
# sixteen bits, of which only the user knows whether they are float16 or bfloat16
RAW = ("uint16_t", "unsigned short")
SCALARS: dict[str, Any] = {"float": ctypes.c_float, "double": ctypes.c_double}
INTEGERS: dict[str, Any] = {
    "int": ctypes.c_int,
    "unsigned": ctypes.c_uint,
    "long": ctypes.c_long,
    "unsigned long": ctypes.c_ulong,
    "long long": ctypes.c_longlong,
    "unsigned long long": ctypes.c_ulonglong,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "ssize_t": ctypes.c_ssize_t,
    "ptrdiff_t": ctypes.c_ssize_t,
    "bool": ctypes.c_bool,
    "_Bool": ctypes.c_bool,
}
# what a function may return to say whether it worked
STATUS = ("int", "int32_t", "long", "int64_t", "unsigned", "uint32_t")
_WORDS = frozenset({"unsigned", "signed", "long", "short", "int"})


def canonical(words: list[str]) -> str:
    """Return one name for the words of a type: ``long int`` is ``long``, too."""
    words = [word.removeprefix("std::") for word in words]
    if words and _WORDS.issuperset(words):
        sign = ["unsigned"] if "unsigned" in words else []
        sizes = [word for word in words if word in ("long", "short")]
        return " ".join(sign + sizes) or "int"
    return " ".join(words)


def is_known(kind: str, *, pointer: bool) -> bool:
    """Whether arguments of that type can be handed over, or at least spoken about."""
    if pointer:
        return kind in FLOATS or kind in RAW or kind in INTEGERS or kind in ("void", "char")
    return kind in SCALARS or kind in INTEGERS or kind in FLOATS


def dtype_of(kind: str, raw: str = "") -> str:
    """Return the dtype of an array of that type, empty where there is none.

    raw: the dtype that sixteen bits are
    """
    return raw if kind in RAW else FLOATS.get(kind, "")
