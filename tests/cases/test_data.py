"""Batches of a user's file: what is read, what is taken for the rest, and what is refused."""

import io
import json
import struct
import zipfile
from dataclasses import replace

import ml_dtypes
import numpy as np
import pytest

from bncheck.cases import Recipe, Values, build, from_plain
from bncheck.cases import data as data_of
from bncheck.cases.cutting import cuts, of_data
from bncheck.cases.simpler import simplify
from bncheck.cases.source import Source
from bncheck.errors import UsageError

X = np.arange(24, dtype=np.float32).reshape(4, 3, 2)


def saved(folder, **arrays):
    path = folder / "own.npz"
    np.savez(path, **arrays)
    return path


def test_x_alone_will_do(tmp_path):
    (batch,) = data_of.read(saved(tmp_path, x=X)).batches
    assert batch.filled == ("dy", *data_of.NAMES[2:])
    assert (batch.gamma == 1).all()
    assert (batch.beta == 0).all()
    assert (batch.running_var == 1).all()
    assert (batch.eps, batch.momentum, batch.cumulative) == (None, None, False)
    assert batch.dy.shape == X.shape
    assert batch.dy.std() > 0.5
    again = data_of.read(saved(tmp_path, x=X)).batches[0]
    assert (again.dy == batch.dy).all()


def test_several_batches_share_what_has_no_number(tmp_path):
    path = saved(
        tmp_path, x0=X, x10=X[:2], x2=X[:, :, 0], eps=0.5, gamma2=np.float32([1, 2, 3]), momentum0=1
    )
    found = data_of.read(path).batches
    assert [(b.key, b.shape, b.eps, b.momentum) for b in found] == [
        ("x0", (4, 3, 2), 0.5, 1.0),
        ("x2", (4, 3), 0.5, None),
        ("x10", (2, 3, 2), 0.5, None),
    ]
    assert found[1].gamma.tolist() == [1, 2, 3]


C3 = np.ones(3, np.float32)
REFUSED = [
    ({}, "has no key|is empty"),
    ({"y": X}, "the key 'y'"),
    ({"gamma": C3}, "has no key 'x', beside 'gamma'"),
    ({"x0": X, "gamma1": C3}, "no key 'x1', beside 'gamma1'"),
    ({"x": X, "x1": X}, "both 'x' and 'x1'"),
    ({"x": X[:, 0, 0]}, r"x has shape \(4,\), but should be \(m, C\)"),
    ({"x": np.ones((1,) * 6, np.float32)}, r"shape \(1, 1, 1, 1, 1, 1\)"),
    ({"x": X[:0]}, r"shape \(0, 3, 2\), but should have a value along each axis"),
    ({"x": X.astype(int)}, r"dtype int64, but should be one of .*: convert it with \.astype"),
    ({"x": X.astype(complex)}, "dtype complex128"),
    ({"x": X.astype(bool)}, "dtype bool"),
    ({"x": X.astype(str)}, "dtype str"),
    ({"x": X.astype(object)}, "'x' holds Python objects"),
    ({"x": X, "dy": X[:2]}, r"dy has shape \(2, 3, 2\), but should have x's, \(4, 3, 2\)"),
    ({"x": X, "dy": X.astype(int)}, "dy has .* dtype int64"),
    ({"x": X, "gamma": np.ones(2, np.float32)}, r"gamma has shape \(2,\), but should be \(3,\)"),
    ({"x": X, "beta": np.ones((3, 1), np.float32)}, r"beta has shape \(3, 1\)"),
    ({"x": X, "beta": np.ones(3, int)}, "beta has .* dtype int64"),
    ({"x": X, "running_var": -C3}, r"running_var has the entry -1\.0, but no variance is negative"),
    ({"x": X, "eps": 0.0}, r"eps is 0\.0, but should be positive"),
    ({"x": X, "eps": np.nan}, "eps is nan, but should be positive"),
    ({"x": X, "eps": C3}, r"eps has shape \(3,\) .* should be one number"),
    ({"x": X, "eps": "1e-5"}, "should be one number"),
    ({"x": X, "momentum": 1.5}, r"momentum is 1\.5, but should be in \[0, 1\]"),
]


