"""What eps and momentum are where nobody sets them, as far as a target says."""

import numpy as np
import pytest

from bncheck.targets import adapt, load
from bncheck.targets.common.defaults import of_signature, told


@pytest.mark.parametrize(
    ("target", "defaults"),
    [
        ("torch.nn:BatchNorm2d", {"eps": 1e-5, "momentum": 0.1}),
        ("torch.nn.functional:batch_norm", {"eps": 1e-5, "momentum": 0.1}),
        ("flax.linen:BatchNorm", {"eps": 1e-5, "momentum": 0.99}),
        ("flax.nnx:BatchNorm", {"eps": 1e-5, "momentum": 0.99}),
        ("equinox.nn:BatchNorm", {"eps": 1e-5, "momentum": 0.99}),
        ("haiku:BatchNorm", {"eps": 1e-5}),  # decay_rate must be given
        ("jax.nn:standardize", {"eps": 1e-5}),
        ("jax.example_libraries.stax:BatchNorm", {"eps": 1e-5}),
        ("keras.layers:BatchNormalization", {"eps": 1e-3, "momentum": 0.99}),
        ("mlx.nn:BatchNorm", {"eps": 1e-5, "momentum": 0.1}),
        ("onnx.reference:ReferenceEvaluator", {"eps": 1e-5, "momentum": 0.9}),
    ],
)
def test_frameworks(target, defaults):
    pytest.importorskip(target.partition(":")[0].split(".")[0])
    assert adapt(load(target), name=target).defaults == pytest.approx(defaults)


def test_a_cumulative_average_has_no_momentum():
    nn = pytest.importorskip("torch.nn")
    layer = nn.BatchNorm1d(3, momentum=None)
    assert adapt(layer, name="cumulative").defaults == {"eps": 1e-5}


class Course:
    def __init__(self, num_features, epsilon=1e-8, momentum=0.9):
        self.epsilon, self.momentum = epsilon, momentum
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x, training=True):
        mean, var = x.mean(0), x.var(0)
        if training:
            for name, new in (("running_mean", mean), ("running_var", var)):
                old = getattr(self, name)
                setattr(self, name, self.momentum * old + (1 - self.momentum) * new)
        else:
            mean, var = self.running_mean, self.running_var
        return self.gamma * (x - mean) / np.sqrt(var + self.epsilon) + self.beta


def test_classes_and_instances_of_homework():
    assert adapt(Course, name="class").defaults == {"eps": 1e-8, "momentum": 0.9}
    own = Course(3, epsilon=0.25, momentum=0.5)
    assert adapt(own, name="instance").defaults == {"eps": 0.25, "momentum": 0.5}


class Late(Course):
    """Its eps is there from the first batch on."""

    def __init__(self, num_features):
        super().__init__(num_features)
        del self.epsilon

    def forward(self, x, training=True):
        self.epsilon = getattr(self, "epsilon", 0.5)
        return super().forward(x, training)


def test_what_an_instance_does_not_have_yet_is_not_told():
    assert "eps" not in adapt(Late(3), name="late").defaults


def test_only_numbers_are_defaults():
    assert told(None, np.float32(0.5)) == {"momentum": 0.5}
    assert told(float("nan"), True) == {}
    assert of_signature(lambda x, eps=None, momentum=0.25: x) == {"momentum": 0.25}
    assert of_signature(np.add) == {}
