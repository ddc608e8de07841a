"""The tests of the exercises: how far a program is from the definition, computed.

`text` is what a reader sees of them, and a notebook runs: the same functions, without types.
"""

from __future__ import annotations

import ast
import inspect
import random
import textwrap
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Program = Callable[..., Any]

WIDTH = 76
IMPORTS = "import random\nfrom statistics import NormalDist\n\nimport numpy as np"


def normal(count: int, seed: int) -> Array:
    """Return numbers as if drawn from N(0, 1): the same at every call and on every machine."""
    draw = random.Random(seed)  # noqa: S311 # no secret
    shares = [draw.uniform(1e-9, 1 - 1e-9) for _ in range(count)]
    return np.array([NormalDist().inv_cdf(share) for share in shares])


def definition(x: Array, gamma: float, beta: float, eps: float) -> Any:
    """Return the output as it is defined."""
    xhat = (x - x.mean()) / np.sqrt(((x - x.mean()) ** 2).mean() + eps)
    return gamma * xhat + beta


def distance(found: Any, right: Any) -> float:
    """Return the largest difference, relative where what is right is above 1."""
    size = np.maximum(1, np.abs(right))
    return float(np.max(np.abs(found - right) / size))


def check_forward(
    program: Program,
    m: int,
    mean: float = 0.0,
    std: float = 1.0,
    gamma: float = 1.0,
    beta: float = 0.0,
    eps: float = 1e-5,
    dtype: str = "float64",
    outlier: float = 0.0,
) -> float:
    """Compare outputs with those of the definition, in double precision."""
    x = mean + std * normal(m, 1)
    x[0] += outlier
    x = x.astype(dtype)
    right = definition(x.astype(float), gamma, beta, eps)
    return distance(program(x, gamma, beta, eps), right)


def check_backward(
    program: Program,
    m: int,
    std: float = 1.0,
    gamma: float = 1.0,
    beta: float = 0.0,
    eps: float = 1e-5,
    loss: str = "random",
) -> float:
    """Compare gradients with differences of the loss; of a large batch, the first 40."""
    x, weights = std * normal(m, 1), normal(m, 2) + 0.5
    h = 1e-5 * min(1, std)

    def value(x: Array, gamma: float, beta: float) -> Any:
        y = definition(x, gamma, beta, eps)
        if loss == "squares":
            return y @ y / 2
        return y.sum() if loss == "sum" else weights @ y

    def slope(dx: Any, dgamma: float, dbeta: float) -> Any:
        after = value(x + dx, gamma + dgamma, beta + dbeta)
        before = value(x - dx, gamma - dgamma, beta - dbeta)
        return (after - before) / (2 * h)

    y = definition(x, gamma, beta, eps)
    dy = {"random": weights, "sum": np.ones(m), "squares": y}[loss]
    dx, dgamma, dbeta = program(x, dy, gamma, beta, eps)
    slopes = np.array([slope(move, 0, 0) for move in h * np.eye(m)[:40]])
    of_parameters = [(dgamma, slope(0, h, 0)), (dbeta, slope(0, 0, h))]
    pairs = [(dx[:40], slopes), *of_parameters]
    return max([distance(found, right) for found, right in pairs])


def check_inference(
    program: Program,
    m: int,
    mean: float = 0.0,
    std: float = 1.0,
    gamma: float = 1.0,
    beta: float = 0.0,
    eps: float = 1e-5,
) -> float:
    """Compare outputs in inference, with the statistics of the distribution."""
    x = mean + std * normal(m, 1)
    right = gamma * (x - mean) / np.sqrt(std**2 + eps) + beta
    return distance(program(x, mean, std**2, gamma, beta, eps), right)


def check_update(program: Program, m: int, a: float = 0.1, eps: float = 1e-5) -> float:
    """Compare a new running variance with its definition; the old one is 1."""
    x = normal(m, 1)
    return distance(program(1.0, x, a, eps), (1 - a) + a * x.var())


CHECKS: dict[str, Callable[..., float]] = {
    "forward": check_forward,
    "backward": check_backward,
    "inference": check_inference,
    "update": check_update,
}
_HELPERS = (normal, definition, distance)


def text() -> str:
    """Return the tests as a program that can be run by itself."""
    functions: tuple[Program, ...] = (*_HELPERS, *CHECKS.values())
    return "\n\n".join([IMPORTS, *(_plain(function) for function in functions)])


def _plain(function: Callable[..., Any]) -> str:
    """Return the source of a function without types and docstrings."""
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            if ast.get_docstring(node):
                node.body = node.body[1:]
    first, _, rest = ast.unparse(tree).partition("\n")
    indent = " " * (first.index("(") + 1)
    return textwrap.fill(first, WIDTH, subsequent_indent=indent) + f"\n{rest}"
