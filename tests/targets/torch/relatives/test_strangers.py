"""Modules of the relatives by other hands: right ones hold, wrong ones fail, as is written down."""

import re
import tomllib
from pathlib import Path

import pytest

from bncheck.engine import recognition, verify
from bncheck.errors import TargetError, UsageError
from bncheck.model import Domain
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

torch = pytest.importorskip("torch")

from measured import failures  # noqa: E402 # needs torch

NORMS = Path(__file__).parents[3] / "street" / "norms"
TRUTH = tomllib.loads((NORMS / "truth.toml").read_text(encoding="utf-8"))["target"]


def adapted(file):
    return adapt(load(str(NORMS / file)), name=file)


def test_the_truth_is_written_down_and_no_hand_knew_bncheck():
    files = {t["file"].partition(":")[0] for t in TRUTH}
    assert files == {path.name for path in NORMS.glob("*.py")}
    assert len([t for t in TRUTH if not t["right"]]) >= 12
    for path in NORMS.glob("*.py"):
        assert not re.search(r"^\s*(import|from) bncheck", path.read_text(encoding="utf-8"), re.M)


@pytest.mark.rows(9)
@pytest.mark.parametrize("target", TRUTH, ids=lambda t: t["file"])
def test_right_ones_hold_and_wrong_ones_fail(target):
    laws = tuple(target.get("laws", ("F00", "B01")))
    found = failures(str(NORMS / target["file"]), laws, most=120)
    if target["file"] == "beyond_a_block.py":
        # the drawn long rows repeat their numbers, so that a block is like the whole: only the
        # search, which a run has and a table has not, finds other ones
        assert not found
        found = not verify(str(NORMS / target["file"]), budget="quick", laws=laws, save=None).ok
    assert (not found) == target["right"]


NARROW = ("hf_llama.py", "hf_t5.py", "meta_llama.py")
# the casts that each of these has, taken out
CASTS = (".to(torch.float32)", ".float()")


@pytest.mark.parametrize("file", NARROW)
def test_in_float64_what_computes_in_float32_is_told_so(file):
    made = adapted(file)
    assert made.domain.dtypes == ("float32",)
    assert "float64: its answers have the precision of float32 there" in made.untried


@pytest.mark.rows(2)
@pytest.mark.parametrize("file", NARROW)
def test_without_its_casts_it_holds_in_float64(file, tmp_path):
    text = (NORMS / file).read_text(encoding="utf-8")
    for cast in CASTS:
        text = text.replace(cast, "")
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert "float64" in adapt(load(str(tmp_path / file)), name=file).domain.dtypes
    assert failures(str(tmp_path / file), dtype="float64", most=120) == set()


def test_what_they_are_is_told_by_names_and_answers():
    names = {
        "hf_llama.py": "rms",
        "hf_t5.py": "rms",  # its name says otherwise
        "convnext.py:images": "layer",
        "mean_square_for_variance.py": "layer",  # its answers are none's
        "group_by_hand.py": "group",
        "instance_by_hand.py": "instance",
        "kernelbench_36.py": "rms",
    }
    assert {file: adapted(file).domain.norm.name for file in names} == names


def test_what_is_fixed_is_told_and_kept():
    rows = adapted("convnext.py:images")
    assert rows.domain.held == (12, 0)
    assert any("12 values of a set" in said for said in rows.untried)
    groups = adapted("group_by_hand.py:made").domain
    assert (groups.held, groups.multiple) == ((2,), 3)
    assert groups.admits((2, 6, 3, 3))
    assert not groups.admits((3, 6, 3, 3))


SEVERAL_AXES = """
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.bias = nn.Parameter(torch.zeros(normalized_shape))

    def forward(self, x):
        over = tuple(range(-self.weight.dim(), 0))
        c = x - x.mean(over, keepdim=True)
        return c * torch.rsqrt((c * c).mean(over, keepdim=True) + 1e-5) * self.weight + self.bias


def get_inputs():
    return [torch.rand(4, 3, 2, 5)]


def get_init_inputs():
    return [(3, 2, 5)]
"""


