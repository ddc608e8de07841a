"""Which prototype is which function, and what is said where that is not clear."""

import pytest
from golden_files import check

from bncheck.errors import TargetError
from bncheck.targets.native.prototypes import read
from bncheck.targets.native.sorting import plans

SIZES = "int64_t n, int64_t c, int64_t hw"
FORWARD = f"const float *x, const float *gamma, const float *beta, float *y, {SIZES}, float eps"
BACKWARD = (
    "const float *x, const float *dy, const float *gamma, float *dx, float *dgamma, float *dbeta, "
    + SIZES
)
RUNNING = "float *running_mean, float *running_var"
FROZEN = "const float *running_mean, const float *running_var"


def sorted_out(*arguments, raw="", layout="NCHW"):
    """Sort functions called a, b, ... or as the text says."""
    texts = [a if "(" in a else f"void {chr(97 + i)}({a})" for i, a in enumerate(arguments)]
    return plans(read(";".join(texts)), raw, layout)


def kinds(*arguments):
    (plan,) = sorted_out(*arguments).values()
    return {kind: call.prototype.name for kind, call in plan.calls.items()}


def test_each_is_what_its_arguments_say():
    assert kinds(FORWARD, BACKWARD) == {"forward": "a", "backward": "b"}
    assert kinds(f"{FORWARD}, {RUNNING}, float momentum") == {"forward": "a"}
    assert kinds(f"{FORWARD}, {FROZEN}") == {"infer": "a"}
    assert kinds(f"void bn_infer({FORWARD}, {RUNNING})") == {"infer": "bn_infer"}
    assert kinds(f"{FORWARD}, {FROZEN}, bool training") == {"forward": "a"}
    both = {"infer": "a", "forward": "b", "backward": "c", "infer_backward": "d"}
    frozen = f"{BACKWARD}, {FROZEN}, float eps"
    assert kinds(f"{FORWARD}, {FROZEN}", FORWARD, BACKWARD, frozen) == both
    update = f"const float *x, {RUNNING}, {SIZES}, float momentum"
    assert kinds(FORWARD, update) == {"forward": "a", "update": "b"}


def test_an_update_from_what_was_saved():
    plan = sorted_out(
        f"{FORWARD}, float *save_mean, float *save_var",
        f"{RUNNING}, const float *mean, const float *var, int c, float momentum",
    )["float32"]

    assert plan.calls["update"].roles[2:4] == ("saved:save_mean", "saved:save_var")
    assert plan.keeps


def test_one_function_for_both_modes():
    forward = f"{FORWARD}, {RUNNING}, float momentum, int training"
    plan = sorted_out(forward)["float32"]
    assert plan.infer is plan.forward
    assert plan.infer_backward is None

    plan = sorted_out(forward, f"{BACKWARD}, {FROZEN}, bool training")["float32"]
    assert plan.infer_backward is plan.calls["backward"]


def test_several_dtypes():
    found = sorted_out(
        FORWARD, FORWARD.replace("float", "double"), FORWARD.replace("float *", "half *")
    )

    assert list(found) == ["float32", "float64", "float16"]
    assert [plan.parameters for plan in found.values()] == list(found)


def test_parameters_in_float32():
    text = FORWARD.replace("float *x", "half *x").replace("float *y", "half *y")

    assert sorted_out(text)["float16"].parameters == "float32"


def test_sixteen_bits():
    text = FORWARD.replace("float *", "uint16_t *")

    assert list(sorted_out(text, raw="bfloat16")) == ["bfloat16"]


def test_what_is_written_to():
    saved = "float *save_mean"
    plan = sorted_out(
        f"{FORWARD}, {RUNNING}, float momentum, {saved}", f"{BACKWARD}, {saved}, float *y"
    )["float32"]

    forward = {"y", "running_mean", "running_var", "saved:save_mean"}
    assert plan.calls["forward"].writes == forward
    assert plan.calls["backward"].writes == {"dx", "dgamma", "dbeta"}


def without(*parts):
    text = FORWARD
    for part in parts:
        text = text.replace(f", {part}", "")
    return text


REFUSED = {
    "workspace": [f"{FORWARD}, void *workspace"],
    "an unknown number": [f"{FORWARD}, int flags"],
    "two unknown arguments": [f"{FORWARD}, int mode, const int *shape"],
    "in place": [without("float *y")],
    "no sizes": [without("int64_t n", "int64_t c", "int64_t hw")],
    "no channels": [without("int64_t c")],
    "no beta": [without("const float *beta")],
    "two of x": [f"{FORWARD}, const float *input"],
    "two forward passes": [FORWARD, FORWARD],
    "only backward": [BACKWARD],
    "inference and backward": [f"{FORWARD}, {FROZEN}", BACKWARD],
    "inference and update": [f"{FORWARD}, {FROZEN}", f"const float *x, {RUNNING}, {SIZES}"],
    "backward of no inference": [FORWARD, f"{BACKWARD}, {FROZEN}"],
    "rows and a plane": [FORWARD.replace("int64_t n", "int m")],
    "no function of these": ["int c"],
    "nothing saved": [FORWARD, f"{BACKWARD}, const float *mean, const float *inv"],
    "another thing saved": [
        f"{FORWARD}, float *mean, float *var",
        f"{BACKWARD}, const float *mean, const float *invstd",
    ],
    "saved in another type": [f"{FORWARD}, double *mean", f"{BACKWARD}, const float *mean"],
    "x and y": [FORWARD.replace("float *y", "double *y")],
    "gamma and beta": [FORWARD.replace("float *beta", "double *beta")],
    "wide parameters": [FORWARD.replace("float *gamma", "double *gamma")
                        .replace("float *beta", "double *beta")],
    "half parameters": [FORWARD, BACKWARD.replace("float *dgamma", "half *dgamma")
                        .replace("float *dbeta", "half *dbeta")
                        .replace("float *gamma", "half *gamma")],
    "sixteen bits": [FORWARD.replace("float *", "uint16_t *")],
    "half by value": [FORWARD.replace("float eps", "half eps")],
    "inference without statistics": [f"void bn_infer({FORWARD})"],
    "an update of nothing": [f"{RUNNING}, float momentum"],
}  # fmt: skip


def test_what_is_not_clear():
    told = []
    for name, arguments in REFUSED.items():
        with pytest.raises(TargetError) as caught:
            sorted_out(*arguments)
        assert len(str(caught.value).splitlines()) <= 5
        told.append(f"[{name}]\n{caught.value}\n")
    check("native-refused.txt", "\n".join(told))
