"""torch's functional form, and a layer folded into a convolution."""

import pytest

from bncheck import verify
from bncheck.targets import adapt, load

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

FUNCTIONAL = "torch.nn.functional:batch_norm"
FUSED = "torch.nn.utils.fusion:fuse_conv_bn_eval"


def test_functional_passes():
    report = verify(FUNCTIONAL, budget="quick", dtypes=("float32", "float64"), save=None)
    assert report.exit_code == 0, [f.law for f in report.findings if f.verdict == "fails"]
    done = {f.law for f in report.findings if f.verdict == "holds"}
    assert {"F00", "B01", "B21", "I01", "I14", "P01"} <= done


def test_a_folded_layer_passes_in_inference_and_is_asked_for_nothing_else():
    report = verify(FUSED, budget="quick", save=None)
    assert report.exit_code == 0, [f.law for f in report.findings if f.verdict == "fails"]
    verdicts = {f.law: (f.verdict, f.reason) for f in report.findings}
    assert verdicts["I01"][0] == "holds"
    assert verdicts["F00"] == ("skipped", "ability: the target has no training mode")


def test_folding_that_forgets_eps_is_failed(monkeypatch):
    from torch.nn.utils import fusion

    from bncheck.targets.torch import functions

    genuine = fusion.fuse_conv_bn_eval

    def forgetful(conv, norm):
        norm.eps = 0.0
        return genuine(conv, norm)

    implementation = adapt(load(FUSED), name="fused")
    monkeypatch.setattr(functions.fusion, "fuse_conv_bn_eval", forgetful)
    report = verify(implementation, budget="quick", laws=("I01",), save=None, diagnose=False)
    assert report.exit_code == 1


def test_other_functions_of_torch_are_not_taken():
    with pytest.raises(Exception, match="is a function that takes"):
        adapt(torch.nn.functional.relu, name="mine")