def test_several_axes_are_told_by_the_shape_of_the_weight(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SEVERAL_AXES, encoding="utf-8")
    made = adapt(load(str(path)), name="mine")
    assert (made.domain.held, made.warnings) == ((3, 0, 2, 5), ())
    assert failures(str(path), laws=("F00", "B01"), most=40) == set()
    path.write_text(SEVERAL_AXES.replace("-self.weight.dim()", "-1"), encoding="utf-8")
    assert failures(str(path), laws=("F00",), most=40) == {"F00"}


def test_a_class_for_several_axes_that_was_given_one_is_told(tmp_path):
    path = tmp_path / "mine.py"
    alone = SEVERAL_AXES.partition("def get_inputs")[0]
    told = "normalized_shape of several axes: the class is given one number"
    path.write_text(alone, encoding="utf-8")
    assert told in adapt(load(str(path)), name="mine").untried
    path.write_text(alone.replace("normalized_shape", "dim"), encoding="utf-8")
    assert told.partition(":")[0] not in " ".join(adapt(load(str(path)), name="mine").untried)


def test_a_gain_of_one_plus_is_recognised_where_a_fresh_layer_has_gain_one():
    made = adapted("hf_gemma.py")
    assert made.domain.plus_one
    assert (made.convention.gain, made.measured) == ("one-plus", {"gain"})
    other = adapted("hf_llama.py")
    assert not other.domain.plus_one
    assert (other.convention.gain, other.measured) == (None, frozenset())


@pytest.mark.parametrize(
    ("file", "gain", "holds"),
    [
        ("hf_gemma.py", "one-plus", True),
        ("hf_gemma.py", "gamma", False),
        ("hf_llama.py", "gamma", True),
        ("hf_llama.py", "one-plus", False),
    ],
)
def test_a_gain_that_is_promised_is_enforced(tmp_path, file, gain, holds):
    kind = next(iter(re.findall(r"class (\w+)", (NORMS / file).read_text(encoding="utf-8"))))
    path = tmp_path / file
    line = f"\n{kind}.CONVENTION = {{'gain': '{gain}'}}\n"
    path.write_text((NORMS / file).read_text(encoding="utf-8") + line, encoding="utf-8")
    assert (failures(str(path), laws=("F00",), most=20) == set()) == holds


def test_only_gammas_are_given_that_are_kept_exactly():
    domain = Domain(plus_one=True)
    assert domain.takes_gamma((0.5, 2.0, -1.5, 0.0, 3.25), "float32")
    assert not domain.takes_gamma((0.1,), "float32")
    assert not domain.takes_gamma((2.0**-30,), "float32")
    assert Domain().takes_gamma((0.1,), "float32")


def test_what_computes_in_float32_is_judged_there_and_that_is_said():
    made = adapted("hf_llama.py")
    assert made.domain.dtypes == ("float32",)
    assert any(said.startswith("float64: ") for said in made.untried)
    # another eps is no precision
    assert adapted("eps_outside_root.py").domain.dtypes == ("float32", "float64")


