"""A normalization in primitive operators is refused with what was found; other roots are not."""

import pytest

onnx = pytest.importorskip("onnx")

from bncheck.targets.onnx.primitive import hint  # noqa: E402 # after the skip

node = onnx.helper.make_node


def chain(*steps):
    """Return nodes each of which takes what the one before gives."""
    return [node(op, [str(n), *more], [str(n + 1)]) for n, (op, *more) in enumerate(steps)]


@pytest.mark.parametrize(
    "steps",
    [
        (("Mul", "0"), ("ReduceMean",), ("Add", "eps"), ("Sqrt",), ("Reciprocal",)),
        (("Pow", "two"), ("ReduceMean",), ("Sqrt",), ("Add", "eps"), ("Div", "d")),
        (("Mul", "0"), ("ReduceMean",), ("Add", "eps"), ("Pow", "minus_half")),
    ],
)
def test_the_root_of_a_mean_is_told(steps):
    told = hint(chain(*steps))
    assert "of a ReduceMean looks like layer, RMS or instance normalization" in told
    assert told.endswith("LayerNormalization from 17 on, RMSNormalization from 23 on")


@pytest.mark.parametrize(
    "steps",
    [
        (("ReduceMean",), ("Relu",)),
        (("ReduceSum",), ("Sqrt",)),
        (("Sqrt",), ("ReduceMean",)),
        (("ReduceMean",), ("Exp",), ("Sqrt",)),
    ],
)
def test_other_chains_are_not(steps):
    assert hint(chain(*steps)) == ""
