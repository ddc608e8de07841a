"""Kernels of many hands: the right ones hold, the wrong ones are told."""

import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
from command import bncheck as command
from compiled import KERNELS, kernel, library
from exact_batch import check_steps, close, exact_case
from golden_files import check

import bncheck
from bncheck.errors import TargetError, TargetRaised, UsageError

EXAMPLES = Path(__file__).parents[3] / "examples"
WRONG = """void bn(const float *x, const float *gamma, const float *beta, float *y, int64_t n,
                   int64_t c, int64_t hw, float eps);"""
LAST = """
    void bn_nhwc(double x[], double scale[], double shift[], double out[], double x_hat[],
                 double inv_std[], double moving_mean[], double moving_var[], size_t rows,
                 size_t channels, double eps, double decay, bool training);
    void bn_nhwc_grad(const double dout[], const double x_hat[], const double scale[],
                      const double inv_std[], double dx[], double dscale[], double dshift[],
                      size_t rows, size_t channels);"""
PLANES = """
    int bnForward(float *src, float *gain, float *offset, float *dst, int64_t b, int64_t c,
                  int64_t h, int64_t w, float eps);
    int bnBackward(float *dy, float *src, float *gain, float *dx, float *dgain, float *doffset,
                   int64_t b, int64_t c, int64_t h, int64_t w, float eps);"""
# one text for several types
SIMPLE = """\
#include <math.h>
#ifndef P
#define P T
#endif
void FORWARD(const T *x, const P *gamma, const P *beta, T *y, int n, int c, int hw EPS) {
    for (int k = 0; k < c; ++k) {
        double mean = 0, var = 0;
        for (int i = 0; i < n * hw; ++i) mean += x[(i / hw * c + k) * hw + i % hw];
        mean /= n * hw;
        for (int i = 0; i < n * hw; ++i) {
            const double d = x[(i / hw * c + k) * hw + i % hw] - mean;
            var += d * d;
        }
        const double inv = 1 / sqrt(var / (n * hw) + eps);
        for (int i = 0; i < n * hw; ++i) {
            const int p = (i / hw * c + k) * hw + i % hw;
            y[p] = (T)((x[p] - mean) * inv * gamma[k] + beta[k]);
        }
    }
}
"""


def running(folder):
    header = (KERNELS / "running.h").read_text(encoding="utf-8")
    return bncheck.from_ctypes(kernel("running", folder), header)


def channels_last(folder):
    return bncheck.from_ctypes(kernel("channels_last", folder), LAST, layout="NHWC")


def planes(folder):
    return bncheck.from_ctypes(kernel("planes", folder), PLANES)


def simple(folder, kind, *flags, eps=", float eps", name="bn", parameters=""):
    held = parameters or kind
    defined = [f"-DT={kind}", f"-DP={held}", f"-DFORWARD={name}", f"-DEPS={eps}", *flags]
    built = library(SIMPLE, folder, *defined, name=name)
    text = f"""void {name}(const {kind} *x, const {held} *gamma, const {held} *beta, {kind} *y,
                           int n, int c, int hw{eps});"""
    return built, text


# -- right ones ---------------------------------------------------------------------------------


def test_the_example_holds(tmp_path):
    shutil.copy(EXAMPLES / "float16_kernel.py", tmp_path)
    library(EXAMPLES / "float16_kernel.c", tmp_path)

    assert len((tmp_path / "float16_kernel.py").read_text().splitlines()) <= 12
    done = command("verify", "float16_kernel.py:bn", "--budget", "quick", folder=tmp_path)
    assert done.code == 0, done.out + done.err
    assert "float16; ranks 2, 3, 4, 5" in done.out


@pytest.mark.parametrize("made", [running, channels_last, planes])
def test_kernels_by_other_hands_hold(made, tmp_path):
    report = bncheck.verify(made(tmp_path), budget="quick", save=None)

    assert {(f.law, f.reason) for f in report.findings if f.verdict in ("fails", "error")} == set()
    assert report.exit_code == 0


def test_what_they_can_do(tmp_path):
    made = running(tmp_path)
    assert made.name == "librunning.so:batch_norm_train"
    assert made.origin.startswith(f"{__file__}:")
    assert made.abilities == {"backward", "eval", "running", "state_before_step"}
    assert made.domain == bncheck.Domain(dtypes=("float32",), strided=False)
    made = channels_last(tmp_path)
    assert made.domain.dtypes == ("float64",)
    assert made.convention.channel_axis == -1
    assert made.abilities == {"backward", "eval", "running", "state_before_step"}
    made = planes(tmp_path)
    assert made.domain.ranks == (2, 3, 4)
    assert made.abilities == {"backward"}