def test_a_name_that_the_answers_contradict_is_what_is_judged():
    class RMSNorm(torch.nn.Module):
        def forward(self, x):
            return (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt()

    assert adapt(RMSNorm(), name="mine").domain.norm.name == "rms"


def written(tmp_path, name, more=""):
    text = (NORMS / "meta_llama.py").read_text(encoding="utf-8").replace("RMSNorm", "Scaler")
    path = tmp_path / f"{name}.py"
    path.write_text(text + more, encoding="utf-8")
    return path


def test_what_says_nothing_is_judged_as_batch_normalization(tmp_path):
    quiet = load(f"{written(tmp_path, 'quiet')}:Scaler")
    assert adapt(quiet(12), name="q").domain.norm.name == "batch"
    assert adapt(quiet, name="q", norm="rms").domain.norm.name == "rms"
    assert adapt(quiet, name="q", norm="layer").domain.norm.name == "layer"


def test_norm_in_a_file_or_class_counts_and_an_unknown_one_is_refused(tmp_path):
    wrong = written(tmp_path, "wrong", '\nNORM = "layers"\n')
    with pytest.raises(UsageError, match="NORM='layers', but should be one of batch"):
        adapt(load(str(wrong)), name="wrong")
    of_file = written(tmp_path, "stated", '\nNORM = "layer"\n')
    for target in (of_file, f"{of_file}:Scaler"):
        assert adapt(load(str(target)), name="stated").domain.norm.name == "layer"
    of_class = written(tmp_path, "its_own", '\nScaler.NORM = "rms"\n')
    for target in (of_class, f"{of_class}:Scaler"):
        assert adapt(load(str(target)), name="its_own").domain.norm.name == "rms"


def test_the_option_wins_over_a_name():
    given = load(str(NORMS / "layer_function.py:FusedLayerNorm"))
    assert adapt(given, name="mine", norm="rms").domain.norm.name == "rms"
    assert adapt(given(4), name="mine", norm="batch").domain.norm.name == "batch"


def test_what_is_compiled_is_refused_with_what_to_give():
    kind = load(str(NORMS / "layer_function.py:FusedLayerNorm"))
    with pytest.raises(TargetError, match="compiled, and a layer normalization by its name"):
        adapt(torch.compile(kind(4), backend="eager"), name="mine")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    ("file", "casts"),
    [
        ("hf_llama.py", "early"),
        ("meta_llama.py", "early"),
        ("hf_t5.py", "weight"),
        ("hf_gemma.py", "last"),
        ("hf_olmo.py:Olmo2RMSNorm", "last"),
    ],
)
def test_in_half_precision_each_is_judged_with_its_own_casts(file, casts, dtype):
    target = str(NORMS / file)
    seen = recognition.observe(adapted(file), Guard(), (dtype,))
    assert (seen["observed"]["casts"], seen["known"]["casts"]) == (casts, casts)
    assert failures(target, laws=("F00", "B01", "B22", "W03"), dtype=dtype, most=60) == set()


def test_casts_that_are_promised_are_enforced(tmp_path):
    text = (NORMS / "hf_llama.py").read_text(encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text(text + "\nLlamaRMSNorm.CONVENTION = {'casts': 'last'}\n", encoding="utf-8")
    assert failures(str(path), laws=("F00",), dtype="bfloat16", most=60) == {"F00"}


CENTRES = """
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        return c * torch.rsqrt(c.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight
"""


def test_an_rms_normalization_that_centres_fails_and_is_named(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CENTRES, encoding="utf-8")
    laws = ("F00", "B01", "N01")
    report = verify(
        str(path), budget="quick", laws=laws, dtypes=("float32",), save=None, shrink=False
    )
    assert report.exit_code == 1
    assert [cause["deviation"] for cause in report.causes] == ["centres-in-rms"]
    (warning,) = report.warnings
    assert "by its name 'RMSNorm' it is RMS normalization, but this is layer norm" in warning


def test_what_is_none_of_them_is_told_what_it_looks_like(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CENTRES.replace("c.pow(2)", "x.abs()"), encoding="utf-8")
    (warning,) = adapt(load(str(path)), name="mine").warnings
    said = (
        r"by its name 'RMSNorm' it is RMS normalization, but \d+ of \d+ values differ, most at y\["
    )
    assert re.match(said, warning)


def test_an_autograd_function_goes_in_by_itself():
    made = adapt(load(str(NORMS / "rms_function.py:_RMSNorm")), name="mine")
    assert (made.domain.norm.name, made.domain.fixed_eps) == ("rms", None)
    assert failures(str(NORMS / "rms_function.py:_RMSNorm"), most=60) == set()
    wrong = NORMS / "rms_sum_for_mean.py"
    name = next(iter(re.findall(r"class (\w+)\(torch.autograd", wrong.read_text("utf-8"))))
    assert failures(f"{wrong}:{name}", most=60) == {"B01"}
    # who says that it is another one has it judged as that
    as_batch = verify(
        str(NORMS / "rms_function.py:_RMSNorm"), norm="batch", budget="smoke", save=None
    )
    assert "F00" in {f.law for f in as_batch.findings if f.verdict == "fails"}
