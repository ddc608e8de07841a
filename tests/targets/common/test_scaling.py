"""Softmax, min-max scaling and the like are refused with what they are; what differs is not."""

import numpy as np
import pytest

from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common.dividing import divided, refused

SOFTMAX = "is softmax over axis 1, exp(x) over its sum"
ALL_SOFTMAX = "is softmax over all axes, exp(x) over its sum"
MINMAX = "is min-max scaling over axis 1, (x - min) / (max - min)"
ALL_MINMAX = "is min-max scaling over all axes"
MOST = "divides x by max|x| over axis 1"
ALL_MOST = "divides x by max|x| over all axes"
WHOLE = "takes off the mean and divides by the standard deviation of the whole array"
UNBIASED = "takes off the mean and divides by the standard deviation of n - 1 values of the whole"
STD = "divides x by the standard deviation of the whole array"


def keep(f, x, axis=1):
    return f(x, axis=axis, keepdims=True)


def softmax(x, axis=1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def naive(x):
    return (np.exp(x).T / np.exp(x).sum(1)).T


def by_logarithm(x):
    y = x - keep(np.max, x)
    return np.exp(y - np.log(keep(np.sum, np.exp(y))))


SPELLINGS = [
    (softmax, SOFTMAX),
    (naive, SOFTMAX),
    (lambda x: np.exp(x) * (1 / keep(np.sum, np.exp(x))), SOFTMAX),
    (lambda x: softmax(x, None), ALL_SOFTMAX),
    (lambda x: (x - keep(np.min, x)) / (keep(np.max, x) - keep(np.min, x)), MINMAX),
    (lambda x: ((x.T - x.min(1)) / np.ptp(x, axis=1)).T, MINMAX),
    (lambda x: (x - x.min()) / (x.max() - x.min() + x.dtype.type(1e-8)), ALL_MINMAX),
    (lambda x: x / keep(np.max, abs(x)), MOST),
    (lambda x: x / np.linalg.norm(x, np.inf, 1, keepdims=True), MOST),
    (lambda x: x / np.abs(x).max(), ALL_MOST),
    (lambda x: (x - x.mean()) / x.std(), WHOLE),
    (lambda x: (x - np.mean(x)) / np.sqrt((x * x).mean() - x.mean() ** 2), WHOLE),
    (lambda x: (x - x.mean()) / (x.std() + x.dtype.type(1e-5)), WHOLE),
    (lambda x: (x - x.mean()) / x.std(ddof=1), UNBIASED),
    (lambda x: x / x.std(), STD),
]
OTHERS = [
    lambda x: 1.0001 * (x - x.mean()) / x.std(),
    lambda x: x / (x.max() - x.min()),
    lambda x: 2 * softmax(x) - 1,
    lambda x: softmax(2 * x),
    lambda x: x,
    lambda x: 1 / (1 + np.exp(-np.clip(x, -9, 9))),
    lambda x: (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True),
    lambda x: (x - x.mean(0)) / x.std(0),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("call", "told"), SPELLINGS)
def test_each_spelling_is_told(call, told, dtype):
    assert divided(call, 2, 3, dtype).startswith(told)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("call", OTHERS)
def test_what_is_none_of_them_is_not_called_one(call, dtype):
    assert divided(call, 2, 3, dtype) == ""


def test_the_sentence_says_where_it_differs():
    told = refused(lambda x: x / np.abs(x).max(1, keepdims=True))
    assert told == (
        "it divides x by max|x| over axis 1: it looks most like RMS normalization, which divides "
        "by the root of the mean of x^2; it is none of batch, layer, RMS, group and instance "
        "normalization"
    )


TORCH = [
    ("torch.softmax(x, 1)", SOFTMAX),
    ("x.softmax(-1)", SOFTMAX),
    ("torch.exp(x - torch.logsumexp(x, 1, keepdim=True))", SOFTMAX),
    ("(x - x.amin(1, True)) / (x.amax(1, True) - x.amin(1, True))", MINMAX),
    ("x / x.abs().amax(1, keepdim=True)", MOST),
    ("(x - x.mean()) / x.std()", UNBIASED),
    ("(x - x.mean()) / x.std(unbiased=False)", WHOLE),
]


@pytest.mark.parametrize(("code", "told"), TORCH)
def test_a_module_is_refused_with_what_it_is(tmp_path, code, told):
    pytest.importorskip("torch")
    (tmp_path / "mine.py").write_text(
        "import torch\nclass Model(torch.nn.Module):\n    def forward(self, x):\n"
        f"        return {code}\n"
    )
    with pytest.raises(TargetError) as error:
        adapt(load(f"{tmp_path}/mine.py:Model"), name="Model")
    assert told in str(error.value)


@pytest.mark.parametrize(("call", "told"), SPELLINGS[::4])
def test_a_function_is_refused_with_what_it_is(call, told):
    assert told in refused(call)