@pytest.mark.parametrize(("arrays", "told"), REFUSED)
def test_what_is_refused_is_named(arrays, told, tmp_path):
    with pytest.raises(UsageError, match=told) as error:
        data_of.read(saved(tmp_path, **arrays))
    assert "own.npz" in str(error.value)
    assert len(str(error.value)) < 500


def npz(folder, content, name="x.npy", **options):
    path = folder / "own.npz"
    with zipfile.ZipFile(path, "w", **options) as archive:
        archive.writestr(name, content)
    return path


def npy(header, content=b"", version=1):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(text)) + text + content


LIES = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000), }"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be read as an array"),
        (b"not an array", "cannot be read as an array"),
        (npy(LIES), "should have 4,000,000,000,000 bytes by its header, and has 0"),
        (npy(LIES.replace("1000000000", "-1")), "no numbers"),
        (npy(LIES.replace("'<f4'", "'|O'")), "holds Python objects"),
        (npy(LIES.replace("'<f4'", "[('a', '|O')]")), "holds Python objects"),
        (npy(LIES.replace("'<f4'", "__import__('os')")), "cannot be read as an array"),
        (npy("(" * 100), "cannot be read as an array"),
        (npy(LIES, version=3), "version"),
    ],
)
def test_headers_that_do_not_tell_the_truth(content, told, tmp_path):
    with pytest.raises(UsageError, match=told):
        data_of.read(npz(tmp_path, content))


def test_files_that_are_none(tmp_path, monkeypatch):
    own = tmp_path / "own.npz"
    with pytest.raises(UsageError, match="does not exist"):
        data_of.read(own)
    with pytest.raises(UsageError, match="is a folder"):
        data_of.read(tmp_path)
    own.write_bytes(b"x,y\n1,2\n")
    with pytest.raises(UsageError, match=r"is no \.npz file"):
        data_of.read(own)
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(UsageError, match=r"is a \.npy file"):
        data_of.read(tmp_path / "x.npy")
    with pytest.raises(UsageError, match="which is no array"):
        data_of.read(npz(tmp_path, b"", "x.pkl"))
    buffer = io.BytesIO()
    np.save(buffer, X)
    path = npz(tmp_path, buffer.getvalue(), compression=zipfile.ZIP_BZIP2)
    with pytest.raises(UsageError, match="packed in a way"):
        data_of.read(path)
    monkeypatch.setattr("bncheck.cases.archive.MOST_BYTES", 1000)
    np.savez_compressed(own, x=np.zeros((1000, 1)))
    with pytest.raises(UsageError, match="is too large: its arrays have more than 1,000 bytes"):
        data_of.read(own)
    np.savez(own, x=np.zeros((1000, 1)))
    with pytest.raises(UsageError, match="is too large"):
        data_of.read(own)


# -- recipes of such batches ----------------------------------------------------------------------


def recipe_of(path, **changes):
    data = data_of.read(path)
    batch = data.batches[0]
    whole = Recipe(shape=batch.shape, dtype=batch.x.dtype.name, data=data.source(batch))
    return of_data(replace(whole, **changes))


def test_a_case_has_the_file_s_numbers(tmp_path):
    gamma = np.float64([1, 2, 3])
    path = saved(tmp_path, x=np.asfortranarray(X.astype(">f4")), dy=-X, gamma=gamma)
    recipe = recipe_of(path)
    case = build(recipe)
    assert case.x.dtype == np.float32
    assert case.x.tobytes() == X.tobytes()
    assert case.dy.tobytes() == (-X).tobytes()
    assert case.gamma.tolist() == [1, 2, 3]
    case.x[...] = 0  # somebody's layer writes to it
    assert build(recipe).x.tobytes() == X.tobytes()
    assert from_plain(json.loads(json.dumps(recipe.plain()))) == recipe
    wide = build(replace(recipe, dtype="float64"))
    assert wide.x.dtype == np.float64
    assert (wide.x == X).all()