@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_steps_of_one_that_keeps_statistics(tmp_path, rank):
    layer = running(tmp_path).make(exact_case(rank, momentum=0.25))
    case = exact_case(rank, momentum=0.25)
    close(layer.train(case.x)[:, 0].reshape(-1), [2, 0, 2, 0])
    close(layer.state().mean, [0.75, 0])
    # the variance 1 becomes 4/3
    close(layer.state().var, np.array([0.75, 9.75]) + 1 / 3)
    before = layer.state()
    assert layer.eval(case.x).shape == case.x.shape
    assert (layer.state().var == before.var).all()


BOTH = """\
#include <math.h>
#include <stddef.h>
int bn(const float *x, const float *g, const float *b, float *y, float *rm, float *rv, size_t n,
       size_t c, size_t hw, float eps, float momentum, int is_test) {
    if (n == 0) return -1;
    for (size_t k = 0; k < c; ++k) {
        double m = 0, v = 0;
        for (size_t i = 0; i < n * hw; ++i) m += x[(i / hw * c + k) * hw + i % hw];
        m /= n * hw;
        for (size_t i = 0; i < n * hw; ++i) v += pow(x[(i / hw * c + k) * hw + i % hw] - m, 2);
        v /= n * hw;
        if (is_test) { m = rm[k]; v = rv[k]; }
        else {
            rm[k] += momentum * (m - rm[k]);
            rv[k] += momentum * (v * n * hw / (n * hw - 1) - rv[k]);
        }
        for (size_t i = 0; i < n * hw; ++i) {
            const size_t p = (i / hw * c + k) * hw + i % hw;
            y[p] = (float)((x[p] - m) / sqrt(v + eps) * g[k] + b[k]);
        }
    }
    return 0;
}
int bn_grad(const float *dy, const float *x, const float *g, const float *rm, const float *rv,
            float *dx, float *dg, float *db, size_t n, size_t c, size_t hw, float eps,
            int is_test) {
    for (size_t k = 0; k < c; ++k) {
        double m = 0, v = 0, sum = 0, dot = 0;
        for (size_t i = 0; i < n * hw; ++i) m += x[(i / hw * c + k) * hw + i % hw];
        m /= n * hw;
        for (size_t i = 0; i < n * hw; ++i) v += pow(x[(i / hw * c + k) * hw + i % hw] - m, 2);
        v /= n * hw;
        if (is_test) { m = rm[k]; v = rv[k]; }
        for (size_t i = 0; i < n * hw; ++i) {
            const size_t p = (i / hw * c + k) * hw + i % hw;
            sum += dy[p];
            dot += dy[p] * (x[p] - m) / sqrt(v + eps);
        }
        for (size_t i = 0; i < n * hw; ++i) {
            const size_t p = (i / hw * c + k) * hw + i % hw;
            const double xhat = (x[p] - m) / sqrt(v + eps);
            const double away = is_test ? 0 : (sum + xhat * dot) / (n * hw);
            dx[p] = (float)(g[k] / sqrt(v + eps) * (dy[p] - away));
        }
        dg[k] = (float)dot;
        db[k] = (float)sum;
    }
    return 0;
}
"""


def test_one_function_for_both_modes_and_its_gradients(tmp_path):
    heads = [part.partition(" {")[0] for part in BOTH.split("\nint ")[1:]]
    text = "".join(f"int {head};" for head in heads)
    made = bncheck.from_ctypes(library(BOTH, tmp_path), text)

    assert made.abilities >= {"eval", "eval_backward", "running", "backward"}
    # momentum 1/4 weighs the new; the variance 1 becomes 4/3
    check_steps(made, exact_case(4, momentum=0.25), [0.75, 0], np.array([0.75, 9.75]) + 1 / 3)


def test_parameters_in_float32(tmp_path):
    built, text = simple(tmp_path, "_Float16", parameters="float")
    made = bncheck.from_ctypes(built, text)

    assert made.convention.parameters == "float32"
    report = bncheck.verify(made, budget="quick", save=None, laws=["F00", "P0*"])
    assert report.exit_code == 0
    assert {f.dtype for f in report.findings} == {"float16"}


