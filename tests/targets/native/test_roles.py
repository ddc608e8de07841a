"""What arguments are for, by the names that people give them."""

import pytest

from bncheck.targets.native.prototypes import read as prototypes
from bncheck.targets.native.roles import family, read


def reading(arguments, name="bn"):
    (prototype,) = prototypes(f"void {name}({arguments});")
    return read(prototype)


def roles(arguments, name="bn"):
    return {argument.name: role for argument, role in reading(arguments, name).roles.items()}


@pytest.mark.parametrize(
    "names",
    [
        "x gamma beta y",
        "input weight bias output",
        "in scale shift out",
        "x_ptr w b dst",
        "src gain offset dst",
        "X Gamma Beta Y",
    ],
)
@pytest.mark.parametrize("const", ["const ", ""])
def test_a_forward_pass(names, const):
    x, gamma, beta, y = names.split()
    text = f"{const}float *{x}, {const}float *{gamma}, {const}float *{beta}, float *{y}"

    assert roles(text) == {x: "x", gamma: "gamma", beta: "beta", y: "y"}


@pytest.mark.parametrize(
    "names",
    [
        "dy x gamma dx dgamma dbeta",
        "grad_output input weight grad_input grad_weight grad_bias",
        "dout in scale din dscale dshift",
        "gy x w gx dw db",
    ],
)
def test_a_backward_pass(names):
    dy, x, gamma, dx, dgamma, dbeta = names.split()
    text = f"const float *{dy}, const float *{x}, const float *{gamma}, "
    text += f"float *{dx}, float *{dgamma}, float *{dbeta}"

    expected = {dy: "dy", x: "x", gamma: "gamma", dx: "dx", dgamma: "dgamma", dbeta: "dbeta"}
    assert roles(text) == expected


def test_a_name_with_two_meanings_is_what_nothing_else_is():
    assert roles("const float *g, float *y")["g"] == "gamma"
    assert roles("const float *gamma, const float *g, float *dx")["g"] == "dy"


def test_numbers():
    text = "int n, size_t channels, int64_t HW, float epsilon, double momentum, bool is_training"

    assert list(roles(text).values()) == ["n", "c", "hw", "eps", "momentum", "training"]
    assert roles("int use_global_stats") == {"use_global_stats": "inference"}


def test_mean_and_var_are_running_statistics_where_they_can_be_nothing_else():
    both = "const float *mean, const float *var"
    running = {"mean": "running_mean", "var": "running_var"}

    assert roles(both) == running  # in inference
    assert roles("float *mean, float *var, float momentum") == {**running, "momentum": "momentum"}
    assert roles("const float *x, float *mean, float *var") == {"x": "x"}  # they are saved
    assert roles("float *mean, float *var", "bn_eval") == running
    assert roles(f"const float *dy, {both}") == {"dy": "dy"}
    assert roles(f"const float *dy, {both}", "bn_eval_backward") == {"dy": "dy", **running}
    assert "mean" not in roles(f"{both}, float *running_mean, float *running_var")


def test_running_statistics_into_new_arrays():
    text = "const float *running_mean, float *new_running_mean, float *running_mean_out"

    assert roles(text) == {
        "running_mean": "running_mean",
        "new_running_mean": "new_running_mean",
        "running_mean_out": "new_running_mean",
    }


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("save_mean", "mean"),
        ("batch_mean", "mean"),
        ("mu", "mean"),
        ("saved_var", "var"),
        ("save_invstd", "inv"),
        ("inv_std", "inv"),
        ("rstd", "inv"),
        ("x_hat", "xhat"),
        ("saved", ""),
        ("t1", ""),
    ],
)
def test_statistics(name, known):
    assert family(name) == known


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("float *workspace", "float *workspace is scratch space, and how much it needs cannot be"),
        ("void *tmp", "void *tmp is scratch space"),
        ("void *x", "void *x does not point to floating-point numbers"),
        ("const int64_t *shape", "const int64_t *shape does not point to floating-point numbers"),
        ("int mode", "what int mode is cannot be told"),
        ("int flags", "what int flags is cannot be told"),
        ("float alpha2", "what float alpha2 is cannot be told"),
        ("half eps", "half eps is no number that can be handed over; take a float"),
    ],
)
def test_what_cannot_be_told(argument, told):
    (why,) = reading(argument).why

    assert why.startswith(told)


def test_mean_and_var_where_nothing_is_const():
    (why,) = reading("float *x, float *y, float *mean, float *var").why

    assert why == (
        "whether float *mean and float *var are read or written cannot be told; "
        "write const before what is only read"
    )


def test_names_for_inference():
    assert reading("float *y", "bn_infer").infers
    assert reading("float *y", "batchNormInference").infers
    assert not reading("float *y", "bn_latest").infers
