"""Files with modules of torch: which is meant, and how a benchmark's file makes it."""

from pathlib import Path

import pytest

from bncheck.errors import TargetError
from bncheck.targets import adapt, load

pytest.importorskip("torch")

pytestmark = pytest.mark.torch

INPUTS = Path(__file__).parents[2] / "support" / "street_inputs"


def adapted(target):
    return adapt(load(f"{INPUTS}/{target}"), name=target)


def test_a_file_with_one_module_needs_no_name():
    assert adapted("t21_lasagne141.py").name == "t21_lasagne141.py:BatchNormLayer"


def test_a_file_with_several_says_which_to_name():
    with pytest.raises(TargetError) as caught:
        adapted("torch_frozen.py")
    assert str(caught.value) == (
        "torch_frozen.py has several modules: FrozenBatchNorm2d, FrozenHard, FrozenWrong; name "
        "the one to check, as in torch_frozen.py:FrozenBatchNorm2d"
    )


def test_a_benchmark_gives_its_own_inputs():
    found = adapted("kernelbench.py")
    assert found.name == "kernelbench.py:ModelNew"
    assert (found.domain.ranks, found.domain.channels) == ((4,), 64)
    assert adapted("kernelbench.py:Model").domain.channels == 64


def test_a_plain_file_that_imports_torch_is_still_one(tmp_path):
    path = tmp_path / "plain.py"
    path.write_text(
        "import torch\nclass Net(torch.nn.Module):\n    pass\n"
        "def forward(x, gamma, beta, eps):\n    return x\n"
    )
    # its forward takes tensors, so that torch differentiates it
    assert adapt(load(str(path)), name="plain").abilities == {"backward"}
