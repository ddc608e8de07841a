"""What a target replaces in the judge's own process turns no failure into a pass."""

import json

import pytest
from command import bncheck, doing

import bncheck.laws.forward as some_module
from bncheck.engine.worker.namespaces import Namespaces

# a layer that is wrong by one part in a hundred
WRONG = doing("x = x * x.dtype.type(1.01) + 1; gamma = gamma * gamma.dtype.type(1.01)")

REPLACES = {
    "numpy.max and abs": "np.max = lambda *a, **k: 0\nnp.abs = lambda x, *a, **k: 0 * x",
    "numpy.isfinite": "np.isfinite = lambda x, *a, **k: np.zeros(np.shape(x), bool)",
    "an allclose": "np.allclose = lambda *a, **k: True\nnp.array_equal = lambda *a, **k: True",
    "numpy's inner functions": (
        "import numpy._core.fromnumeric as f\nf._wrapreduction = lambda *a, **k: 0"
    ),
    "builtins": "import builtins\nbuiltins.abs = builtins.max = builtins.bool = lambda *a, **k: 0",
    "math": "import math\nmath.isfinite = lambda x: True\nmath.ldexp = math.log = None",
    "time": "import time\ntime.perf_counter = time.monotonic = time.sleep = None",
    "json": "import json\njson.dumps = json.loads = json.JSONEncoder = None",
    "a law": (
        "import bncheck.laws.forward as f\n"
        "for n in dir(f):\n    if n[0] != '_': setattr(f, n, None)"
    ),
    "the table of laws": (
        "import bncheck.engine.service as s\nfor law in s.BY_ID: s.BY_ID[law] = s.BY_ID['P07']"
    ),
    "residuals": (
        "import bncheck.trial.residuals as r\n"
        "for n in dir(r):\n    if n[0] != '_': setattr(r, n, lambda *a, **k: [])"
    ),
    "a method": (
        "import bncheck.trial.trial as t\nt.Trial.train = t.Trial.truth = lambda *a, **k: None"
    ),
    "all of numpy": (
        "import numpy\n"
        "own, np = dict(vars(numpy)), type(numpy)('np')\nvars(np).update(own)\n"
        "for n in own:\n    if callable(own[n]) and n[0] != '_': setattr(numpy, n, None)"
    ),
    "the code of functions": (
        "import bncheck.trial.trial as t\n"
        "for f in vars(t.Trial).values():\n"
        "    if hasattr(f, '__code__'): f.__code__ = (lambda *a, **k: []).__code__"
    ),
    "the measuring": "import bncheck.engine.measure as m\nm.measure = lambda *a, **k: []",
    "in the worker": "import bncheck.engine.worker.main as w\nw.survives = w.describe = None",
}


def verified(tmp_path, source):
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    words = ("--budget", "quick", "--dtype", "float32", "--laws", "F00", "--laws", "P07")
    done = bncheck("verify", "bn.py", *words, "--format", "json=r.json", folder=tmp_path)
    file = tmp_path / "r.json"
    return done, json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def failing(report, *verdicts):
    return [f["law"] for f in report["findings"] if f["verdict"] in (verdicts or ("fails",))]


@pytest.mark.rows(6)
@pytest.mark.parametrize("what", REPLACES)
def test_at_import(what, tmp_path):
    done, report = verified(tmp_path, WRONG + REPLACES[what] + "\n")
    assert (done.code, done.err) == (1, "")
    # where it has replaced all, its own calls may raise as well
    assert "F00" in failing(report, "fails", *["error"] * (what == "all of numpy"))
    assert any("the target replaces" in told for told in report["warnings"])


def test_in_a_call(tmp_path):
    does = "np.max = lambda *a, **k: 0; np.abs = lambda x, *a, **k: 0 * x\n    "
    done, report = verified(tmp_path, WRONG.replace("    x = x", f"    {does}x = x"))
    assert done.code == 1
    assert failing(report) == ["F00"]
    assert "the target replaces numpy.abs, numpy.max" in report["warnings"][0]


def test_late_in_a_run_nothing_is_trusted(tmp_path):
    does = (
        "globals()['N'] = globals().get('N', 0) + 1\n"
        "    if N > 150: np.isfinite = lambda a, *b, **k: np.ones(np.shape(a), bool)\n    "
    )
    done, report = verified(tmp_path, WRONG.replace("    x = x", f"    {does}x = x"))
    # or it came to be looked at before anything else was answered
    assert done.code == 2 or failing(report) == ["F00"]
    assert "isfinite" in done.err + done.out


# what ordinary code does on import, which is no matter
ORDINARY = (
    "np.bool = bool\nnp.float = float\nnp.seterr(all='raise')\nnp.set_printoptions(precision=3)\n"
    "import warnings, sys, json, builtins\nwarnings.showwarning = print\n"
    "json.JSONEncoder.default = lambda self, o: str(o)\nbuiltins.ic = print\n"
    "sys.setrecursionlimit(5000)\nsys.excepthook = print\n"
)


def test_what_ordinary_code_replaces_blames_nobody(tmp_path):
    done, report = verified(tmp_path, doing("pass") + ORDINARY)
    assert (done.code, done.err) == (0, "")
    assert report["counts"]["holds"] == 2


def test_names_are_swapped_around_a_call(monkeypatch):
    name = next(n for n, v in vars(some_module).items() if callable(v) and n[0] != "_")
    own = getattr(some_module, name)
    names = Namespaces({"here": {"a": 1}})
    assert not names.restore()
    monkeypatch.setattr(some_module, name, "theirs")
    assert names.restore()
    assert getattr(some_module, name) is own
    names.enter("a call")
    assert getattr(some_module, name) == "theirs"
    setattr(some_module, name, "another")
    names.leave()
    assert getattr(some_module, name) is own
    names.enter("a call")
    assert getattr(some_module, name) == "another"
    names.leave()
    assert names.told == [f"{some_module.__name__}.{name}"]
    assert not names.restore()


def test_a_mapping_is_kept_as_well():
    table = {"a": 1, "b": 2}
    names = Namespaces({"table": table})
    table["a"] = 3
    del table["b"]
    assert names.restore()
    assert table == {"a": 1, "b": 2}
    assert names.told == ["table.a", "table.b"]
