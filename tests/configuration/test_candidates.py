"""What looks like batch normalization is found by reading; nothing is imported."""

import sys

import pytest

from bncheck.configuration.candidates import Candidate, candidates


def found(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return [each.target for each in candidates(folder)]


TAKEN = {
    "def forward(x, gamma, beta, eps): ...": ["it.py"],
    "def batchnorm_forward(x, gamma, beta, bn_param): ...\ndef other(): ...": ["it.py"],
    "def batch_norm(inputs, weight, bias, eps=1e-5): ...": ["it.py:batch_norm"],
    "def bn2d(x, scale, shift, eps): ...": ["it.py:bn2d"],
    "class BatchNorm:\n    def forward(self, x): ...": ["it.py:BatchNorm"],
    "class MyBN:\n    def __call__(self, x): ...": ["it.py:MyBN"],
    "class BatchNorm2d(nn.Module):\n    def forward(self, x): ...": ["it.py:BatchNorm2d"],
    "class Synced(torch.nn.BatchNorm1d): ...": [],
    "class SyncBN(torch.nn.BatchNorm1d): ...": ["it.py:SyncBN"],
    "class BatchNormalization(keras.layers.Layer):\n    def call(self, x): ...": [
        "it.py:BatchNormalization"
    ],
    'class Whiten(nn.Module):\n    """Our own batch norm."""\n'
    "    def forward(self, x): return (x - x.mean(0)) * torch.rsqrt(x.var(0))": ["it.py:Whiten"],
}
LEFT = [
    "def forward(x, w, b): ...",
    "def forward(self, x): ...",
    '"""Layer normalization: a layer norm."""\ndef forward(x, gamma, beta, eps): ...',
    "def layernorm_forward(x, gamma, beta, ln_param): ...",
    "def batchnorm_backward(dout, cache): ...",
    "def batch_norm_infer(x, gamma, beta, mean, var, eps): ...",
    "def fuse_bn(x, weight, bias): ...",
    "class BatchNormConfig:\n    eps = 1e-5\n",
    "class ConvBN(nn.Module):\n    def forward(self, x): ...",
    "class TestBatchNorm(TestCase):\n    def call(self): ...",
    "class LayerNorm:\n    def forward(self, x): ...",
    'class Gap(nn.Module):\n    """Batch norm."""\n    def forward(self, x): return x',
    'class Two(nn.Module):\n    """A linear layer and a batch norm."""\n'
    "    def forward(self, x): return x.mean() / x.std()",
    "class _BatchNorm:\n    def forward(self, x): ...",
    "def broken(",
    "x = '\\d'\n",
    "\0",
    "(" * 5000,
    "raise SystemExit",
    "",
]


@pytest.mark.parametrize(("text", "targets"), TAKEN.items())
def test_what_is_taken(text, targets, tmp_path):
    assert found(tmp_path, it=text) == [t for t in targets if t]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_left(text, tmp_path):
    assert found(tmp_path, it=text) == []


def test_folders_and_files_that_are_not_looked_at(tmp_path):
    layer = "def forward(x, gamma, beta, eps): ...\n"
    for name in ("src/bn.py", "src/test_bn.py", ".venv/bn.py", "my/pyvenv.cfg", "my/bn.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(layer)
    (tmp_path / "latin.py").write_bytes(b"# \xe9\n" + layer.encode())
    (tmp_path / "folder.py").mkdir()
    assert found(tmp_path) == ["src/bn.py"]


def test_nothing_is_run(tmp_path):
    text = "import sys\nsys.modules['was_run'] = sys\ndef forward(x, gamma, beta, eps): ...\n"
    assert found(tmp_path, it=text) == ["it.py"]
    assert "was_run" not in sys.modules


def test_models_and_what_they_need(tmp_path):
    (tmp_path / "b.onnx").write_bytes(b"..BatchNormalization..")
    (tmp_path / "c.onnx").write_bytes(b"..Relu..")
    (tmp_path / "a.py").write_text("import torch.nn as nn\nclass BN(nn.BatchNorm1d): ...\n")
    assert list(candidates(tmp_path)) == [
        Candidate("a.py:BN", ("torch",)),
        Candidate("b.onnx", ("onnx", "onnxruntime")),
        Candidate("c.onnx", ("onnx", "onnxruntime"), likely=False),
    ]
