"""Statistics over other axes are told as what they are, and so is what is averaged in of them."""

from dataclasses import replace

import pytest
from courts import asking, failures_of, subject_of
from street_truth import STREET

from bncheck.diagnosis import diagnose
from bncheck.diagnosis.panel import GENERAL
from bncheck.engine.diagnosing import _measure
from bncheck.targets import adapt, load

LAWS = ("F00", "B01", "I01", "I03", "X51")

TOLD = (
    (
        "strangers/shared_variance.py",
        ("the variance is averaged over the whole batch, all channels",),
    ),
    (
        "strangers/four_d_last_axis.py:BatchNorm2d",
        ("mean and variance are taken over all axes but the last", "gradient is that of this"),
    ),
    (
        "mixed/torch_image_norm.py:ImageBatchNorm",
        ("averaged over each sample's channel, about the mean over each sample's channel",),
    ),
    (
        "strangers/batch_stats_when_testing.py:BatchNorm",
        ("in inference the variance is that of the batch, the mean the running one",),
    ),
    (
        "strangers/corrected_again_and_again.py:BN",
        ("in running variance the term old has the factor",),
    ),
)


# of the running statistics, these few cases show it in float64 only
RUNS = [
    pytest.param(name, said, dtype, id=f"{name}-{dtype}")
    for name, said in TOLD
    for dtype in ("float32", "float64")
    if dtype == "float64" or "corrected_again" not in name
]


@pytest.mark.parametrize(("name", "said", "dtype"), RUNS)
def test_a_statistic_over_other_axes_is_told(name, said, dtype):
    if name.startswith("mixed/torch") or "four_d" in name:
        pytest.importorskip("torch")
    target = adapt(load(str(STREET / name)), name=name)
    cases = [case for case in GENERAL if len(case.shape) in target.domain.ranks]
    cases = [replace(case, dtype=dtype) for case in cases[:6]]
    failures = failures_of(target, LAWS, cases)
    assert failures
    told = diagnose(subject_of(target), failures, asking(target), _measure)
    text = " ".join(cause.text for cause in told.causes)
    assert all(part in text for part in said), (text, told.notes)
