"""The scripts in ``docs/findings/`` about JAX frameworks still show what they say.

A failure here may mean that a newer version is right: then the finding is history.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

FINDINGS = Path(__file__).parents[3] / "docs" / "findings"


def output(name):
    command = [sys.executable, str(FINDINGS / f"{name}.py"), "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def needs(framework):
    there = importlib.util.find_spec(framework) is not None
    marker = getattr(pytest.mark, framework)
    return [marker, pytest.mark.skipif(not there, reason=f"{framework} is not installed")]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        pytest.param("flax-one-pass-variance", [True, True, False, False], marks=needs("flax")),
        pytest.param("flax-norms-one-pass", [True] * 6 + [False] * 6, marks=needs("flax")),
        pytest.param("jax-standardize-one-pass", [True, True, False], marks=needs("jax")),
    ],
)
def test_far_from_zero_the_default_is_wrong_and_the_option_is_right(name, wrong):
    numbers = [re.search(r"error (\S+), float32 allows (\S+)$", line) for line in output(name)]
    assert [float(n[1]) > float(n[2]) for n in numbers] == wrong


@pytest.mark.haiku
def test_haiku_answers_nan():
    pytest.importorskip("haiku")
    lines = output("haiku-negative-variance")
    assert [line.split(":")[0] for line in lines] == ["eager", "jit"]
    for line in lines:
        assert int(re.search(r"(\d+) of 1024 outputs are NaN", line)[1]) >= 256


@pytest.mark.equinox
def test_equinox_shrinks_its_first_inferences():
    pytest.importorskip("equinox")
    lines = output("equinox-debiased-variance")
    for line in lines:
        number = r"\[([^\]]*)\]"
        found = re.search(f"std of y {number}, exact {number}, predicted {number}; .* (.*)$", line)
        got, exact, predicted = (list(map(float, found[i].split())) for i in (1, 2, 3))
        allowed = float(found[4])
        assert all(abs(g - p) <= allowed for g, p in zip(got, predicted, strict=True))
        assert all(abs(g - e) > allowed for g, e in zip(got, exact, strict=True))
    assert [line.split(" steps")[0] for line in lines] == ["after 1", "after 10", "after 100"]
