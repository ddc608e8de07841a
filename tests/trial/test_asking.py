"""What stands around a layer's calls."""

from dataclasses import fields

import pytest

from bncheck.errors import TargetRaised
from bncheck.model import Layer
from bncheck.trial.asking import Guard, guarded


def test_every_call_of_a_layer_is_guarded():
    def raises(*_):
        raise RuntimeError("from the target")

    names = [field.name for field in fields(Layer)]
    layer = guarded(Layer(**dict.fromkeys(names, raises)), Guard())
    arguments = {"double_backward": 3, "state": 0, "state_carries_graph": 0}
    two = ("jvp", "adding", "residual", "residual_backward")
    for name in names:
        count = arguments.get(name, 2 if name in two else 1)
        call = getattr(layer, name)
        assert call is not raises, name
        with pytest.raises(TargetRaised, match="from the target"):
            call(*(_Shaped(),) * count)


class _Shaped:
    shape = (2, 1)
