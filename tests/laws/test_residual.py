"""Laws N11 and N12: what is read of a sum, and gradients by both of its parts."""

import pytest
from residual_forms import form
from street_truth import STREET

from bncheck.cases import Recipe, Values, build
from bncheck.deviations import DEVIATIONS, REFERENCE, implementation
from bncheck.engine import verify
from bncheck.laws.residual import n12
from bncheck.model import NORMS
from bncheck.targets import adapt, load
from bncheck.trial.trial import Trial

DTYPES = ("float16", "bfloat16", "float32")


def judged(folder, text, dtypes=DTYPES, **more):
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    options = {"budget": "quick", "laws": ("N11",), "save": None, "shrink": False, **more}
    report = verify(str(path), dtypes=dtypes, **options)
    return {f.dtype: f.verdict for f in report.findings}, report


@pytest.mark.parametrize(
    ("norm", "read", "casts", "inside"),
    [
        ("layer", "wide", "last", "float32"),
        ("layer", "reread", "early", "float32"),
        ("layer", "rounded", "last", "float64"),
        ("rms", "wide", "early", "float64"),
        ("rms", "rounded", "early", "float32"),
        ("rms", "reread", "last", "float64"),
    ],
)
def test_where_nothing_is_promised_each_reading_holds(norm, read, casts, inside, tmp_path):
    found, report = judged(tmp_path, form(norm, read, casts=casts, inside=inside), seed=3)
    assert found == dict.fromkeys(DTYPES, "holds")
    assert "residual" not in report.promised


@pytest.mark.parametrize(
    ("promised", "read", "half", "single"),
    [
        ("wide", "wide", "holds", "holds"),
        ("wide", "rounded", "fails", "holds"),  # the arithmetic has no more bits than float32
        ("wide", "reread", "fails", "holds"),
        ("rounded", "rounded", "holds", "holds"),
        ("rounded", "wide", "fails", "holds"),
        ("rounded", "reread", "fails", "holds"),
    ],
)
def test_a_promise_is_enforced(promised, read, half, single, tmp_path):
    norm = "rms" if read == "wide" else "layer"
    text = form(norm, read, promised={"residual": promised})
    found, report = judged(tmp_path, text)
    assert found == {"float16": half, "bfloat16": half, "float32": single}
    assert report.promised["residual"] == promised
    assert report.observed["residual"].startswith(read if read != "reread" else "neither")


@pytest.mark.parametrize(("read", "verdict"), [("wide", "fails"), ("rounded", "holds")])
def test_in_float32_it_shows_where_the_arithmetic_is_promised_to_be_wider(read, verdict, tmp_path):
    promised = {"residual": "rounded", "accumulates": "float64"}
    text = form("layer", read, promised=promised, inside="float64")
    assert judged(tmp_path, text, ("float32",))[0] == {"float32": verdict}


@pytest.mark.parametrize("read", ["np.where(np.arange(s.shape[-1]) % 2, s, q)", "2 * q - s"])
def test_one_reading_is_meant_in_all_entries(read, tmp_path):
    found, _ = judged(tmp_path, form("rms", f"{read}, {read}"), ("bfloat16",))
    assert found == {"bfloat16": "fails"}


AUTOGRAD = """import torch

NORM = "rms"
CONVENTION = {"dtypes": ("float16", "bfloat16", "float32", "float64")}


def rms_norm(x, weight, eps=1e-6):
    wide = x if x.dtype == torch.float64 else x.float()
    y = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + eps)
    return (y * weight.to(wide.dtype)).to(x.dtype)


def fused_add_rms_norm(x, residual, weight, eps=1e-6):
    total = x + residual
    return rms_norm(total, weight, eps), total
"""
LOST = AUTOGRAD.replace("total = x + residual", "total = x + residual.detach()")
CUT = AUTOGRAD.replace("weight, eps), total", "weight, eps), total.detach()")
MIXED = AUTOGRAD.replace("return rms_norm(total,", "return rms_norm(_Mixed.apply(total),").replace(
    "def fused",
    """class _Mixed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a.clone()

    @staticmethod
    def backward(ctx, g):
        return 2 * g


def fused""",
)


@pytest.mark.parametrize(
    ("text", "verdict", "causes"),
    [
        (AUTOGRAD, "holds", []),
        (LOST, "fails", ["residual-gradient-missing"]),
        (CUT, "fails", ["sum-cotangent-ignored"]),
        (MIXED, "fails", []),
    ],
    ids=["right", "no gradient", "sum cut off", "twice"],
)
def test_gradients_by_automatic_differentiation_are_judged_and_named(
    text, verdict, causes, tmp_path
):
    pytest.importorskip("torch", reason="needs torch")
    _, report = judged(tmp_path, text, ("bfloat16", "float32"), laws=("F00", "N12"))
    assert [f.verdict for f in report.findings if f.law == "F00"] == ["holds"] * 2
    assert [f.verdict for f in report.findings if f.law == "N12"] == [verdict] * 2
    assert [cause["deviation"] for cause in report.causes] == causes


IN_JAX = """import jax
import jax.numpy as jnp

NORM = "rms"


def forward(x, gamma, eps):
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + eps) * gamma


def forward_residual(x, residual, gamma, eps):
    total = x + residual
    return forward(total, gamma, eps), total
"""


