"""What a target imports first, read from its text; nothing of it is run."""

import os

import pytest

from bncheck.engine.worker.needs import frameworks, names_beside

TORCH = {
    "import torch": "import torch",
    "a part of it": "import torch.nn as nn",
    "from it": "from torch.nn import functional as F",
    "after Python's own": "import os, sys\nfrom typing import Any\nimport numpy\nimport torch",
    "after words": '"""What I do."""\nfrom __future__ import annotations\nimport torch',
}
NOT = {
    "numpy alone": "import numpy as np",
    "after the environment was set": "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport torch",
    "after a module of its own": "import mine\nimport torch",
    "after one of its package": "from . import mine\nimport torch",
    "inside a function": "def forward(x):\n    import torch",
    "where it is there": "try:\n    import torch\nexcept ImportError:\n    torch = None",
    "another one first": "import jax\nimport torch",
    "a name like it": "import torchvision",
    "no Python": "import torch\ndef",
    "not text": "\0\xff",
    "nothing": "",
}


@pytest.mark.parametrize("name", TORCH)
def test_what_imports_torch_at_once(tmp_path, name):
    (tmp_path / "bn.py").write_text(TORCH[name], encoding="utf-8")
    assert frameworks(f"{tmp_path / 'bn.py'}:BN") == frameworks(str(tmp_path / "bn.py")) == "torch"


@pytest.mark.parametrize("name", NOT)
def test_what_may_want_it_otherwise(tmp_path, name):
    (tmp_path / "bn.py").write_text(NOT[name], encoding="latin-1")
    assert frameworks(str(tmp_path / "bn.py")) == ""


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "bn.py")
    assert frameworks(str(tmp_path / "bn.py")) == ""


def test_words_about_its_text_are_not_said(tmp_path, recwarn):
    (tmp_path / "bn.py").write_text("import numpy\nx = '\\d'\n")
    assert frameworks(str(tmp_path / "bn.py")) == ""
    assert not recwarn.list


@pytest.mark.parametrize(
    ("target", "needed"),
    [
        ("torch.nn:BatchNorm2d", "torch"),
        ("torch", "torch"),
        ("flax.linen:BatchNorm", ""),
        ("mine.torch:BN", ""),
        ("nowhere.py:BN", ""),
        ("model.onnx", ""),
        ("model.onnx:torch", ""),
        ("no target at all", ""),
        ("", ""),
    ],
)
def test_targets_without_a_file(target, needed):
    assert frameworks(target) == needed


def test_names_beside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("layers/bn.py", "layers/scipy.py", "json/__init__.py", "data/x.npz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names_beside("layers/bn.py:BN") == {"bn", "scipy", "json"}
    assert names_beside("layers.bn") == {"json"}
