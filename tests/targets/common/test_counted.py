"""How many groups there are, as code says it; and groups that do not divide the channels."""

import importlib.util
import textwrap

import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common import counted

BODY = """
    N, C = x.shape[:2]
    g = x.reshape(N, {n}, -1)
    z = (g - g.mean(-1, keepdims=True)) / np.sqrt(g.var(-1, keepdims=True) + eps)
    shape = (1, C) + (1,) * (x.ndim - 2)
    return gamma.reshape(shape) * z.reshape(x.shape) + beta.reshape(shape)
"""
PLAIN = 'import numpy as np\nNORM = "group"\n{more}\ndef forward({arguments}):' + BODY
CLASS = """
import numpy as np
GROUPS = {n}
class GroupNorm:
    def __init__(self, channels, eps=1e-5):
        self.{called}, self.eps = {n}, eps
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
    def forward(self, x):
        g = x.reshape(len(x), {reads}, -1)
        z = (g - g.mean(-1, keepdims=True)) / np.sqrt(g.var(-1, keepdims=True) + self.eps)
        shape = (1, -1) + (1,) * (x.ndim - 2)
        return self.gamma.reshape(shape) * z.reshape(x.shape) + self.beta.reshape(shape)
def eight():
    return GroupNorm(8)
"""
TORCH = """
import torch
GROUPS = {n}
class MyGroupNorm(torch.nn.Module):
    def __init__(self, channels, eps=1e-5):
        super().__init__()
        self.{called}, self.eps = {n}, eps
        self.weight = torch.nn.Parameter(torch.ones(channels))
        self.bias = torch.nn.Parameter(torch.zeros(channels))
    def forward(self, x):
        g = x.reshape(len(x), {reads}, -1)
        var = g.var(-1, keepdim=True, unbiased=False)
        z = (g - g.mean(-1, keepdim=True)) / torch.sqrt(var + self.eps)
        shape = (1, -1) + (1,) * (x.ndim - 2)
        return self.weight.view(shape) * z.reshape(x.shape) + self.bias.view(shape)
def eight():
    return MyGroupNorm(8)
"""
EIGHT = (
    "3 groups do not divide 8 channels: let there be 2 groups, or a multiple of 3 channels, as 9"
)


@pytest.fixture
def written(tmp_path):
    def write(text, name=""):
        path = tmp_path / "home.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return f"{path}:{name}" if name else str(path)

    return write


def plain(n, more="", arguments="x, gamma, beta, eps"):
    return PLAIN.format(n=n, more=more, arguments=arguments)


@pytest.mark.rows(3)
@pytest.mark.parametrize(
    ("text", "groups", "held"),
    [
        (plain("5"), 5, ()),
        (plain("GROUPS", "GROUPS = 5"), 5, ()),
        (plain("parts", arguments="x, gamma, beta, eps=1e-5, parts=6"), 6, ()),
        (plain("groups", arguments="x, gamma, beta, eps=1e-5, groups=5"), 0, ()),
        (plain("C // 4"), 0, (4,)),
        (plain("C // SIZE", "SIZE = 8"), 0, (8,)),
        (plain("2", 'CONVENTION = {"channels": 8}'), 2, (4,)),
    ],
)
def test_numbers_in_code_are_taken_where_answers_show_them(written, text, groups, held):
    made = adapt(load(written(text)), name="home.py")
    assert (made.domain.norm.groups, made.domain.held) == (groups, held)
    report = verify(written(text), budget="smoke", save=None)
    assert (report.exit_code, report.faults) == (0, ())


def test_code_that_says_a_number_and_has_another_is_judged_by_what_it_says(written):
    wrong = plain("GROUPS + 2", "GROUPS = 2")
    assert verify(written(wrong), budget="smoke", save=None).exit_code == 1


def test_a_number_that_no_answer_shows_is_told(written):
    made = adapt(load(written(plain("C").replace("g.var(-1", "x.var(1"))), name="home.py")
    assert any("none was seen in its answers" in told for told in made.untried)


@pytest.mark.rows(3)
@pytest.mark.parametrize("text", [CLASS, TORCH], ids=["class", "torch"])
@pytest.mark.parametrize(
    ("called", "reads"), [("groups", "self.groups"), ("g", "self.g"), ("kept", "GROUPS")]
)
def test_a_layer_whose_groups_do_not_divide_its_channels_is_refused(written, text, called, reads):
    path = written(text.format(n=3, called=called, reads=reads), "eight")
    with pytest.raises(TargetError) as raised:
        adapt(load(path), name="home.py:eight")
    assert EIGHT in str(raised.value)


@pytest.mark.rows(2)
@pytest.mark.parametrize("text", [CLASS, TORCH], ids=["class", "torch"])
@pytest.mark.parametrize("reads", ["5", "GROUPS"])
def test_a_class_with_its_own_number_of_groups_holds(written, text, reads):
    text = text.format(n=5, called="kept", reads=reads)
    name = "GroupNorm" if text.count("torch") == 0 else "MyGroupNorm"
    report = verify(written(text, name), budget="smoke", save=None)
    assert (report.exit_code, report.faults) == (0, ())


@pytest.mark.parametrize(
    ("promise", "told"),
    [
        ('{"groups": 3, "channels": 8}', f"has groups 3 and channels 8, but {EIGHT}"),
        ('{"shape": [2, 8]}', 'as {"channels": 8}'),
    ],
)
def test_a_promise_of_sizes_that_no_case_has_is_refused(written, promise, told):
    path = written(plain("groups", f"CONVENTION = {promise}", "x, gamma, beta, groups, eps"))
    with pytest.raises(TargetError) as raised:
        adapt(load(path), name="home.py")
    assert told in str(raised.value)


def test_a_constant_whose_groups_do_not_divide_the_promised_channels_is_refused(written):
    path = written(plain("GROUPS", 'GROUPS = 3\nCONVENTION = {"channels": 8}'))
    with pytest.raises(TargetError) as raised:
        adapt(load(path), name="home.py")
    assert str(raised.value) == (
        "home.py: 3 groups do not divide 8 channels: let there be 2 groups, or a multiple of 3 "
        "channels, as 9"
    )


@pytest.mark.parametrize("norm", ["layer", "instance"])
def test_a_promised_number_of_channels_is_the_only_one_that_is_given(written, norm):
    axes = {"layer": "-1", "instance": "tuple(range(2, x.ndim))"}[norm]
    shape = {"layer": "-1", "instance": "(1, -1) + (1,) * (x.ndim - 2)"}[norm]
    text = f"""
import numpy as np
NORM, CONVENTION = "{norm}", {{"channels": 5}}
def forward(x, gamma, beta, eps):
    assert x.shape[{-1 if norm == "layer" else 1}] == 5
    m, v = x.mean({axes}, keepdims=True), x.var({axes}, keepdims=True)
    return (x - m) / np.sqrt(v + eps) * gamma.reshape({shape}) + beta.reshape({shape})
"""
    report = verify(written(text), budget="smoke", save=None)
    assert (report.exit_code, report.faults) == (0, ())


def test_numbers_are_read_and_nothing_is_called(tmp_path):
    path = tmp_path / "many.py"
    path.write_text(
        "LISTED, N, G = [1], 7, 4\n"
        "def first(x, k=9, *, q=11):\n"
        "    return [x[i] for i in (N, LISTED, G, True, 500, 12)]\n",
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("many", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {9, 11, 7, 4} <= set(counted.written(module.first))
    assert 500 not in counted.written(module.first)
    assert counted.named(module.first) == (4,)
    assert counted.written(3, "text", None, len) == ()
