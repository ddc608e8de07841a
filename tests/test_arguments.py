"""What users give in Python is checked as on the command line, with the same sentences."""

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import bncheck
from bncheck import arguments
from bncheck.api import adapt, assert_holds, from_ctypes, jitted, verify
from bncheck.cli import main
from bncheck.engine import Options, compare, fingerprint, plan, replay
from bncheck.errors import UsageError
from bncheck.symbolic import proving
from bncheck.symbolic.claims import files

SECONDS = "but should be a number of seconds above 0"
WRONG = [
    *(("timeout", value, SECONDS) for value in (-5, 0, -0.0, math.nan, math.inf, "3", None, True)),
    *(("timeout", value, SECONDS) for value in ([1], 1e300, 10**400, 1j, Decimal(1), b"1")),
    *(("load_timeout", value, SECONDS) for value in (-5, 0, "60", None, False)),
    *(("jobs", value, "an integer from 1 on") for value in (0, -1, 1.5, True, "2", None, [1])),
    ("jobs", 100_000, "an integer of at most 256"),
    *(("seed", value, "an integer from 0 on") for value in (-1, "x", 1.0, None, True)),
    ("seed", 10**5000, "an integer of at most 9223372036854775807"),
    ("budget", "quik", "did you mean 'quick'?"),
    *(("budget", value, "quick, standard, thorough or seconds") for value in (0, -1, True, None)),
    *(("budget", value, "quick, standard, thorough or seconds") for value in (math.nan, math.inf)),
    *(
        ("budget", value, "quick, standard, thorough or seconds")
        for value in ([], "", "3", 10**400)
    ),
    ("dtypes", "flaot32", "dtype='flaot32' is not checked; did you mean 'float32'?"),
    ("dtypes", ["float32", "int8"], "dtype='int8' is not checked"),
    *(("dtypes", value, "but should be a name, or a list of names") for value in (3, True, b"f")),
    *(("dtypes", value, "but should have names") for value in ([3], [None], [""], [["float32"]])),
    ("dtypes", np.float32, "but should be a name, or a list of names"),
    ("laws", "F1", "no law matches 'F1'; did you mean"),
    ("laws", "F00,B01", "no law matches 'F00,B01'; each is given for itself, 'F00' first"),
    ("laws", ["F00", "Z99"], "no law matches 'Z99'"),
    *(("laws", value, "but should be a name, or a list of names") for value in (3, {"F00": 1})),
    *(("laws", value, "but should have names") for value in ([""], " ", [1], [b"F00"])),
    *(("profile", value, "but should be a text") for value in (3, ["torch"], True)),
    *(("expected", value, "but should be a path") for value in (3, ["x"], b"x", "", "a\0b")),
    *(("save", value, "but should be a path") for value in (3, True, "")),
    *(("fail_fast", value, "but should be True or False") for value in (1, "yes", None)),
    ("known", 0, "but should be True or False"),
    ("shrink", "no", "but should be True or False"),
    ("device", 0, "but should be a text"),
    ("require", 3, "but should be a name, or a list of names"),
    ("bugdet", "quick", "option 'bugdet' does not exist; did you mean 'budget'?"),
    ("output", "r.json", "option 'output' does not exist"),
]
TARGETS = [None, 3, True, "", b"bn.py", [], ["bn.py"], {}, "a\0b", 1.5]


@pytest.mark.parametrize(("name", "value", "says"), WRONG, ids=range(len(WRONG)))
def test_wrong_arguments(name, value, says):
    for check in (verify, assert_holds):
        with pytest.raises(UsageError) as caught:
            check("not-there.py", **{name: value})
        assert says in str(caught.value)
        assert len(str(caught.value)) < 400
        assert name in str(caught.value) or name in ("dtypes", "laws")


@pytest.mark.parametrize("target", TARGETS, ids=range(len(TARGETS)))
def test_wrong_targets(target):
    calls = [
        lambda: verify(target),
        lambda: compare(target, "a.py"),
        lambda: compare("a.py", target),
        lambda: fingerprint(target),
        lambda: plan(target),
    ]
    for call in calls:
        with pytest.raises(UsageError, match=r"^target=.*, but should be a name such as 'file.py'"):
            call()


@pytest.mark.parametrize("options", [3, {"seed": 1}, "quick", []])
def test_wrong_options(options):
    for call in (fingerprint, plan):
        with pytest.raises(UsageError, match=r"^options=.*, but should be bncheck.engine.Options"):
            call("a.py", options)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: replay(3), "path=3, but should be a path"),
        (lambda: replay(None), "path=None, but should be a path"),
        (lambda: replay("none.json"), "none.json does not exist"),
        (lambda: adapt(bncheck, name=3), "name=3, but should be a text"),
        (lambda: adapt(bncheck, name="x", profile=3), "profile=3, but should be a text"),
        (lambda: jitted(3), "given=3, but should be a bncheck.Implementation"),
        (lambda: from_ctypes(3, "void f();"), "library=3, but should be the path"),
        (lambda: files.read(3), "path=3, but should be a path"),
        (lambda: list(proving.prove(3)), "names=3, but should be a name, or a list of names"),
        (lambda: list(proving.prove([3])), "names has the entry 3, but should have names"),
    ],
)
def test_other_functions(call, says):
    with pytest.raises(UsageError, match=says):
        call()


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"laws": "F00"}, {"laws": ("F00",)}),
        ({"laws": ["F00", "!F01"]}, {"laws": ("F00", "!F01")}),
        ({"laws": ()}, {"laws": ()}),
        ({"laws": None}, {"laws": ()}),
        ({"dtypes": "float32"}, {"dtypes": ("float32",)}),
        ({"dtypes": iter(["float32"])}, {"dtypes": ("float32",)}),
        ({"dtypes": []}, {"dtypes": ()}),
        ({"timeout": 3}, {"timeout": 3.0}),
        ({"timeout": np.float32(0.5)}, {"timeout": 0.5}),
        ({"timeout": Fraction(1, 2)}, {"timeout": 0.5}),
        ({"jobs": np.int64(2), "seed": np.uint8(3)}, {"jobs": 2, "seed": 3}),
        ({"budget": 2}, {"budget": 2.0}),
        ({"expected": "known.toml"}, {"expected": Path("known.toml")}),
        ({"save": "cases"}, {"save": Path("cases")}),
        ({"save": None}, {"save": None}),
        ({"require": "eval,running"}, {"require": ("eval,running",)}),
    ],
    ids=range(16),
)
def test_what_is_taken(given, plain):
    options = Options(**given)
    for name, value in plain.items():
        assert getattr(options, name) == value
        assert type(getattr(options, name)) is type(value)


def test_a_path_is_a_target(tmp_path):
    with pytest.raises(UsageError, match="is not a file"):
        verify(tmp_path / "none.py")
    assert arguments.target(Path("a") / "bn.py") == str(Path("a") / "bn.py")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("timeout", "-5"), ("timeout", "x"), ("jobs", "0"), ("jobs", "1.5"), ("seed", "-1")),
        *(("budget", "quik"), ("budget", "-1"), ("load-timeout", "nan")),
    ],
)
def test_the_command_line_says_the_same(word, value, capsys):
    assert main(["verify", "none.py", f"--{word}", value]) == 2
    told = capsys.readouterr().err
    name = word.replace("-", "_")
    with pytest.raises(UsageError) as caught:
        Options(**{name: arguments.number(value)})
    assert told == f"bncheck: error: {caught.value}\n"
