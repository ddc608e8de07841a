"""Generated kernels: what is written down about them, the checks, and the page of the site."""

import json
import math
import random
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripts_of_benchmarks import script

from bncheck.deviations import BY_NAME

checks, others, page, generated = map(
    script, ("generated_checks", "generated_others", "generated_page", "generated")
)
PAGE = Path(__file__).parents[1] / "docs" / "generated-kernels.md"
CANDIDATES = {candidate.file: candidate for candidate in checks.candidates()}
RECORD = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))


def chosen(file):
    candidate = CANDIDATES[file]
    for package in ("torch", *candidate.needs):
        pytest.importorskip(package, reason=f"needs {package}")
    return candidate


def both(file):
    candidate = chosen(file)
    return others.loaded(candidate.problem), others.loaded(candidate.path), candidate.fuzz


# -- what is written down --------------------------------------------------------------------------


def test_the_truth_is_written_down_for_every_file():
    there = {p.relative_to(checks.KERNELS).as_posix() for p in checks.KERNELS.rglob("*.py")}
    data = checks.written_down()
    problems = {f"{problem['folder']}/problem.py" for problem in data["problem"]}
    refused = {each["file"] for each in data["refused"]}
    assert there == set(CANDIDATES) | problems | refused
    assert len(data["candidate"]) == len(CANDIDATES)
    wrong = [c for c in CANDIDATES.values() if not c.right]
    assert len(wrong) >= 24
    assert len(CANDIDATES) - len(wrong) >= 10
    assert len([c for c in CANDIDATES.values() if c.needs]) >= 4


@pytest.mark.parametrize("file", CANDIDATES)
def test_what_is_written_down_is_whole(file):
    candidate = CANDIDATES[file]
    assert candidate.says
    assert set(candidate.causes) <= set(BY_NAME)
    assert candidate.right == Path(file).name.startswith("right_")
    assert not (candidate.right and candidate.causes)
    text = candidate.path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(import|from) bncheck", text, re.M)


@pytest.mark.parametrize("file", CANDIDATES)
def test_each_takes_the_arrays_of_its_problem(file, monkeypatch):
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    _, new, kind = both(file)
    import torch

    init, shape = others.drawn(kind, max)
    with torch.no_grad():
        assert new.ModelNew(*init)(torch.rand(shape)).shape == shape


# -- the checks ------------------------------------------------------------------------------------


def accepted(file, tolerances):
    problem, new, _ = both(file)
    return others.kernelbench(problem, new, "float32", tolerances) == ""


@pytest.mark.parametrize(
    ("file", "first", "now"),
    [
        ("rms_norm/right_dot.py", True, True),
        ("rms_norm/no_root.py", False, False),
        ("rms_norm/fast_inverse_root.py", True, False),
        ("llama_rms_norm/weight_gradient_last_row.py", True, True),  # it is asked for no gradient
        ("layer_norm_offset/right_mean_refined.py", True, False),  # it is the reference that is off
    ],
)
def test_kernelbench_has_one_tolerance(file, first, now):
    assert accepted(file, others.KERNELBENCH_FIRST) == first
    assert accepted(file, others.KERNELBENCH) == now


def test_fuzzing_tries_other_shapes():
    worst, _ = others.fuzzed(*both("layer_norm_rows/tail_dropped.py"), "float32")
    assert worst > others.FUZZ_BY_HAND["float32"]
    assert accepted("layer_norm_rows/tail_dropped.py", others.KERNELBENCH)


@pytest.mark.parametrize("folder", sorted({file.partition("/")[0] for file in CANDIDATES}))
def test_a_reference_is_near_itself(folder):
    # not within the tolerances: torch's layers in float32 are off by 3e-4 where values cancel
    problem, _, kind = both(next(f for f in CANDIDATES if f.startswith(f"{folder}/right")))
    worst, _ = others.fuzzed(problem, SimpleNamespace(ModelNew=problem.Model), kind, "float32")
    assert worst < 1e-2


def test_fuzzing_tells_what_is_of_another_dtype_or_raises():
    problem, new, kind = both("llama_rms_norm/wide_output.py")
    assert others.fuzzed(problem, new, kind, "float16")[0] == math.inf
    worst, why = others.fuzzed(problem, SimpleNamespace(ModelNew=narrow()), kind, "float32")
    assert (worst, why) == (math.inf, "ValueError: 7 values at most")


def narrow():
    import torch

    class Model(torch.nn.RMSNorm):
        def forward(self, x):
            if x.shape[-1] > 7:
                raise ValueError("7 values at most")
            return super().forward(x)

    return lambda width: Model(width, eps=1e-6)


