"""The sizes that a kernel of layer or RMS normalization is told: rows, and values in each."""

import math

from bncheck.targets.common.roles import plain

_NAMES: dict[str, tuple[str, ...]] = {
    "row count": (
        *("rows", "nrows", "numrows", "m", "b", "bs", "batch", "batchsize", "nb", "outer"),
        *("outersize", "tokens", "ntokens", "numtokens", "bt", "r", "samples", "nsamples"),
    ),
    "length": ("t", "s", "l", "seq", "seqlen", "length", "len", "time", "sequencelength"),
    "n": ("n",),
    "c": (
        *("c", "cols", "ncols", "numcols", "columns", "d", "dim", "dims", "hidden", "hiddensize"),
        *("hiddendim", "h", "features", "nfeatures", "numfeatures", "width", "inner", "innersize"),
        *(
            "k",
            "normsize",
            "normdim",
            "embed",
            "embeddim",
            "dmodel",
            "nembd",
            "channels",
            "rowsize",
        ),
    ),
    "all": ("numel", "size", "total", "count", "nelem", "nelements", "numelements", "elements"),
}


def role(name: str) -> str | None:
    """Return which size a name stands for."""
    return next((r for r, names in _NAMES.items() if plain(name) in names), None)


def completed(roles: list[str]) -> dict[str, str]:
    """Return what a size is in fact, where others tell it: ``n`` is the one that is left."""
    told, found = {*roles}, {}
    if "length" in told and not {"row count", "n"} & told:
        found["length"] = "row count"
    if "n" in told and "c" not in told:
        found["n"] = "c"
    elif "n" in told and "row count" not in told:
        found["n"] = "row count"
    return found


def ranks(roles: set[str]) -> tuple[int, ...]:
    """Return the ranks of x whose shape the sizes tell, none where they do not tell any."""
    told = "c" in roles and ("row count" in roles or "all" in roles) and "n" not in roles
    return (2, 3, 4, 5) if told else ()


def values(shape: tuple[int, ...], roles: set[str]) -> dict[str, int]:
    """Return the sizes of an array of shape ``(rows, *features)``.

    Where a batch and a length are told, the rows are that many sequences of the smallest length
    that divides them.
    """
    rows, each = shape[0], math.prod(shape[1:])
    t = next((p for p in range(2, rows + 1) if rows % p == 0), 1) if "length" in roles else 1
    return {"row count": rows // t, "length": t, "c": each, "all": rows * each}
