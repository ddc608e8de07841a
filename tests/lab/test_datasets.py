"""Data sets: of pinned digests, divided by the seed, and refused where they are something else."""

import gzip
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from bncheck.errors import UsageError
from bncheck.lab import datasets, idx

SHAPES = {
    "mnist-5k": (5000, 784, 10),
    "digits": (1797, 64, 10),
    "wine": (178, 13, 3),
    "breast-cancer": (569, 30, 2),
}
FILES = {
    "train-images-idx3-ubyte": np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 4, 4),
    "train-labels-idx1-ubyte": np.arange(6, dtype=np.uint8),
    "t10k-images-idx3-ubyte": np.full((3, 4, 4), 255, np.uint8),
    "t10k-labels-idx1-ubyte": np.arange(3, dtype=np.uint8),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_packages_ship(name):
    rows, columns, classes = SHAPES[name]
    data = datasets.load(name)
    assert data.x.shape == (rows, columns)
    assert sorted(set(data.y.tolist())) == list(range(classes))
    assert data.x.dtype == np.float64
    assert len(data.digest) == 64


def test_mnist_is_black_and_white_and_balanced():
    data = datasets.load("mnist-5k")
    assert set(np.unique(data.x)) == {0.0, 1.0}
    assert np.bincount(data.y).tolist() == [500] * 10


def test_rows_are_divided_by_the_seed():
    data = datasets.load("digits")
    one = data.parts(np.random.default_rng(1), 1400)
    assert (len(one.x), len(one.test_x)) == (1400, 397)
    again = data.parts(np.random.default_rng(1), 1400)
    assert np.array_equal(one.x, again.x)
    assert not np.array_equal(one.x, data.parts(np.random.default_rng(2), 1400).x)
    both = np.concatenate([one.x, one.test_x])
    assert sorted(map(tuple, both)) == sorted(map(tuple, data.x))


def write(folder, changed=(), packed=True):
    for name, array in {**FILES, **dict(changed)}.items():
        content = array if isinstance(array, bytes) else encoded(array)
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def encoded(array):
    head = (0x0800 + array.ndim).to_bytes(4, "big")
    return head + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_in_the_format_of_mnist(tmp_path, packed):
    write(tmp_path, packed=packed)
    data = datasets.load("full", tmp_path)
    assert data.x.shape == (9, 16)
    assert data.x.max() == 1.0
    assert data.test == 6
    assert data.name.startswith("data-")
    parts = data.parts(np.random.default_rng(0), 4)
    assert len(parts.x) == 4
    assert np.all(parts.test_x == 1)


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
WRONG = {
    "labels for images": ({IMAGES: FILES[LABELS]}, "magic number 0x0801 at 0, expected 0x0803"),
    "nothing of the sort": ({IMAGES: b"hello world, this is a text"}, "magic number 0x6865"),
    "empty": ({IMAGES: b""}, "magic number"),
    "truncated": ({IMAGES: encoded(FILES[IMAGES])[:-5]}, "112 bytes by its header, and it ends"),
    "more follows": ({IMAGES: encoded(FILES[IMAGES]) + b"x"}, "and more follow"),
    "too few labels": ({LABELS: FILES[LABELS][:-1]}, "5 labels for 6 images"),
    "a header that promises too much": (
        {IMAGES: (0x0803).to_bytes(4, "big") + b"\xff" * 12},
        "the most is",
    ),
    "other images for testing": (
        {"t10k-images-idx3-ubyte": np.zeros((3, 5, 5), np.uint8)},
        "where training has",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_file_is_one_sentence(tmp_path, wrong):
    changed, says = WRONG[wrong]
    write(tmp_path, changed)
    with pytest.raises(UsageError, match=says) as caught:
        idx.folder(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_packed_file_that_is_torn(tmp_path):
    write(tmp_path)
    file = tmp_path / f"{IMAGES}.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UsageError, match="cannot be read"):
        idx.folder(tmp_path)


def test_a_packed_file_that_swells_is_read_no_further_than_its_header_says(tmp_path):
    write(tmp_path, {IMAGES: encoded(FILES[IMAGES]) + bytes(10_000_000)})
    with pytest.raises(UsageError, match="more follow"):
        idx.folder(tmp_path)


def test_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "photo.png").write_text("x")
    with pytest.raises(UsageError, match=r"is missing; there: photo.png"):
        idx.folder(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        idx.folder(tmp_path / "none")


def test_another_digest_is_refused(monkeypatch):
    monkeypatch.setattr(datasets, "_content", lambda source, name: b"other")
    with pytest.raises(UsageError, match=r"sha256 d9298a10d1b0\.\.\., expected 09f66e6debde"):
        datasets._shipped.__wrapped__("digits")


def test_a_package_that_is_not_there(monkeypatch):
    def files(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(datasets.metadata, "files", files)
    with pytest.raises(UsageError, match=r"pip install 'bncheck\[lab\]' \(scikit-learn is not"):
        datasets._shipped.__wrapped__("digits")
    monkeypatch.setattr(datasets.metadata, "files", lambda name: [])
    with pytest.raises(UsageError, match="the version that is installed has no"):
        datasets._shipped.__wrapped__("digits")


def test_what_is_available():
    assert datasets.available("digits") == ""
    assert "--data DIR" in datasets.available("full")
    assert "no such folder" in datasets.available("full", Path("nowhere"))
