"""Kinds of arrays: there and back, and gradients by their own differentiation."""

import numpy as np
import pytest

from bncheck.targets.common import array_kinds


class Tensor:
    """A small autograd: products and sums."""

    def __init__(self, data, back=None):
        self.data, self.grad, self.back = np.asarray(data), None, back

    def __mul__(self, other):
        def back(g):
            self.backward(g * other.data)
            other.backward(g * self.data)

        return Tensor(self.data * other.data, back)

    def sum(self):
        return Tensor(self.data.sum(), lambda g: self.backward(g * np.ones_like(self.data)))

    def backward(self, gradient=None):
        gradient = np.ones_like(self.data) if gradient is None else gradient
        self.grad = gradient if self.grad is None else self.grad + gradient
        if self.back is not None:
            self.back(gradient)


class Parameter(Tensor):
    pass


class NoTensor:
    data = "text"


A, B, DY = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])


def check(kind):
    assert np.array_equal(kind.back(kind.into(A)), A)
    got = kind.pull(lambda a, b: a * b, [A, B], DY)
    assert np.array_equal(got[0], DY * B)
    assert np.array_equal(got[1], DY * A)
    assert np.array_equal(DY, [5.0, 6.0])


def test_an_autograd_of_ones_own():
    assert array_kinds.is_own(Tensor(A))
    assert not array_kinds.is_own(NoTensor())
    assert array_kinds.own(Parameter).name == "Tensor"
    check(array_kinds.own(Parameter))
    assert [k.name for k in array_kinds.used_by({"Tensor": Tensor, "np": np})] == [
        "NumPy",
        "Tensor",
    ]
    like = array_kinds.like(Parameter(A), B)
    assert isinstance(like, Parameter)
    assert np.array_equal(like.data, B)


def test_torch():
    torch = pytest.importorskip("torch")
    kind = array_kinds.torch()
    check(kind)
    assert array_kinds.of(torch.ones(2)).name == "torch"
    assert kind.back(kind.into(A[::-1])).tolist() == [2.0, 1.0]
    threads = torch.get_num_threads()
    with kind.around():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == threads
    assert [k.name for k in array_kinds.used_by({"torch": torch})] == ["torch", "NumPy"]


def test_jax():
    jax = pytest.importorskip("jax")
    kind = array_kinds.jax()
    assert array_kinds.of(jax.numpy.ones(2)).name == "JAX"
    check(kind)


def test_numpy_and_lists():
    assert array_kinds.of(A) is array_kinds.NUMPY
    assert array_kinds.of([1.0]) is None
    assert array_kinds.values([1.0, 2.0]).tolist() == [1.0, 2.0]
    assert array_kinds.like([1.0, 1.0], A) == [1.0, 2.0]
    assert array_kinds.like(np.ones((1, 2)), A).shape == (1, 2)
    assert array_kinds.values("text") == "text"
