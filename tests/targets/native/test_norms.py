"""Kernels of layer, RMS and group normalization: sizes of rows, statistics of sets, faults."""

import re
import runpy
from dataclasses import replace

import pytest
from compiled import KERNELS, kernel

import bncheck
from bncheck.errors import TargetError, UsageError
from bncheck.model import NORMS
from bncheck.targets.native import rows, sizes

SOURCE = (KERNELS / "rows.c").read_text(encoding="utf-8")


def prototypes(*names):
    """Return the prototypes as the source has them."""
    found = (re.search(rf"void {name}\([^)]*\)", SOURCE) for name in names)
    return "\n".join(f"{match[0]};" for match in found if match)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return kernel("rows", tmp_path_factory.mktemp("rows"))


def verdict(made, laws=("F00", "B01", "N01", "N03", "N06")):
    report = bncheck.verify(made, budget="quick", laws=laws, save=None)
    held = [f.law for f in report.findings if f.verdict == "holds"]
    return report.exit_code, held, [cause["deviation"] for cause in report.causes]


@pytest.mark.parametrize(
    ("norm", "names", "held"),
    [
        ("layer", ["layernorm_forward", "layernorm_backward"], ["F00", "B01", "N01", "N03", "N06"]),
        ("rms", ["rms_norm"], ["F00", "N06"]),
        ("group", ["group_norm"], ["F00", "N06"]),
    ],
)
def test_right_kernels_hold(built, norm, names, held):
    made = bncheck.from_ctypes(built, prototypes(*names), norm=norm)
    assert made.domain.norm.name == norm
    code, there, _ = verdict(made)
    assert code == 0
    assert set(there) <= set(held)
    assert "F00" in there


def test_gamma_outside_the_means_is_named(built):
    made = bncheck.from_ctypes(
        built, prototypes("layernorm_forward", "layernorm_backward_outside"), norm="layer"
    )
    assert verdict(made)[2] == ["gamma-outside-means"]


def test_a_kernel_of_another_normalization_is_told_what_it_lacks(built):
    with pytest.raises(TargetError, match="not found: beta"):
        bncheck.from_ctypes(built, prototypes("rms_norm"), norm="layer")


def test_norm_of_the_calling_file(built, tmp_path):
    text = prototypes("rms_norm")
    file = tmp_path / "made.py"
    file.write_text(
        f"import bncheck\nNORM = 'rms'\nbn = bncheck.from_ctypes({str(built)!r}, {text!r})\n"
    )
    assert runpy.run_path(str(file))["bn"].domain.norm.name == "rms"


def test_a_norm_that_is_none_is_told(built):
    with pytest.raises(UsageError, match="norm='weight', but should be one of batch, layer, rms"):
        bncheck.from_ctypes(built, prototypes("rms_norm"), norm="weight")


def test_sizes_that_are_not_enough_are_told(built):
    text = "void rms_norm(float *y, const float *x, const float *w, int rows, float eps);"
    with pytest.raises(TargetError, match="sizes that tell the shape of x, as rows, cols do"):
        bncheck.from_ctypes(built, text, norm="rms")
    text = prototypes("group_norm").replace("int groups, ", "")
    with pytest.raises(TargetError, match="as n, c, hw, groups do"):
        bncheck.from_ctypes(built, text, norm="group")


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ("rows n", "row count, c"),
        ("n d", "row count, c"),
        ("M N", "row count, c"),
        ("B T C", "row count, length, c"),
        ("T C", "row count, c"),
        ("num_tokens hidden_size", "row count, c"),
        ("batch n", "row count, c"),
        ("numel cols", "all, c"),
    ],
)
def test_names_of_sizes(names, meant):
    told = [rows.role(name) for name in names.split()]
    completed = rows.completed(told)
    assert ", ".join(completed.get(role, role) for role in told) == meant
    assert rows.ranks({completed.get(role, role) for role in told}) == (2, 3, 4, 5)


@pytest.mark.parametrize("names", ["n", "rows", "t", "numel", "b t"])
def test_sizes_that_do_not_tell_rows(names):
    told = [rows.role(name) for name in names.split()]
    completed = rows.completed(told)
    assert rows.ranks({completed.get(role, role) for role in told}) == ()


def test_values_of_sizes():
    assert rows.values((6, 2, 5), {"row count", "length", "c"}) == {
        "row count": 3,
        "length": 2,
        "c": 10,
        "all": 60,
    }
    assert rows.values((7, 3), {"row count", "c"})["row count"] == 7
    assert rows.values((7, 3), {"row count", "length", "c"})["length"] == 7


@pytest.mark.parametrize(
    ("name", "groups", "kept"),
    [("batch", 0, (4, 4)), ("layer", 0, (20, 3)), ("group", 2, (4, 6)), ("instance", 4, (4, 12))],
)
def test_how_many_parameters_and_statistics(name, groups, kept):
    assert sizes.kept((3, 4, 5), replace(NORMS[name], groups=groups)) == kept
