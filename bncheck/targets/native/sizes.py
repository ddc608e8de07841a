"""The sizes that a kernel is told: which names stand for which, and for what shapes they do."""

import math

from bncheck.errors import UsageError
from bncheck.model import BATCH, Norm
from bncheck.targets.common.roles import plain
from bncheck.targets.native import rows

LAYOUTS = ("NCHW", "NHWC")
_GROUPS = ("g", "groups", "ngroups", "numgroups", "group")
_NAMES: dict[str, tuple[str, ...]] = {
    "n": ("n", "b", "nb", "bs", "batch", "batchsize", "batches", "nbatch", "nsamples", "samples"),
    "c": (
        *("c", "ch", "nc", "channels", "channel", "numchannels", "nchannels", "numfeatures"),
        *("nfeatures", "features", "feat", "numch", "cols", "dim", "planes"),
    ),
    "hw": (
        *("hw", "spatial", "inner", "innersize", "spatialsize", "plane", "planesize", "area"),
        *("l", "len", "length", "seq", "seqlen", "dhw", "spatialdim", "imagesize", "pixels"),
        *("hxw", "innerdim"),
    ),
    "h": ("h", "height", "ih", "hin"),
    "w": ("w", "width", "iw", "win"),
    "d": ("d", "depth"),
    "rows": ("m", "rows", "nhw", "nrows", "numrows", "reduce", "reducesize", "perchannel"),
    "all": ("numel", "size", "total", "count", "nelem", "nelements", "numelements", "elements"),
}


def role(name: str, norm: Norm = BATCH) -> str | None:
    """Return which size a name stands for."""
    if norm.owner == "value":
        return rows.role(name)
    if norm.owner == "channel" and plain(name) in _GROUPS:
        return "groups"
    return next((r for r, names in _NAMES.items() if plain(name) in names), None)


def completed(roles: list[str], norm: Norm = BATCH) -> dict[str, str]:
    """Return what a size is in fact, where others tell it: ``n, d`` are rows and channels."""
    if norm.owner == "value":
        return rows.completed(roles)
    told = set(roles)
    if "d" in told and not {"h", "w"} & told:
        return {"d": "c"} if "c" not in told else {"d": "hw"}
    return {}


def ranks(roles: set[str], layout: str, norm: Norm = BATCH) -> tuple[int, ...]:
    """Return the ranks of x whose shape the sizes tell, none where they do not tell any.

    A rank of fewer axes is one with sizes of 1.
    """
    if norm.owner == "value":
        return rows.ranks(roles)
    if norm.owner == "channel" and "groups" not in roles and not norm.groups:
        return ()
    if bool(roles & {"h"}) != bool(roles & {"w"}):
        return ()
    spatial = "hw" in roles or {"h", "w"} <= roles
    counts = roles & {"n", "rows", "all"}
    channels = "c" in roles or {"all", "rows"} <= roles or ({"all", "n"} <= roles and spatial)
    # rows beside the size of a plane may as well be meant for the batch
    if not counts or not channels or (counts == {"rows"} and spatial):
        return ()
    if "h" in roles:
        return (2, 3, 4, 5) if "d" in roles else (2, 3, 4)
    # with two of the counts, or by its layout, a kernel can tell how many values are in a row
    if spatial or layout == "NHWC" or len(counts) > 1:
        return (2, 3, 4, 5)
    return (2,)


def values(shape: tuple[int, ...], roles: set[str], norm: Norm = BATCH) -> dict[str, int]:
    """Return the sizes of an array of shape ``(N, C, *spatial)``, or of ``(rows, *features)``."""
    if norm.owner == "value":
        return rows.values(shape, roles)
    n, c, inner = shape[0], shape[1], math.prod(shape[2:])
    d, h, w = ((1,) * 3 + shape[2:])[-3:]
    found = {"c": c, "hw": inner, "h": h, "w": w, "d": d, "rows": n * inner, "all": n * c * inner}
    if norm.groups:
        found["groups"] = norm.groups
    alone = not roles & {"hw", "h", "rows", "all"}
    return {**found, "n": n * inner if alone else n}  # n alone counts the rows


def kept(shape: tuple[int, ...], norm: Norm) -> tuple[int, int]:
    """Return how many parameters of each kind there are, and how many values of a statistic."""
    if norm.owner == "value":
        return math.prod(shape[1:]), shape[0]
    sets = {"set": shape[1], "channel": shape[0] * norm.groups, "part": shape[0] * shape[1]}
    return shape[1], sets[norm.owner]


def checked(layout: str) -> str:
    """Return the layout; raises UsageError for one that is not known."""
    if layout not in LAYOUTS:
        raise UsageError(f"layout={layout!r}, but should be 'NCHW' or 'NHWC'")
    return layout
