"""Plain classes of the relatives, as homework has them; right and wrong."""

import textwrap

import pytest
from measured import failures

from bncheck.errors import TargetError
from bncheck.targets import adapt, load

HEAD = "import numpy as np\n"
LAYER = """
    class LayerNorm:
        def __init__(self, dim, eps=1e-5):
            self.gamma, self.beta, self.eps = np.ones(dim), np.zeros(dim), eps
        def forward(self, x):
            self.std = np.sqrt(x.var(-1, keepdims=True) + self.eps)
            self.xhat = (x - x.mean(-1, keepdims=True)) / self.std
            return self.gamma * self.xhat + self.beta
        def backward(self, dout):
            rows = tuple(range(dout.ndim - 1))
            self.dgamma, self.dbeta = (dout * self.xhat).sum(rows), dout.sum(rows)
            h, z = dout * self.gamma, self.xhat
            back = h - h.mean(-1, keepdims=True) - z * (h * z).mean(-1, keepdims=True)
            return back / self.std
    held = LayerNorm(6)
"""
RMS = """
    class RMSNorm:
        def __init__(self, d_model, eps=1e-6):
            self.weight, self.eps = np.ones(d_model), eps
        def __call__(self, x):
            self.x, self.r = x, 1 / np.sqrt((x ** 2).mean(-1, keepdims=True) + self.eps)
            return x * self.r * self.weight
        def backward(self, dy):
            x, r, n, h = self.x, self.r, self.x.shape[-1], dy * self.weight
            self.dweight = (dy * x * r).reshape(-1, n).sum(0)
            return r * h - r ** 3 * x * (h * x).sum(-1, keepdims=True) / n
"""
GROUP = """
    class Norm:
        NORM = "group"
        def __init__(self, num_channels, num_groups, eps=1e-5):
            self.gamma = np.ones((1, num_channels, 1, 1))
            self.beta = np.zeros((1, num_channels, 1, 1))
            self.groups, self.eps = num_groups, eps
        def forward(self, x):
            g = x.reshape(x.shape[0], self.groups, -1)
            self.std = np.sqrt(g.var(2, keepdims=True) + self.eps)
            self.xhat = ((g - g.mean(2, keepdims=True)) / self.std).reshape(x.shape)
            return self.xhat * self.gamma + self.beta
        def backward(self, dy):
            self.dgamma = (dy * self.xhat).sum((0, 2, 3), keepdims=True)
            self.dbeta = dy.sum((0, 2, 3), keepdims=True)
            h, z = ((a).reshape(len(dy), self.groups, -1) for a in (dy * self.gamma, self.xhat))
            dx = h - h.mean(2, keepdims=True) - z * (h * z).mean(2, keepdims=True)
            return (dx / self.std).reshape(dy.shape)
    held = Norm(6, 2)
"""
INSTANCE = """
    class InstanceNorm2d:
        def __init__(self, c):
            self.gamma, self.beta = np.ones(c), np.zeros(c)
        def forward(self, x):
            m, v = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)
            xhat = (x - m) / np.sqrt(v + 1e-5)
            return xhat * self.gamma[:, None, None] + self.beta[:, None, None]
"""
COLUMNS = """
    class Mine:
        '''Layer normalization of columns (n, m).'''
        def __init__(self, n):
            self.gamma, self.beta = np.ones((n, 1)), np.zeros((n, 1))
        def forward(self, Z):
            xhat = (Z - Z.mean(0, keepdims=True)) / np.sqrt(Z.var(0, keepdims=True) + 1e-5)
            return xhat * self.gamma + self.beta
"""
RIGHT = {
    "LayerNorm": (LAYER, "layer", (2, 3, 4, 5), None),
    "held": (LAYER, "layer", (2,), None),
    "RMSNorm": (RMS, "rms", (2, 3, 4, 5), None),
    "Norm": (GROUP, "group", (4,), None),
    "InstanceNorm2d": (INSTANCE, "instance", (3,), 1e-5),
    "Mine": (COLUMNS, "layer", (2,), 1e-5),
}
WRONG = {
    "gamma-outside": ("LayerNorm", LAYER, "h, z = dout * self.gamma", "h, z = dout"),
    "mean-term": ("LayerNorm", LAYER, "back = h - h.mean(-1, keepdims=True) -", "back = h -"),
    "centres": ("RMSNorm", RMS, "self.x, self.r = x,", "x = self.x = x - x.mean(); self.r ="),
    "averaged": ("RMSNorm", RMS, "n).sum(0)", "n).mean(0)"),
    "over-the-batch": ("Mine", COLUMNS, "Z.var(0,", "Z.var(1,"),
}


def written(tmp_path, text, name):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + textwrap.dedent(text))
    return f"{path}:{name}"


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_understood_and_hold(tmp_path, name):
    text, norm, ranks, eps = RIGHT[name]
    target = written(tmp_path, text, name)
    made = adapt(load(target), name="mine")
    found = made.domain
    assert (found.norm.name, found.ranks, found.fixed_eps) == (norm, ranks, eps)
    assert made.warnings == ()
    assert ("backward" in made.abilities) == (eps is None)
    assert failures(target, most=60) == set()
    assert failures(target, dtype="float64", most=60) == set()


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_fail(tmp_path, name):
    kind, text, before, after = WRONG[name]
    assert before in text
    assert failures(written(tmp_path, text.replace(before, after), kind), most=60)


def test_sizes_of_a_layer_that_is_given_are_kept(tmp_path):
    found = adapt(load(written(tmp_path, GROUP, "held")), name="mine").domain
    assert (found.norm.groups, found.multiple, found.held) == (2, 2, (3,))


def test_another_norm_than_its_name_says_is_told(tmp_path):
    text = LAYER.replace("class LayerNorm", "class RMSNorm").replace("LayerNorm(6)", "None")
    (warning,) = adapt(load(written(tmp_path, text, "RMSNorm")), name="mine").warnings
    assert "this is layer normalization over the last axis" in warning


def test_what_says_nothing_stays_batch_normalization(tmp_path):
    text = LAYER.replace("LayerNorm", "Mine")
    assert adapt(load(written(tmp_path, text, "Mine")), name="mine").domain.norm.name == "batch"


def test_what_takes_no_array_is_refused_with_what_it_says(tmp_path):
    text = LAYER.replace("def forward(self, x):", "def forward(self, x):\n            x = x['x']")
    with pytest.raises(TargetError, match="is layer normalization by its name 'LayerNorm', but"):
        adapt(load(written(tmp_path, text, "LayerNorm")), name="mine")