def test_a_part_of_a_batch(tmp_path):
    x = X.copy()
    x[2, 1, 1] = np.nan
    path = saved(tmp_path, x=x, gamma=np.float32([1, 2, 3]))
    recipe = recipe_of(path)
    assert recipe.special == ((5, 1, "nan"),)
    box = replace(recipe, shape=(2, 2, 1), data=replace(recipe.data, start=(1, 1, 1)))
    case = build(of_data(box))
    assert np.array_equal(case.x, x[1:3, 1:3, 1:], equal_nan=True)
    assert case.gamma.tolist() == [2, 3]
    outside = replace(recipe, shape=(4, 3, 2), data=replace(recipe.data, start=(1, 0, 0)))
    with pytest.raises(UsageError, match=r"no part of shape \(4, 3, 2\)"):
        build(outside)


def test_the_search_keeps_a_part_that_still_fails(tmp_path):
    x = np.zeros((50, 4, 3), np.float32)
    x[37, 2, 1] = 1000

    def fails(recipe):
        return bool(build(recipe).x.max() == 1000) and recipe.shape[0] >= 3

    found = simplify(recipe_of(saved(tmp_path, x=x)), fails, 300)
    assert found.shape == (3, 1, 1)
    assert all(step.size < found.size for step in cuts(found))
    assert list(cuts(Recipe())) == []


def test_another_file_is_refused(tmp_path):
    path = saved(tmp_path, x=X)
    recipe = recipe_of(path)
    saved(tmp_path, x=X + 1)
    data_of._kept.cache_clear()
    with pytest.raises(UsageError, match="what it holds has changed since"):
        build(recipe)
    path.unlink()
    with pytest.raises(UsageError, match="does not exist"):
        build(recipe)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (None, None),
        ("own.npz", "should have file, digest, batch and start"),
        ({"file": "a"}, "data.digest=None"),
        ({"file": "", "digest": "0" * 64}, "data.file=''"),
        ({"file": "a", "digest": "0" * 64, "more": 1}, "should have file"),
        ({"file": "a", "digest": "0" * 63 + "g"}, "data.digest"),
        ({"file": "a", "digest": "0" * 64, "batch": "-1"}, "data.batch"),
        ({"file": "a", "digest": "0" * 64, "start": [0]}, "one index for each axis"),
        ({"file": "a", "digest": "0" * 64, "start": [-1, 0]}, "data.start"),
        ({"file": "a", "digest": "0" * 64, "start": [True, 0]}, "data.start"),
        ({"file": "a", "digest": "0" * 64, "start": [0, 1]}, None),
    ],
)
def test_what_a_recipe_may_say_of_a_file(entries, told):
    if told is None:
        source = from_plain({"data": entries, "shape": [2, 1]}).data
        assert source is None or source == Source("a", "0" * 64, "", (0, 1))
        return
    with pytest.raises(UsageError, match=told):
        from_plain({"data": entries, "shape": [2, 1]})


# -- cases that are written -----------------------------------------------------------------------


def case_of(dtype, **changes):
    made = build(Recipe(dtype=dtype, shape=(4, 2), x=Values(digits=(1, 2, 5))))
    return replace(made, recipe=None, **changes)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("count", [1, 2])
def test_cases_come_back_from_a_file(dtype, count, tmp_path):
    path = tmp_path / "cases.npz"
    case = case_of(dtype, momentum=None, eps=0.5)
    data_of.write(path, [case] * count)
    found = data_of.read(path).batches
    assert [batch.key for batch in found] == [["x"], ["x0", "x1"]][count - 1]
    for batch in found:
        assert batch.x.dtype == case.x.dtype
        assert batch.x.tobytes() == case.x.tobytes()
        assert (batch.eps, batch.momentum, batch.cumulative) == (0.5, None, True)
        assert batch.filled == ()


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ([], "cases is empty"),
        ([3], r"cases\[0\]=3, but should be a bncheck.Case"),
        ([case_of("float32", gamma=np.ones(3))], r"gamma has shape \(3,\)"),
        ([case_of("float32", x=np.ones((2, 2), object))], "x has .* dtype object"),
    ],
)
def test_cases_that_are_not_written(cases, told, tmp_path):
    with pytest.raises(UsageError, match=told):
        data_of.write(tmp_path / "cases.npz", cases)
    assert list(tmp_path.iterdir()) == []


def test_two_byte_items_are_bfloat16(tmp_path):
    x = X.astype(ml_dtypes.bfloat16)
    (batch,) = data_of.read(saved(tmp_path, x=x)).batches
    assert batch.x.tobytes() == x.tobytes()