def test_several_types_in_one_library(tmp_path):
    one = "\n".join(
        f"#define T {kind}\n#define P T\n#define FORWARD bn_{kind}\n#define EPS , float eps\n"
        + SIMPLE.replace("#ifndef P\n#define P T\n#endif\n", "")
        + "#undef T\n#undef P\n#undef FORWARD\n#undef EPS\n"
        for kind in ("float", "double")
    )
    built = library(one, tmp_path)
    text = "".join(
        f"void bn_{kind}(const {kind} *x, const {kind} *gamma, const {kind} *beta, {kind} *y, "
        "int n, int c, int hw, float eps);"
        for kind in ("float", "double")
    )

    assert bncheck.from_ctypes(built, text).domain.dtypes == ("float32", "float64")
    made = bncheck.from_ctypes(built, text, dtypes=["float64"])
    assert made.domain.dtypes == ("float64",)
    with pytest.raises(UsageError, match=r"dtype='float32', but libkernel\.so takes float64"):
        made.make(exact_case(2))
    with pytest.raises(TargetError, match="has 'float16', but the prototypes are for float32 and"):
        bncheck.from_ctypes(built, text, dtypes=["float16"])


def test_sixteen_bits_are_what_is_said(tmp_path):
    source = """
        #include <stdint.h>
        void bn(const uint16_t *x, uint16_t *y, int n, int c, float eps) {
            (void)eps;
            for (int i = 0; i < n * c; ++i) y[i] = x[i];
        }"""
    text = "void bn(const uint16_t *x, uint16_t *y, int n, int c, float eps);"
    built = library(source, tmp_path)
    made = bncheck.from_ctypes(built, text, dtypes=["bfloat16"])

    assert made.domain == bncheck.Domain(
        ranks=(2,), dtypes=("bfloat16",), affine=False, strided=False
    )
    case = exact_case(2, "bfloat16")
    y = made.make(case).train(case.x)
    assert y.dtype == case.x.dtype
    assert (y == case.x).all()


def test_eps_and_momentum_that_are_built_in(tmp_path):
    built, text = simple(tmp_path, "float", "-Deps=1e-3f", eps="")

    assert bncheck.from_ctypes(built, text).domain.fixed_eps == 1e-3
    built, text = simple(tmp_path, "_Float16", "-Deps=1e-3f", eps="")
    with pytest.raises(TargetError) as caught:
        bncheck.from_ctypes(built, text)
    assert str(caught.value) == (
        "bn takes no eps, and which it has could not be measured; add an argument float eps"
    )


# -- wrong ones ---------------------------------------------------------------------------------


def wrong(folder, flag):
    built = kernel("wrong", folder, f"-D{flag}").rename(folder / f"lib{flag}.so")
    return bncheck.from_ctypes(built, WRONG)


def test_what_a_wrong_kernel_is_told(tmp_path):
    case = exact_case(4)
    # five values in a row, so that pairs and fours do not fit
    case = bncheck.Case(**{**vars(case), "x": np.repeat(case.x[..., :1] + 2, 5, -1)})
    case.x.flags.writeable = False
    told = []
    for flag in ("PAIRS", "FOURS", "IN_PLACE"):
        with pytest.raises(TargetRaised) as caught:
            wrong(tmp_path, flag).make(case).train(case.x)
        told.append(f"[{flag}]\n{caught.value.kind}: {caught.value}\n")
    check("native-wrong.txt", "\n".join(told))


@pytest.mark.parametrize(
    ("flag", "law", "verdict", "said"),
    [
        ("PAIRS", "P07", "error", "raised OutOfBounds: bn wrote to y["),
        ("FOURS", "P07", "error", "raised Unwritten: bn did not write"),
        ("IN_PLACE", "P01", "fails", "x was written to"),
        ("EPS_OUTSIDE", "F00", "fails", "eps-outside-root"),
    ],
    ids=["PAIRS", "FOURS", "IN_PLACE", "EPS_OUTSIDE"],
)
def test_laws_see_a_wrong_kernel(tmp_path, flag, law, verdict, said):
    report = bncheck.verify(wrong(tmp_path, flag), budget="quick", save=None, laws=[law])

    (finding,) = report.findings
    assert report.exit_code == 1
    assert finding.verdict == verdict
    assert said in " ".join((finding.reason, finding.case.what, *finding.causes))


def test_the_example_with_xhat_rounded_too_early(tmp_path):
    right = (EXAMPLES / "float16_kernel.c").read_text(encoding="utf-8")
    place = "const float xhat = ((float)x[p] - mean) * invstd;"
    assert right.count(place) == 1
    early = right.replace(place, "const half xhat = (half)(((float)x[p] - mean) * invstd);")
    library(early, tmp_path, name="float16_kernel")
    shutil.copy(EXAMPLES / "float16_kernel.py", tmp_path)

    report = bncheck.verify(
        f"{tmp_path}/float16_kernel.py:bn", budget="quick", save=None, laws=["F00"]
    )
    (finding,) = report.findings
    assert finding.verdict == "fails"
    assert finding.causes == ("xhat-through-half",)


