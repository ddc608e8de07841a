"""Which sizes tell which shapes."""

import pytest

from bncheck.errors import UsageError
from bncheck.targets.native import sizes

EVERY = (2, 3, 4, 5)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *[(name, "n") for name in ("n", "N", "batch", "batch_size", "B")],
        *[(name, "c") for name in ("c", "C", "channels", "num_features", "numChannels")],
        *[(name, "hw") for name in ("hw", "HW", "spatial", "inner", "spatial_size", "length")],
        *[("h", "h"), ("width", "w"), ("depth", "d"), ("rows", "rows"), ("m", "rows")],
        *[("numel", "all"), ("size", "all"), ("flags", None), ("ldx", None)],
    ],
)
def test_names(name, role):
    assert sizes.role(name) == role


@pytest.mark.parametrize(
    ("roles", "layout", "ranks"),
    [
        ("n c hw", "NCHW", EVERY),
        ("n c hw", "NHWC", EVERY),
        ("n c h w", "NCHW", (2, 3, 4)),
        ("n c d h w", "NCHW", EVERY),
        ("n c", "NCHW", (2,)),  # without the size of a plane
        ("n c", "NHWC", EVERY),
        ("rows c", "NHWC", EVERY),
        ("all c", "NCHW", (2,)),
        ("n rows c", "NCHW", EVERY),
        ("all c hw", "NCHW", EVERY),
        ("n all hw", "NCHW", EVERY),
        ("rows c hw", "NCHW", ()),  # the rows may be those of the batch
        ("n rows c hw", "NCHW", EVERY),
        ("n hw", "NCHW", ()),
        ("c hw", "NCHW", ()),
        ("n c h", "NCHW", ()),
        ("all", "NHWC", ()),
        ("", "NCHW", ()),
    ],
)
def test_ranks(roles, layout, ranks):
    assert sizes.ranks(set(roles.split()), layout) == ranks


def test_values():
    roles = {"n", "c", "h", "w"}

    assert sizes.values((2, 3, 5, 7), roles) == {
        **{"n": 2, "c": 3, "hw": 35, "h": 5, "w": 7, "d": 1, "rows": 70, "all": 210},
    }
    assert sizes.values((2, 3, 5), roles)["h"] == 1
    assert sizes.values((2, 3, 5), roles)["w"] == 5
    assert sizes.values((2, 3), roles)["w"] == 1


def test_the_only_count_is_that_of_rows():
    assert sizes.values((2, 3, 5, 7), {"n", "c"})["n"] == 70
    assert sizes.values((2, 3, 5, 7), {"n", "c", "hw"})["n"] == 2


def test_d_is_what_it_can_be():
    assert sizes.completed(["n", "d"]) == {"d": "c"}
    assert sizes.completed(["n", "c", "d"]) == {"d": "hw"}
    assert sizes.completed(["n", "c", "d", "h", "w"]) == {}


def test_an_unknown_layout():
    with pytest.raises(UsageError, match="layout='CHW', but should be 'NCHW' or 'NHWC'"):
        sizes.checked("CHW")
