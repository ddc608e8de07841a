"""Reading what a function's parameters stand for."""

import functools

import numpy as np
import pytest

from bncheck.targets.plain.asked import Asked, Unread, is_function, places, read, returned
from bncheck.targets.plain.course import BACKWARD_ROLES, groups
from bncheck.targets.plain.named import Named
from bncheck.targets.plain.vocabulary import CONTRACT, FORWARD_ROLES


def test_names_and_keywords():
    def forward(inputs, scale, shift, *, epsilon=1e-5, unknown=3):
        return inputs, scale, shift, epsilon, unknown

    asked = read("forward", forward, FORWARD_ROLES, "x")
    assert asked.places == ("x", "gamma", "beta")
    assert asked.keywords == (("epsilon", "eps"),)
    given = {"x": 1, "gamma": 2, "beta": 3, "eps": 4}
    assert asked(given) == (1, 2, 3, 4, 3)


def test_the_first_parameter_is_x_or_dy_where_no_name_says_it():
    assert read("f", lambda features, gamma: 0, FORWARD_ROLES, "x").places == ("x", "gamma")
    assert read("b", lambda g, cache: 0, BACKWARD_ROLES, "dy").places == ("dy", "cache")


def test_places_of_the_contract_where_names_say_nothing():
    function = lambda p, q, r, s: 0  # noqa: E731 # as people write it
    asked = read("forward", function, FORWARD_ROLES, "x", (), CONTRACT["forward"])
    assert asked.places == CONTRACT["forward"]
    assert read("f", function, FORWARD_ROLES, "x") == Unread("f", "q")


def test_what_forward_returned_by_name():
    def forward(x, gamma, beta):
        xhat = inv_std = x
        return x, xhat, inv_std

    kept = returned(forward)
    assert kept == ("x", "xhat", "invstd")
    asked = read("b", lambda dy, x_hat, inv_std: 0, BACKWARD_ROLES, "dy", kept)
    assert isinstance(asked, Asked)
    assert asked.places == ("dy", "saved:xhat", "saved:invstd")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(len, True), (test_names_and_keywords, True), (functools.partial(len), True), (3, False),
     (dict, False), (object(), False)],
)  # fmt: skip
def test_functions(value, expected):
    assert is_function(value) == expected


def functions(*names, **others):
    made = {n: lambda x, gamma, beta, eps: x for n in names if "backward" not in n}
    made |= {n: lambda dout, cache: dout for n in names if "backward" in n}
    return made | others


def test_each_backward_belongs_to_its_forward():
    found = groups(
        functions(
            *("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"),
            *("layernorm_forward", "layernorm_backward", "affine_backward", "relu_backward"),
            *("spatial_batchnorm_forward", "spatial_batchnorm_backward"),
        )
    )
    names = [asked.name for asked in found["any"].backwards]
    assert names == ["batchnorm_backward", "batchnorm_backward_alt"]
    names = [asked.name for asked in found["image"].backwards]
    assert names == ["spatial_batchnorm_backward"]


def test_a_forward_by_another_name_is_found_by_its_arguments():
    found = groups(functions("slow_pass", "helper", slow_backward=lambda dout, cache: dout))
    assert found["any"].forward.name == "slow_pass"
    assert groups({"train": lambda model, data: 0}) == {}


def test_the_dict_answers_by_role_and_keeps_what_is_written():
    named = Named(
        {r: r for r in ("eps", "momentum", "running_mean", "running_var", "gamma", "beta")}
    )
    assert named["moving_mean"] == "running_mean"
    assert named.get("mean") == "running_mean"
    assert named.get("nothing", 3) == 3
    named["moving_var"] = 5
    assert named.running() == ["running_mean", 5]
    assert "eps" not in named.asked
    assert {**named}["eps"] == "eps"
    assert "eps" in named.asked
    named.turn(training=False)
    assert named["mode"] == "test"
    with pytest.raises(KeyError):
        named["nothing"]


def test_outputs():
    from bncheck.targets.plain.outputs import Outputs, moved, where_y

    x = np.zeros((4, 3))
    got = (x, {"xhat": x}, np.zeros(3), np.ones(3))
    assert where_y(got, (4, 3)) == (0,)
    assert where_y({"xhat": x, "y": x}, (4, 3)) == ("y",)
    other = (x, {"xhat": x}, np.zeros(3), np.full(3, 2.0))
    assert moved(got, other, 3) == (3,)
    outputs = Outputs((0,), (2,), (3,))
    assert outputs.cache(got) == {"xhat": x}
    assert outputs.output(x) is x


def test_the_place_of_a_backward_pass():
    def backward(dout, cache): ...

    line = backward.__code__.co_firstlineno
    assert places([backward], f"{__file__}:1") == {"backward": f"backward, line {line}"}
    assert places([backward], "other.py:1") == {
        "backward": f"backward of test_asked.py, line {line}"
    }
    assert places([], "") == places([len], "") == {}
