"""A batch whose outputs are exact in binary, and what a layer with gradients must say to it."""

import numpy as np

from bncheck.model import Case

# mean 0, biased variance 1, eps 3: w = 4 and 1/sqrt(w) = 1/2
SIGNS = np.array([[1.0, -1], [-1, -1], [1, 1], [-1, 1]])
GAMMA, BETA = np.array([2.0, 4]), np.array([1.0, -1])
DY = np.array([[4.0, 0], [0, 0], [0, 4], [0, 0]])
SHAPES = {2: (4, 2), 3: (2, 2, 2), 4: (2, 2, 1, 2), 5: (1, 2, 2, 1, 2)}
# an inverse square root and its second use round a few times, near numbers below 16
ROUNDINGS = {"float32": 16 * 16 * 2.0**-24, "float64": 16 * 16 * 2.0**-53}


def shaped(a, rank):
    shape = SHAPES[rank]
    return np.moveaxis(np.asarray(a).reshape(shape[0], *shape[2:], 2), -1, 1)


def exact_case(rank, dtype="float32", momentum=0.75) -> Case:
    x, dy = (shaped(a, rank).astype(dtype) for a in (SIGNS, DY))
    parts = (np.array(a).astype(dtype) for a in (GAMMA, BETA, [1.0, 0], [1.0, 13]))
    gamma, beta, mean, var = parts
    return Case(x, gamma, beta, dy, mean, var, eps=3.0, momentum=momentum)


def close(got, expected, dtype="float32"):
    assert got.dtype == dtype
    assert got.shape == np.shape(expected)
    assert np.max(abs(got - expected)) <= ROUNDINGS[np.dtype(dtype).name]


def check(implementation, rank, dtype, mean, var):
    """Ask everything of a layer; ``mean`` and ``var`` are the statistics after one step."""
    case = exact_case(rank, dtype)
    layer = implementation.make(case)
    dx = shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank)
    close(layer.jvp(case.x, case.dy), dx, dtype)
    close(layer.train(case.x), shaped(SIGNS * [1, 2] + BETA, rank), dtype)
    got = layer.backward(case.dy)
    close(got.dx, dx, dtype)
    close(got.dgamma, [2, 2], dtype)
    close(got.dbeta, [4, 4], dtype)
    w = shaped([[1.0, 0], [0, 0], [0, 0], [0, 0]], rank).astype(dtype)
    _, of_dy, of_gamma = layer.double_backward(case.x, case.dy, w)
    close(of_dy, layer.jvp(case.x, w), dtype)
    close(of_gamma, (w * dx).sum(tuple(a for a in range(rank) if a != 1)) / GAMMA, dtype)
    if mean is None:
        assert (layer.eval, layer.state) == (None, None)
        return
    close(layer.state().mean, mean, dtype)
    close(layer.state().var, var, dtype)
    layer = implementation.make(case)
    close(layer.eval(case.x), shaped(SIGNS - [1, 0] + BETA, rank), dtype)
    close(layer.backward(case.dy).dx, case.dy, dtype)
    close(layer.state().mean, case.running_mean, dtype)


def check_steps(implementation, case, mean, var):
    """Ask a layer for its steps; ``mean`` and ``var`` are the statistics after one."""
    rank, dtype = case.x.ndim, case.x.dtype
    layer = implementation.make(case)
    close(layer.train(case.x), shaped(SIGNS * [1, 2] + BETA, rank), dtype)
    before = layer.state()
    for _ in range(2):  # asked again, it answers the same, and changes nothing
        got = layer.backward(case.dy)
        close(got.dx, shaped(GAMMA / 2 * (DY - 1 - SIGNS / 4), rank), dtype)
        close(got.dgamma, [2, 2], dtype)
        close(got.dbeta, [4, 4], dtype)
    assert (layer.state().var == before.var).all()
    close(layer.state().mean, mean, dtype)
    close(layer.state().var, var, dtype)
    layer = implementation.make(case)
    close(layer.eval(case.x), shaped(SIGNS - [1, 0] + BETA, rank), dtype)
    close(layer.backward(case.dy).dx, case.dy, dtype)
    close(layer.state().mean, case.running_mean, dtype)
