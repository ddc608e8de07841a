"""Constants that people build in are read off, whatever the spelling, and nothing else is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import spellings
from courts import asking, failures_of, subject_of
from street_truth import STREET

from bncheck.deviations import REFERENCE, implementation
from bncheck.deviations.deviation import in_half
from bncheck.diagnosis import diagnose
from bncheck.diagnosis.further import far_out
from bncheck.diagnosis.panel import GENERAL
from bncheck.engine.diagnosing import _measure
from bncheck.targets import adapt, load

LAWS = ("F00", "B01", "I01", "X51", "I03", "B19")


def diagnosed(target, dtype):
    cases = [
        *GENERAL[:2],
        far_out(130),
        replace(GENERAL[0], shape=(560, 2)),
        replace(GENERAL[0], shape=(1037, 1)),
    ]
    if 4 not in target.domain.ranks:
        cases = [case for case in cases if len(case.shape) == 2]
    failures = failures_of(target, LAWS, [replace(case, dtype=dtype) for case in cases])
    assert failures
    return diagnose(subject_of(target), failures, asking(target), _measure)


def named(told):
    assert all(cause.explains for cause in told.causes)
    return " ".join(cause.deviation for cause in told.causes)


# float64 is tried where rounding is what decides
SPELLED = (
    ("FilledWithMeans", "float32", "replaced by the mean of the others"),
    ("FilledWithTen", "float32", "NaN in x leaves y finite there"),
    ("FilledAndOffByEps", "float32", "adds eps to the standard deviation"),
    ("EpsMissingInDx", "float64", "in dx, and in no other gradient, eps is left out"),
    ("EpsOfInferenceDx", "float32", "in dx of inference, and in no other gradient, eps is 1e-06"),
    ("CutsInput", "float32", "values of x above 20 and below -20 are cut; the gradient does not"),
    ("CutsAboveInTraining", "float64", "values of gamma xhat above 1.25 are cut in training"),
    ("KeepsCutXhat", "float32", "above 5 and below -4 are cut; the backward pass has the cut xhat"),
    ("First500", "float64", "only the first 500 values count"),
    ("TailOf100", "float32", "the last m mod 100 values are left out"),
    ("PadsVariance", "float32", "to a multiple of 32, count in the squares of the variance"),
    ("PadsMean", "float64", "to a multiple of 4, count in the mean"),
    ("AddsVariances", "float32", "variances of chunks of 10 values are added up"),
    ("AveragesQuarters", "float32", "the variance is averaged over 4 parts of the batch"),
)


@pytest.mark.rows(6)
@pytest.mark.parametrize(("name", "dtype", "said"), SPELLED, ids=[s[0] for s in SPELLED])
def test_a_spelling_is_named_with_its_constant(name, dtype, said):
    cls = getattr(spellings, name)
    told = diagnosed(adapt(cls, name=name), dtype)
    assert named(told) == spellings.TRUE[cls]
    assert said in told.causes[0].text


NEAR = [cls for cls, true in spellings.TRUE.items() if not true and cls is not spellings.Plain]


@pytest.mark.parametrize("cls", NEAR, ids=lambda cls: cls.__name__)
def test_a_fault_that_is_near_gets_no_name(cls):
    assert named(diagnosed(adapt(cls, name=cls.__name__), "float32")) == ""


def test_a_right_layer_fails_nothing():
    target = adapt(spellings.Plain, name="Plain")
    for dtype in ("float32", "float64"):
        cases = [replace(case, dtype=dtype) for case in (*GENERAL, far_out(260))]
        assert failures_of(target, LAWS, cases) == []


STREETS = (
    ("functions/hides_nonfinite.py", "float32", "hides-nonfinite"),
    ("functions/eps_differs_in_backward.py", "float64", "eps-differs-in-backward"),
    ("mixed/torch_robust.py:RobustBatchNorm", "float32", "xhat-clipped"),
    ("mixed/np_big_tables.py:TableNorm", "float64", "drops-tail"),
    ("mixed/np_block_rows.py", "float32", "padding-counted"),
    ("mixed/np_chunk_merge.py:ChunkedBatchNorm", "float64", "merges-variances"),
)


@pytest.mark.parametrize(("name", "dtype", "cause"), STREETS, ids=[s[0] for s in STREETS])
def test_code_from_the_street_is_named(name, dtype, cause):
    if "torch" in name:
        pytest.importorskip("torch")
    loaded = load(str(STREET / name))
    assert named(diagnosed(adapt(loaded, name=name), dtype)) == cause


def test_sums_in_half_that_explain_some_failures_only_are_not_the_cause():
    """Their bound contradicts hardly anything: what is rounded early is named in their place."""

    def affine(p):
        early = p.xhat.astype(np.float16).astype(np.float32)
        return (p.gamma * early).astype(np.float16) + p.beta

    target = implementation(in_half(replace(REFERENCE, affine=affine)), "rounds early")
    target = replace(target, abilities=frozenset({"backward"}))
    cases = [replace(case, dtype="float16") for case in GENERAL]
    failures = failures_of(target, ("F00", "F02", "F12", "F24"), cases)
    assert failures
    subject = replace(subject_of(target), promised=frozenset())
    assert named(diagnose(subject, failures, asking(target), _measure)) == "xhat-through-half"
