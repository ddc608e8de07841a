import pytest

from bncheck.errors import UsageError
from bncheck.model import Convention, Domain, Implementation
from bncheck.targets import adapt, profiles

# what each framework's documentation says about these two, told apart from the table under test
DOCUMENTED = {
    "torch": ("new", "unbiased"),
    "torch-autocast": ("new", "unbiased"),
    "tinygrad": ("new", "unbiased"),
    "mlx": ("new", "unbiased"),
    "keras": ("old", "biased"),
    "flax": ("old", "biased"),
    "haiku": ("old", "biased"),
    "equinox": ("old", "biased"),
    "onnx": ("old", "biased"),
    "paddle": ("old", "biased"),
    "numpy-ml": ("old", "biased"),
    "mxnet": ("old", "biased"),
    "caffe": ("old", "unbiased"),
}


def test_every_profile_says_what_its_framework_documents():
    said = {k: (c.momentum_weighs, c.running_var) for k, c in profiles.PROFILES.items()}
    assert said == DOCUMENTED


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_every_profile_is_a_valid_promise(name):
    promised = profiles.convention(name).promised()
    assert Convention.from_mapping(promised) == profiles.convention(name)


def test_an_unknown_profile():
    with pytest.raises(UsageError) as caught:
        profiles.convention("pytorch")
    assert str(caught.value) == (
        "profile='pytorch', but should be one of torch, torch-autocast, keras, flax, haiku, "
        "equinox, onnx, mlx, tinygrad, paddle, numpy-ml, mxnet, caffe; did you mean 'torch'?"
    )


def test_a_profile_wins_save_where_the_channels_are():
    own = Convention(momentum_weighs="new", output="folded", channel_axis=1)
    given = Implementation("mine", make=lambda case: None, convention=own, domain=Domain())
    merged = adapt(given, name="mine", profile="keras").convention
    assert merged.promised() == {
        "momentum_weighs": "old",
        "running_var": "biased",
        "debiased": False,
        "one_value": "beta",
        "output": "folded",
        "channel_axis": 1,
    }


def test_without_a_profile_nothing_is_added():
    given = Implementation("mine", make=lambda case: None)
    assert adapt(given, name="mine") == given