@pytest.mark.parametrize(
    ("sum_", "right"),
    [("x + residual", True), ("x + jax.lax.stop_gradient(residual)", False)],
)
def test_gradients_of_a_function_of_jax_are_judged(sum_, right, tmp_path):
    """On one case: whole runs compile for every shape."""
    pytest.importorskip("jax", reason="needs JAX")
    (tmp_path / "mine.py").write_text(IN_JAX.replace("x + residual", sum_), encoding="utf-8")
    made = adapt(load(str(tmp_path / "mine.py")), name="mine")
    assert {"residual", "residual_backward"} <= made.abilities
    values = Values((3, -1, 7, 2, 0, -6, 5), "noise")
    recipe = Recipe(shape=(5, 3), x=values, dy=Values((2, -3, 5), "noise"), gamma=(1.5, -2.0))
    trial = Trial(build(recipe, NORMS["rms"]), made, made.convention)
    found = list(n12.measure(trial))
    assert found
    assert all(r.error <= r.bound for r in found) == right


BY_HAND = """import numpy as np

NORM = "rms"


def forward(x, gamma, eps):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gamma


def forward_residual(x, residual, gamma, eps):
    return forward(x + residual, gamma, eps), x + residual


def backward_residual(dy, dsum, x, residual, gamma, eps):
    raise AssertionError
"""


def test_a_backward_pass_by_hand_is_told_to_be_not_called(tmp_path):
    _, report = judged(tmp_path, BY_HAND, ("float32",), laws=("F00", "N11", "N12"))
    verdicts = {f.law: f.verdict for f in report.findings}
    assert verdicts == {"F00": "holds", "N11": "holds", "N12": "skipped"}
    told = "backward_residual: written by hand, for a residual form: not called"
    assert told in report.untried


@pytest.mark.parametrize(
    ("name", "laws"),
    [
        ("AddRMSNorm", set()),
        ("FusedAddRMSNorm", set()),
        ("LostAddRMSNorm", {"N12"}),
        ("StaleAddRMSNorm", {"N11", "N12"}),
    ],
)
def test_modules_are_given_a_residual_of_its_own(name, laws):
    pytest.importorskip("torch", reason="needs torch")
    target = f"{STREET / 'norms' / 'fused_residual.py'}:{name}"
    options = {"budget": "quick", "laws": ("N11", "N12"), "save": None, "shrink": False}
    report = verify(target, dtypes=("float32",), diagnose=False, **options)
    assert {f.law for f in report.findings if f.verdict == "fails"} == laws
    assert {f.law for f in report.findings} == {"N11", "N12"}
    assert not [told for told in report.untried if "residual" in told]


KERNEL = """import torch
from torch import nn


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden, residual, weight, eps):
        total = hidden + residual
        inv = (total.pow(2).mean(-1, keepdim=True) + eps) ** -0.5
        ctx.save_for_backward(total, inv, weight)
        return weight * (total * inv), {handed}

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad, grad_sum):
        total, inv, weight = ctx.saved_tensors
        g = grad * weight
        dx = inv * g - total * inv**3 * (g * total).mean(-1, keepdim=True) + grad_sum
        return dx, {by_residual}, (grad * total * inv).sum(0), None


class FusedRMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.eps = eps

    def forward(self, hidden_states, residual):
        return _Fused.apply(hidden_states, residual, self.weight, self.eps)
"""
LLAMA = """import torch
from torch import nn


class LayerNormResidual(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.norm = nn.LayerNorm(normalized_shape, eps=eps)

    def forward(self, x, residual):
        total = x + {read}
        return self.norm(total), {handed}
"""
MISSING, AS_IT_WAS = ["residual-gradient-missing"], ["residual-handed-back-as-it-was"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("text", "causes"),
    [
        (KERNEL.format(handed="total", by_residual="torch.zeros_like(dx)"), MISSING),
        (KERNEL.format(handed="total", by_residual="dx / 2"), []),
        (KERNEL.format(handed="residual.clone()", by_residual="dx"), AS_IT_WAS),
        (KERNEL.format(handed="hidden.clone()", by_residual="dx"), []),
        (LLAMA.format(read="residual.detach()", handed="total"), MISSING),
        (LLAMA.format(read="residual", handed="residual"), AS_IT_WAS),
    ],
    ids=["kernel, none", "half", "kernel, stale", "the other", "detached", "stale"],
)
def test_what_a_module_loses_of_its_residual_is_named(text, causes, dtype, tmp_path):
    pytest.importorskip("torch", reason="needs torch")
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    name = "FusedRMSNorm" if "FusedRMSNorm" in text else "LayerNormResidual"
    laws = ("F00", "B01", "P07", "N11", "N12")
    options = {"budget": "quick", "laws": laws, "save": None, "shrink": False}
    report = verify(f"{tmp_path / 'mine.py'}:{name}", dtypes=(dtype,), **options)
    assert not report.ok
    assert [cause["deviation"] for cause in report.causes] == causes


@pytest.mark.parametrize("norm", ["layer", "rms"])
def test_a_cotangent_that_goes_through_the_normalization_fails(norm):
    changes = {d.name: d.change for d in DEVIATIONS}
    rules = changes["sum-cotangent-normalized"](REFERENCE)
    made = implementation(rules, "mine", None, NORMS[norm])
    report = verify(made, budget="quick", laws=("N12",), dtypes=("float32",), save=None)
    assert [f.verdict for f in report.findings] == ["fails"]
    assert [cause["deviation"] for cause in report.causes] == ["sum-cotangent-normalized"]
