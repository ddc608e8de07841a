"""L1, L2 and Frobenius normalization are refused with one sentence that says what they are."""

import numpy as np
import pytest

from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common.dividing import divided

torch = pytest.importorskip("torch")

MODEL = """import torch
from torch import nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, x):
        return {}
"""
L2 = "divides x by its L2 norm over axis 1 (L2 normalization): that is RMS normalization over the "
FROBENIUS = "divides x by its L2 norm over all axes (Frobenius normalization): that is RMS normali"
SUM = "divides x by the sum of |x| over axis 1 (L1 normalization): it looks most like RMS normaliz"
MEAN = "divides x by the mean of |x| over axis 1 (L1 normalization): it looks most like RMS normal"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("x / torch.norm(x, p=2, dim=1, keepdim=True)", L2),
        ("F.normalize(x, dim=1)", L2),
        ("x * torch.rsqrt(x.square().sum(1, keepdim=True))", L2),
        ("x / torch.norm(x, p='fro')", FROBENIUS),
        ("x / torch.linalg.vector_norm(x)", FROBENIUS),
        ("x / x.pow(2).sum().sqrt()", FROBENIUS),
        ("x / torch.mean(torch.abs(x), dim=1, keepdim=True)", MEAN),
        ("F.normalize(x, p=1, dim=1)", SUM),
        ("x / x.abs().sum(1, keepdim=True)", SUM),
    ],
)
def test_a_module_is_refused_with_what_it_is(tmp_path, code, told):
    (tmp_path / "mine.py").write_text(MODEL.format(code))
    with pytest.raises(TargetError) as error:
        adapt(load(f"{tmp_path}/mine.py:Model"), name="Model")
    assert str(error.value).startswith(f"Model {told}")
    assert "none of batch, layer, RMS, group and instance" in str(error.value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_none_of_them_is_not_called_one(dtype):
    def near(x):
        return x / (np.sqrt((x * x).sum(1, keepdims=True)) * x.dtype.type(1.001 + 1e-3 * (x > 0)))

    def rms(x):
        return x / np.sqrt((x * x).mean(1, keepdims=True))

    def half(x):
        return x / np.sqrt((x * x).sum(-1, keepdims=True).astype(np.float16)).astype(x.dtype)

    def raises(x):
        raise ValueError

    others = (lambda x: x, lambda x: x[..., :1], lambda x: x - x.mean())
    for call in (near, rms, half, raises, *others):
        assert divided(call, 3, 3, dtype) == ""
    assert "axes 1, 2" in divided(lambda x: x / np.abs(x).sum((1, 2), keepdims=True), 3, 3, dtype)


BLAMED = {
    "l2.py": """import numpy as np

def forward(x, gamma, beta, eps):
    axes = (1, -1) + (1,) * (x.ndim - 2)
    norm = np.sqrt((x * x).sum(1, keepdims=True) + eps)
    return gamma.reshape(axes) * x / norm + beta.reshape(axes)
""",
    "l1.py:L1Norm": """import numpy as np

class L1Norm:
    def __init__(self, num_features, eps=1e-5):
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)

    def forward(self, x):
        return self.gamma * x / np.abs(x).sum(-1, keepdims=True) + self.beta
""",
    "in_jax.py": """import jax.numpy as jnp

def forward(x, gamma, beta, eps):
    return gamma * x / jnp.sqrt(jnp.sum(x * x, axis=-1, keepdims=True) + eps) + beta
""",
}


@pytest.mark.parametrize("target", BLAMED)
def test_functions_and_classes_that_are_judged_are_told_beside_the_verdict(tmp_path, target):
    (tmp_path / target.partition(":")[0]).write_text(BLAMED[target])
    made = adapt(load(f"{tmp_path}/{target}"), name="mine")
    told = [
        w for w in made.warnings if w.startswith("where gamma is 1 and beta 0, it divides x by")
    ]
    assert len(told) == 1
    assert "over axis 1 (L" in told[0]


REFUSED = {
    "alone.py": "import numpy as np\ndef forward(x):\n    return x / np.linalg.norm(x)\n",
    "named.py": "import numpy as np\ndef l1_normalize(x, axis=-1):\n"
    "    return x / np.abs(x).sum(axis, keepdims=True)\n",
    "in_jax.py:unit": "import jax.numpy as jnp\ndef unit(x):\n"
    "    return x / jnp.linalg.norm(x, axis=-1, keepdims=True)\n",
    "in_flax.py:Unit": "import flax.linen as nn\nimport jax.numpy as jnp\nclass Unit(nn.Module):\n"
    "    def __call__(self, x):\n        return x / jnp.linalg.norm(x, axis=-1, keepdims=True)\n",
    "in_keras.py:made": "import keras\nmade = keras.layers.UnitNormalization()\n",
    "scaled.py": "import numpy as np\ndef scale_norm(x, g=2.0, eps=1e-5):\n"
    "    return g * x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), eps)\n",
}


@pytest.mark.parametrize("target", REFUSED)
def test_what_is_refused_is_told_what_it_is(tmp_path, target):
    for framework in ("jax", "flax", "keras"):
        if f"import {framework}" in REFUSED[target]:
            pytest.importorskip(framework)
    (tmp_path / target.partition(":")[0]).write_text(REFUSED[target])
    with pytest.raises(TargetError, match=r"it divides x .* \(.* normalization\).*none of"):
        adapt(load(f"{tmp_path}/{target}"), name="mine")