def test_an_input_that_is_written_to_is_so_where_laws_look(tmp_path):
    made = bncheck.from_ctypes(kernel("wrong", tmp_path, "-DIN_PLACE"), WRONG)
    case = exact_case(4)
    case.x[...] += 2
    made.make(case).train(case.x)
    assert (case.x == exact_case(4).x).all()
    case.x[...] += 2
    case.x.flags.writeable = False
    with pytest.raises(TargetRaised, match=r"bn wrote to x\[0\], which it should only read"):
        made.make(case).train(case.x)


def test_a_status_is_an_error(tmp_path):
    case = exact_case(2)
    case = bncheck.Case(**{**vars(case), "x": case.x[:0], "dy": case.dy[:0]})
    layer = planes(tmp_path).make(case)

    with pytest.raises(TargetRaised) as caught:
        layer.train(case.x)
    assert caught.value.kind == "Status"
    assert str(caught.value) == (
        "bnForward returned 22 for x of shape (0, 2); 0 is taken for success"
    )


def test_what_is_saved_may_be_larger_than_was_guessed(tmp_path):
    source = """
        void bn(const float *x, float *y, float *kept, int n, int c, float eps) {
            for (int i = 0; i < n * c; ++i) y[i] = kept[i] = x[i] + eps;
        }"""
    text = "void bn(const float *x, float *y, float *kept, int n, int c, float eps);"
    case = bncheck.Case(**{**vars(exact_case(2)), "x": np.ones((4096, 2), np.float32)})
    built = library(source, tmp_path)

    with pytest.raises(TargetRaised) as caught:
        bncheck.from_ctypes(built, text).make(case).train(case.x)
    assert str(caught.value) == (
        "bn wrote to kept[2], but kept has 2 values, one for each channel; "
        "what has as many as x should be called xhat"
    )
    text = text.replace("kept", "x_hat")
    assert (bncheck.from_ctypes(built, text).make(case).train(case.x) > 1).all()


def test_one_value_that_is_not_answered_is_nan_and_no_refusal(tmp_path):
    source = WRONG.partition(";")[0] + "{ if (!x + !gamma + !beta + n * c * hw + eps < 0) *y = 0; }"
    made = bncheck.from_ctypes(library("#include <stdint.h>\n" + source, tmp_path), WRONG)
    case = exact_case(2)

    assert np.isnan(made.make(case).train(case.x[:1])).all()
    with pytest.raises(TargetRaised, match="bn did not write 8 of the 8 values of y"):
        made.make(case).train(case.x)


def test_options_that_are_none(tmp_path):
    built = kernel("planes", tmp_path)
    for options, told in (
        ({"layout": "CHW"}, "layout='CHW', but should be"),
        ({"dtypes": ["int8"]}, r"dtypes=\['int8'\], but each should be one of float16"),
        ({"convention": {"momentum": "new"}}, "convention has the unknown key 'momentum'"),
    ):
        with pytest.raises(UsageError, match=told):
            bncheck.from_ctypes(built, PLANES, **options)


def test_promises(tmp_path):
    built = kernel("planes", tmp_path)
    made = bncheck.from_ctypes(built, PLANES, convention={"ranks": [4], "one_value": "beta"})

    assert made.domain.ranks == (4,)
    assert made.convention.one_value == "beta"
    with pytest.raises(TargetError, match=r"ranks=\(5,\), but the sizes are for ranks 2, 3, 4"):
        bncheck.from_ctypes(built, PLANES, convention={"ranks": [5]})


IN_FILE = """
import bncheck
CONVENTION = {{"ranks": [2], "channels_multiple_of": 4}}
made = bncheck.from_ctypes({path!r}, {text!r})
given = bncheck.from_ctypes({path!r}, {text!r}, convention={{"channels_multiple_of": 8}})
"""


def test_the_convention_of_the_calling_file_counts(tmp_path):
    path, text = str(kernel("running", tmp_path)), (KERNELS / "running.h").read_text("utf-8")
    (tmp_path / "kern.py").write_text(IN_FILE.format(path=path, text=text), "utf-8")
    names = runpy.run_path(str(tmp_path / "kern.py"))
    for name, multiple in (("made", 4), ("given", 8)):
        domain = names[name].domain
        assert (domain.ranks, domain.multiple) == ((2,), multiple)
