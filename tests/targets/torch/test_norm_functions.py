"""torch's functions of the relatives hold by their definition and gradients."""

import pytest

pytest.importorskip("torch")

from measured import failures  # needs torch


@pytest.mark.parametrize("name", ["layer_norm", "rms_norm", "group_norm", "instance_norm"])
def test_definition_and_gradients_hold(name):
    assert not failures(f"torch.nn.functional:{name}", most=120)
