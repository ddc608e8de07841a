"""Kernels with limits: each promise has an example that holds, and hides nothing that is wrong.

The changes are single faults in the examples' own text; what catches them is written beside each.
"""

from pathlib import Path

import numpy as np
import pytest

from bncheck import Convention, Implementation, TargetError, UsageError, verify
from bncheck.errors import TargetRaised
from bncheck.targets import adapt, load
from bncheck.targets.plain.padding import cotangent, kept, no_gradient, padded, taken

LIMITS = Path(__file__).parents[3] / "examples" / "limits"
EXAMPLES = sorted(LIMITS.glob("*.py"))


def changed_once(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


FAULTS = (
    # file, what stands there, what is written instead, a cause if one is named
    ("one_shape", "x.mean((0, 2, 3)", "x[:7].mean((0, 2, 3)", None),
    ("vectorized", "x.var((0, 2, 3)", "x[:, :, :-1].var((0, 2, 3)", None),
    ("four_channels", "type(eps)", "type(eps * 2)", "eps-doubled"),
    ("fused_relu", "dy * (z > 0)", "dy * (x > 0)", "cotangent-cut-by-input"),
    ("fused_relu", "dy = dy * (z > 0)", "pass", None),
    ("fused_relu", "dy - mean - xhat * projection", "dy - xhat * projection", "missing-mean-term"),
    ("fused_residual", "(shape) + residual", "(shape)", "residual-ignored"),
    ("fused_residual", "(shape) + residual", "(shape) + 2 * residual", None),
    ("inference_only", "running_var + x", "running_var**2 + x", None),
    (
        "masked",
        "(0, 2), keepdims=True) / count\n    xhat",
        "(0, 2), keepdims=True) / mask.size\n    xhat",
        None,
    ),
    ("masked", "* dx * keep", "* dx", None),
)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_each_example_holds(path):
    report = verify(str(path), budget="quick", save=None)
    assert (report.exit_code, report.faults) == (0, ())
    assert sum(f.verdict == "holds" for f in report.findings) >= 20


def test_each_key_has_an_example():
    told = " ".join(path.read_text(encoding="utf-8") for path in EXAMPLES)
    keys = ("training", "shape", "channels", "channels_multiple_of", "contiguous")
    assert all(f'"{key}": ' in told for key in (*keys, "activation", "adds", "mask"))


@pytest.mark.rows(5)
@pytest.mark.parametrize(("name", "old", "new", "cause"), FAULTS)
def test_a_fault_in_it_is_found(name, old, new, cause, tmp_path):
    text = changed_once((LIMITS / f"{name}.py").read_text(encoding="utf-8"), old, new)
    path = tmp_path / "bn.py"
    path.write_text(text, encoding="utf-8")
    report = verify(str(path), budget="quick", dtypes=("float32",), save=None, shrink=False)
    assert (report.exit_code, report.faults) == (1, ())
    assert cause in (None, *(c["deviation"] for c in report.causes))


# -- what is not promised -----------------------------------------------------------------------

REFUSED = {
    "mask": (
        '{"mask": True, ',
        "{",
        "forward needs the argument 'mask'; if it is which positions count, 1 where they do, say "
        'so in the file: CONVENTION = {"mask": True}',
    ),
    "residual": (
        '{"adds": True, ',
        "{",
        "forward needs the argument 'residual'; if it is an array shaped like x that is added to "
        'the output, say so in the file: CONVENTION = {"adds": True}',
    ),
    "no residual": (
        '{"activation": "relu"}',
        '{"adds": True}',
        "CONVENTION promises 'adds', but forward takes no argument that is called residual: "
        "(x, gamma, beta, eps); call it so, or leave the promise out",
    ),
}


@pytest.mark.parametrize(
    ("file", "which"), [("masked", "mask"), ("fused_residual", "residual"),
                        ("fused_relu", "no residual")],
)  # fmt: skip
def test_an_argument_needs_a_promise(file, which, tmp_path):
    old, new, says = REFUSED[which]
    path = tmp_path / "bn.py"
    text = (LIMITS / f"{file}.py").read_text(encoding="utf-8")
    path.write_text(changed_once(text, old, new), encoding="utf-8")
    with pytest.raises(TargetError) as refused:
        adapt(load(str(path)), name="bn.py")
    assert str(refused.value) == f"bn.py: {says}"


@pytest.mark.parametrize(("key", "argument"), [("mask", "mask"), ("adds", "residual")])
def test_what_is_built_by_hand_cannot_promise_it_either(key, argument):
    built = Implementation("bn", lambda case: None, convention=Convention(**{key: True}))
    with pytest.raises(TargetError) as refused:
        adapt(built, name="bn")
    assert str(refused.value) == (
        f"bn promises {key!r}, which is for plain functions; wrap it in a file with "
        f"def forward(x, {argument}, gamma, beta, eps)"
    )


def test_what_takes_one_shape_only_and_does_not_say_so_is_told_how(tmp_path):
    text = (LIMITS / "one_shape.py").read_text(encoding="utf-8")
    path = tmp_path / "bn.py"
    path.write_text(changed_once(text, 'CONVENTION = {"shape": SHAPE}', ""), encoding="utf-8")
    assert adapt(load(str(path)), name="bn").warnings[1:] == (
        "none of the shapes that were tried first was taken (ValueError: compiled for "
        "(8, 16, 7, 7), not for (4, 3)). If it is for some shapes only, let it say so: "
        'CONVENTION = {"shape": [8, 16, 7, 7]}, or "ranks", "channels", "channels_multiple_of"',
    )


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("shape", [3], "should be 2 to 5 positive sizes, as in [8, 16, 7, 7]"),
        ("shape", [3, 0], "should be 2 to 5 positive sizes, as in [8, 16, 7, 7]"),
        ("shape", [3, True], "should be 2 to 5 positive sizes, as in [8, 16, 7, 7]"),
        ("shape", "3, 4", "should be 2 to 5 positive sizes, as in [8, 16, 7, 7]"),
        ("channels", 0, "should be positive"),
        ("channels_multiple_of", -8, "should be positive"),
        ("channels_multiple_of", 8.0, "should be an int"),
        ("training", 0, "should be False or True"),
        ("contiguous", "yes", "should be True or False"),
        ("activation", "gelu", "should be 'relu' or 'relu6'"),
        ("mask", 1, "should be True or False"),
        ("adds", None, "should be True or False"),
    ],
)
def test_a_promise_that_is_none(key, value, says):
    with pytest.raises(UsageError) as refused:
        Convention.from_mapping({key: value})
    assert str(refused.value) == f"CONVENTION[{key!r}]={value!r}, but {says}"


# -- a case among positions that do not count ---------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 2), (3, 1), (7, 3), (2, 3, 1), (4, 2, 5), (3, 2, 2, 4),
                                   (2, 1, 3, 1, 2)])  # fmt: skip
def test_a_case_comes_back_as_it_was(shape):
    x = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
    keep = kept(shape)
    assert keep.sum() == x[:, 0].size
    assert not keep.all()
    np.testing.assert_array_equal(taken(padded(x), shape), x)
    np.testing.assert_array_equal(taken(cotangent(x), shape), x)
    assert not np.moveaxis(cotangent(x), 1, -1)[~keep].any()


def test_a_gradient_where_nothing_counts_is_told():
    shape = (3, 2)
    no_gradient("backward", cotangent(np.ones(shape)), shape)
    with pytest.raises(TargetRaised, match="dx is 3 at a position that the mask leaves out"):
        no_gradient("backward", padded(np.ones(shape)), shape)