def test_shapes_have_boundaries_and_groups_divide():
    pick = random.Random(1).choice
    drawn = {kind: [others.drawn(kind, pick) for _ in range(200)] for kind in ("rows", "groups")}
    assert {shape[-1] for _, shape in drawn["rows"]} == set(others.WIDTHS)
    assert all(channels % groups == 0 for (channels, groups), _ in drawn["groups"])


def test_what_the_reference_does_is_promised(tmp_path):
    candidate = CANDIDATES["batch_norm/running_var_biased.py"]
    copy = checks.with_promises(candidate, tmp_path)
    line = "ModelNew.CONVENTION = {'running_var': 'unbiased', 'momentum_weighs': 'new'}\n"
    assert copy.read_text(encoding="utf-8").endswith(line)
    other = CANDIDATES["rms_norm/no_root.py"]
    assert checks.with_promises(other, tmp_path) == other.path


@pytest.mark.rows(4)
@pytest.mark.parametrize(
    "file",
    [
        "batch_norm/running_var_biased.py",
        "llama_rms_norm/right_as_llama.py",
        "group_norm/gamma_outside_means.py",
        "layer_norm/right_flattened.py",
        "layer_norm_offset/right_mean_refined.py",
        "instance_norm/nan_cleared.py",
        "batch_norm/right_function.py",
        "layer_norm/last_axis_only.py",
    ],
)
def test_bncheck_blames_the_wrong_ones_alone(file):
    candidate = replace(chosen(file), dtypes=("float32",))
    said = checks.bncheck(candidate, "quick")
    assert said["verdict"] == ("holds" if candidate.right else "fails")
    assert said["causes"][:1] == list(candidate.causes[:1])


def test_what_hangs_or_dies_is_a_result():
    candidate = CANDIDATES["rms_norm/no_root.py"]
    said = generated.asked("bncheck", candidate, "quick", 0.01)
    assert said == {"ended": "no answer within 0 s"}
    said = generated.asked("others", replace(candidate, file="rms_norm/none.py"), "quick", 60.0)
    assert re.match("exit 1: ", said["ended"])
    row = {"right": False, "others": said, "bncheck": said}
    assert not any(page.accepts(row, check) for check in page.HEADS)


# -- the page --------------------------------------------------------------------------------------


def test_the_page_is_what_was_measured():
    text = PAGE.read_text(encoding="utf-8")
    assert page.replaced(text, page.rendered(RECORD)) == text
    assert RECORD["left out"] == {}


def test_each_candidate_has_a_row_that_says_what_is_written_down():
    keys = ("file", "right", "says", "true causes", "dtypes")
    measured = [tuple(row[key] for key in keys) for row in RECORD["rows"]]
    assert measured == [
        (c.file, c.right, c.says, list(c.causes), list(c.dtypes)) for c in CANDIDATES.values()
    ]
    text = PAGE.read_text(encoding="utf-8")
    assert [f for f in CANDIDATES if f"\n| `{f.removesuffix('.py')}` |" not in text] == []


def test_no_wrong_one_passes_and_no_right_one_is_blamed_on_the_page():
    assert page.summary(RECORD["rows"])["bncheck"] == (0, 0)
    counts = [page.summary(RECORD["rows"])[name] for name in page.OTHERS]
    assert all(accepted for accepted, _ in counts)


def test_a_name_on_the_page_is_one_that_was_written_down():
    named = [row for row in RECORD["rows"] if page.cause(row) is not None]
    assert [row["file"] for row in named if not page.told_truly(row)] == []
    assert len(named) > 20


def test_what_is_none_of_the_five_is_refused_with_what_it_looks_like():
    assert len(RECORD["refused"]) == 3
    assert all("looks" in said for said in RECORD["refused"].values())


def row(*, right, said, verdict, causes=()):
    each = dict.fromkeys(page.OTHERS, said)
    told = {"verdict": verdict, "causes": list(causes), "seconds": 3.2}
    return {
        **{"file": "a/b.py", "right": right, "says": "It is.", "true causes": ["eps-missing"]},
        **{"others": each, "bncheck": told},
    }


def test_what_a_check_has_wrong_is_bold():
    wrong = row(right=False, said="", verdict="fails", causes=["eps-missing"])
    right = row(right=True, said="off", verdict="holds")
    record = {**RECORD, "rows": [wrong, right], "refused": {}}
    text = page.rendered(record)
    bold = " | ".join(["**accepts**"] * 4)
    assert f"| `a/b` | It is. | {bold} | rejects | `eps-missing` | 3 |" in text
    bold = " | ".join(["**rejects**"] * 4)
    assert f"| `a/b` | It is. | {bold} | accepts | 3 |" in text
    assert "| bncheck | 0 | 0 |" in text


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="lacks a line"):
        page.replaced("# A page\n", "| a |")
