"""Code printed from proved expressions: regenerated, decided, and run in each language."""

import ctypes
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import bncheck
from bncheck.symbolic.normal import equal
from bncheck.symbolic.printers import c
from bncheck.symbolic.printers.module import module
from bncheck.symbolic.programs import PROGRAMS
from bncheck.truth import derived

RNG = np.random.default_rng(0)
M = 7
X, DY, WEIGHTS = (RNG.standard_normal((M, 3)) for _ in range(3))
GAMMA, BETA = RNG.standard_normal(3), RNG.standard_normal(3)
CENTERED = X - X.mean(0)
W = (CENTERED**2).mean(0) + 0.1


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_each_result_is_what_was_proved(program):
    assert program.means
    for name, meaning in program.means.items():
        assert equal(program.result(name), meaning)


def test_derived_is_what_is_printed():
    # to print again: bncheck derive --format numpy --output bncheck/truth/derived.py
    source = (Path(bncheck.__file__).parent / "truth" / "derived.py").read_text(encoding="utf-8")
    assert source == module("numpy")


def run(namespace, convert):
    arrays = {"c": CENTERED, "w": W, "g": GAMMA, "b": BETA, "dy": DY, "v": WEIGHTS}
    a = {name: convert(value) for name, value in arrays.items()}
    return [
        *namespace["forward"](a["c"], a["w"], a["g"], a["b"]),
        *namespace["backward"](a["c"], a["w"], a["g"], a["dy"]),
        *namespace["inference_backward"](a["c"], a["w"], a["g"], a["dy"]),
        namespace["jvp"](a["c"], a["w"], a["g"], a["dy"]),
        *namespace["double_backward"](a["c"], a["w"], a["g"], a["dy"], a["v"]),
    ]


@pytest.mark.parametrize("language", ["torch", "jax"])
def test_other_array_languages_compute_the_same(language):
    library = pytest.importorskip(language)
    jax = language == "jax"
    convert = library.numpy.asarray if jax else library.tensor
    namespace = {}
    exec(compile(module(language), language, "exec"), namespace)  # our own text
    expected = run(vars(derived), np.asarray)
    # for this test alone: others look at what a function does without it
    with library.enable_x64(True) if jax else nullcontext():
        found = run(namespace, convert)
    for got, wanted in zip(found, expected, strict=True):
        # the same operations in the same order; only the sums of 7 terms may be ordered otherwise
        assert np.abs(np.asarray(got) - wanted).max() <= 64 * np.finfo(float).eps


def test_c_compiles_without_a_warning_and_computes_the_same(tmp_path):
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    source, library = tmp_path / "bn.c", tmp_path / "bn.so"
    source.write_text(c.module(PROGRAMS))
    flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(source), "-o", str(library), "-lm"], check=True)
    functions = ctypes.CDLL(str(library))
    for channel in range(3):
        centered, dy = (np.ascontiguousarray(v[:, channel]) for v in (CENTERED, DY))
        xhat, bracket, dx = (np.empty(M) for _ in range(3))
        scalars = {name: ctypes.c_double() for name in ("dbeta", "dgamma", "dy_mean", "q")}
        pointers = [ctypes.byref(v) for v in scalars.values()]
        functions.bn_backward(
            ctypes.c_long(M),
            centered.ctypes,
            ctypes.c_double(W[channel]),
            ctypes.c_double(GAMMA[channel]),
            dy.ctypes,
            xhat.ctypes,
            *pointers,
            bracket.ctypes,
            dx.ctypes,
        )
        expected = derived.backward(CENTERED, W, GAMMA, DY)
        assert np.abs(dx - expected.dx[:, channel]).max() <= 64 * np.finfo(float).eps
        assert abs(scalars["dgamma"].value - expected.dgamma[channel]) <= 64 * np.finfo(float).eps
