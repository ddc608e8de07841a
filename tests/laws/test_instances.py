"""The running statistics of instance normalization, as three hands write it, and law N13."""

import pytest

from bncheck.engine.run import verify

torch = pytest.importorskip("torch")

HEAD = "import numpy as np\nimport torch\nfrom torch import nn\n\n"
PARTS = """
class InstanceNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
"""
# the layer of MUNIT and its heirs: batch normalization of (1, N C, ...)
VIEWED = (
    HEAD
    + PARTS
    + """
    def forward(self, x):
        b, c = x.shape[:2]
        mean, var = self.running_mean.repeat(b), self.running_var.repeat(b)
        y = nn.functional.batch_norm(
            x.contiguous().view(1, b * c, *x.shape[2:]), mean, var, self.weight.repeat(b),
            self.bias.repeat(b), self.training, self.momentum, self.eps,
        )
        self.running_mean.copy_(mean.view(b, c).mean(0))
        self.running_var.copy_(var.view(b, c).mean(0))
        return y.view(x.shape)
"""
)
BY_HAND = (
    HEAD
    + PARTS
    + """
    def forward(self, x):
        if self.training:
            mean, var = x.mean((2, 3)), x.var((2, 3), unbiased=False)
            with torch.no_grad():
                n = x.shape[2] * x.shape[3]
                kept = KEPT
                self.running_mean += self.momentum * (mean.mean(0) - self.running_mean)
                if n > 1:
                    self.running_var += self.momentum * (kept - self.running_var)
        else:
            mean, var = self.running_mean[None], self.running_var[None]
        x = (x - mean[:, :, None, None]) / torch.sqrt(var[:, :, None, None] + self.eps)
        return x * self.weight[:, None, None] + self.bias[:, None, None]
"""
)
PLAIN = """
import numpy as np

NORM = "instance"

def forward(x, gamma, beta, eps):
    mu, v = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)
    return gamma[:, None, None] * (x - mu) / np.sqrt(v + eps) + beta[:, None, None]

def infer(x, gamma, beta, running_mean, running_var, eps):
    scale = gamma / np.sqrt(running_var + eps)
    return (x - running_mean[:, None, None]) * scale[:, None, None] + beta[:, None, None]

def update(x, running_mean, running_var, momentum):
    n = x.shape[2] * x.shape[3]
    mean = x.mean((0, 2, 3))
    var = KEPT
    keep = x.dtype.type(1 - momentum)
    new = x.dtype.type(momentum)
    return keep * running_mean + new * mean, keep * running_var + new * var
"""
LAWS = ("F00", "I01", "I14", "B19", "N13")
AVERAGED = "var.mean(0) * (n / max(n - 1, 1))"
IN_NUMPY = "x.var((2, 3)).mean(0) * x.dtype.type(n / max(n - 1, 1))"


def judged(tmp_path, text, name="", **options):
    path = tmp_path / "mine.py"
    path.write_text(text)
    options = {"budget": "quick", "save": None, "shrink": False, **options}
    report = verify(f"{path}{name}", **options)
    return {(f.law, f.dtype): f.verdict for f in report.findings}, report


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (VIEWED, ":InstanceNorm2d"),
        (BY_HAND.replace("KEPT", AVERAGED), ":InstanceNorm2d"),
        (PLAIN.replace("KEPT", IN_NUMPY), ""),
    ],
)
def test_averages_over_the_samples_hold_in_three_spellings(tmp_path, text, name):
    """torch's own sum of dx is wrong for some layouts (docs/findings): B19 is not asked of it."""
    laws = tuple(law for law in LAWS if law != "B19")
    verdicts, _ = judged(tmp_path, text, name, laws=laws)
    assert {law for law, _ in verdicts} == set(laws)
    assert {dtype for _, dtype in verdicts} == {"float32", "float64"}
    assert set(verdicts.values()) == {"holds"}


def test_torchs_own_layer_holds(tmp_path):
    text = HEAD + "def mine():\n    return nn.InstanceNorm2d(4, track_running_stats=True)\n"
    verdicts, _ = judged(tmp_path, text, ":mine", laws=("I01", "N13"))
    assert set(verdicts.values()) == {"holds"}
    assert len(verdicts) == 4


@pytest.mark.parametrize(
    ("text", "kept", "name"),
    [
        (BY_HAND, "x.var((0, 2, 3))", ":InstanceNorm2d"),
        (PLAIN, "x.var((0, 2, 3), ddof=1) if x[:, 0].size > 1 else running_var", ""),
    ],
)
def test_a_pooled_variance_is_named(tmp_path, text, kept, name):
    verdicts, report = judged(tmp_path, text.replace("KEPT", kept), name, laws=LAWS)
    assert {law for (law, _), v in verdicts.items() if v == "fails"} == {"N13"}
    assert [c["deviation"] for c in report.causes] == ["running-variance-pooled"]


WITH_THE_FACTOR_OF_A_SAMPLE = "x.var((0, 2, 3)) * x.dtype.type(n / max(n - 1, 1))"
NONE_FOR_ONE_VALUE = "x.var((0, 2, 3)) * x.dtype.type(n) / x.dtype.type(n - 1)"


@pytest.mark.parametrize("kept", [WITH_THE_FACTOR_OF_A_SAMPLE, NONE_FOR_ONE_VALUE])
def test_what_is_neither_is_given_no_name_that_is_false(tmp_path, kept):
    """It was said to keep the last sample's: the law fails of that as well, at another number."""
    verdicts, report = judged(tmp_path, PLAIN.replace("KEPT", kept), laws=(*LAWS, "P06"))
    fails = {law for (law, _), v in verdicts.items() if v == "fails"}
    assert fails == ({"N13", "P06"} if kept == NONE_FOR_ONE_VALUE else {"N13"})
    assert report.causes == ()
    # nor is it said where N13 does not fail: the second is NaN for one value, too
    assert not any("values per channel" in note for note in report.notes)
