"""Targets that do not load, do not answer, crash, hang, leak, lie or interfere.

Each ends in exit code 2 with one sentence, or in a finding; what else was found is not lost.
"""

import json

import numpy as np
import pytest
from command import bncheck, doing, verify

FEW = ("--laws", "F00", "--laws", "P07")

# what is in the file, and the sentence that the user is told
DO_NOT_LOAD = {
    "syntax error": (
        "def forward(x, gamma, beta, eps) return x",
        "bn.py does not import: bn.py, line 1: expected ':'",
    ),
    "no such import": (
        "import no_such_package",
        "bn.py does not import: ModuleNotFoundError: No module named 'no_such_package'",
    ),
    "raises": (
        "raise ValueError('no GPU\\nhere')",
        "bn.py does not import: ValueError: no GPU here",
    ),
    "raises what cannot be said": (
        "raise type('Odd', (BaseException,), {'__str__': lambda self: 1 / 0})()",
        "bn.py does not import: Odd",
    ),
    "raises KeyboardInterrupt": (
        "raise KeyboardInterrupt",
        "bn.py does not import: it raises KeyboardInterrupt",
    ),
    "sys.exit": (
        "import sys\nsys.exit(0)",
        "bn.py does not import: it calls sys.exit(0); a target should define its functions and do "
        "nothing else",
    ),
    "os._exit": (
        "import os\nos._exit(0)",
        "bn.py could not be loaded: the process ended with exit code 0",
    ),
    "segmentation fault": (
        "import ctypes\nctypes.string_at(0)",
        "bn.py could not be loaded: the process ended by SIGSEGV",
    ),
    "hangs": (
        "while True: pass",
        "bn.py could not be loaded: loading it took more than 1 s (--load-timeout sets the limit)",
    ),
    "takes all memory": (
        "import numpy as np\nkept = []\nwhile True: kept.append(np.empty(1 << 28))",
        "bn.py does not import: MemoryError: Unable to allocate 2.00 GiB for an array with shape "
        "(268435456,) and data type float64",
    ),
    "raises beside a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()\n1 / 0",
        "bn.py does not import: ZeroDivisionError: division by zero",
    ),
    "no forward": (
        "def normalize(x): return x",
        "bn.py has no function forward(x, gamma, beta, eps); it has normalize\n"
        "to say it yourself, check a file beside it with these two lines, the dots filled in:\n"
        "from bn import normalize\ndef forward(x, gamma, beta, eps): return normalize(x)",
    ),
    "nothing": (
        "",
        "bn.py has no function forward(x, gamma, beta, eps); it has no functions",
    ),
    "other parameters": (
        "def forward(x): return x",
        "bn.py: forward takes (x), but should take (x, gamma, beta, eps)",
    ),
    "forward is no function": ("forward = 3", "bn.py: forward is an int, not a function"),
    "a promise that is none": (
        "def forward(x, gamma, beta, eps): return x\nCONVENTION = {'momentum_weighs': 'newest'}",
        "bn.py: CONVENTION['momentum_weighs']='newest', but should be 'new' or 'old'",
    ),
    "not a text": ("\0", "bn.py does not import: bn.py: source code string cannot contain null"),
}


@pytest.mark.rows(6)
@pytest.mark.parametrize("name", DO_NOT_LOAD)
def test_what_does_not_load_is_one_sentence(name, tmp_path):
    source, sentence = DO_NOT_LOAD[name]
    done = verify(tmp_path, source, "--load-timeout", "1" if name == "hangs" else "30")
    assert (done.code, done.out, done.report) == (2, "", None)
    assert done.err.startswith(f"bncheck: error: {sentence}")
    assert done.err.count("\n") == sentence.count("\n") + 1


# what a call does, and why law P07 says that the target does not answer
DO_NOT_ANSWER = {
    "raises": ("raise ValueError('not today')", "forward in training mode raised ValueError: not"),
    "raises for seven samples": (
        "if x.shape[0] == 7: raise ValueError('no sevens')",
        "forward in training mode raised ValueError: no sevens",
    ),
    "raises what cannot be said": (
        "raise type('Odd', (BaseException,), {'__str__': lambda self: 1 / 0})()",
        "forward in training mode raised Odd",
    ),
    "raises KeyboardInterrupt": (
        "raise KeyboardInterrupt",
        "forward in training mode raised KeyboardInterrupt",
    ),
    "sys.exit": ("import sys; sys.exit(0)", "forward in training mode raised SystemExit: 0"),
    "None": (
        "return None",
        "forward returned None, but should be an array of shape (2, 1) and dtype float32",
    ),
    "list": (
        "return x.tolist()",
        "forward returned a list of 2, but should be an array of shape (2, 1) and dtype float32",
    ),
    "wrong shape": (
        "return x[1:]",
        "forward returned an array of shape (1, 1) and dtype float32, but should be an array of "
        "shape (2, 1) and dtype float32",
    ),
    "integers": (
        "return x.astype(int)",
        "forward returned an array of shape (2, 1) and dtype int64, but should be an array of "
        "shape (2, 1) and dtype float32",
    ),
    "too much at once": (
        "np.empty(1 << 40)",
        "forward in training mode raised MemoryError: Unable to allocate 8.00 TiB",
    ),
    "segmentation fault": (
        "import ctypes; ctypes.string_at(0)",
        "the process ended by SIGSEGV (5 cases did so)",
    ),
    "last words": (
        "import os; os.write(2, b'first\\nlast words\\n\\n'); os._exit(1)",
        "the process ended with exit code 1; it said: last words (5 cases did so)",
    ),
    "hangs": (
        "while True: pass",
        "one call took more than 1 s (--timeout sets the limit) (3 cases did so)",
    ),
}


SOMETIMES = {"raises for seven samples"}


def test_a_rank_that_raises_is_outside_and_is_told(tmp_path):
    done = verify(tmp_path, doing("if x.ndim == 4: raise ValueError('no images')"), *FEW)
    assert (done.code, done.err) == (0, "")
    assert any(told.startswith("rank 4") for told in done.report["untried"])
    assert "  - not checked: rank 4: it raised ValueError: no images\n" in done.out
    assert "rank 4" in done.out.splitlines()[-1]


@pytest.mark.rows(6)
@pytest.mark.parametrize("name", DO_NOT_ANSWER)
def test_what_does_not_answer_is_a_finding(name, tmp_path):
    does, why = DO_NOT_ANSWER[name]
    done = verify(tmp_path, doing(does), *FEW, "--timeout", "1")
    assert (done.code, done.err) == (1, "")
    lost = done.finding("P07")
    assert (lost["verdict"], lost["reason"][: len(why)]) == ("error", why)
    # the smallest case, as data and as Python: two values where they are enough
    least = [7, 1] if name in SOMETIMES else [2, 1]
    assert lost["case"]["recipe"]["shape"] == least
    assert lost["case"]["python"].startswith(("Case(\n    x=np.array([", "Case(\n    x=np.full(("))
    assert done.finding("F00")["verdict"] == ("holds" if name in SOMETIMES else "error")


def test_a_crash_without_the_law_about_it_is_told_all_the_same(tmp_path):
    done = verify(tmp_path, doing("import os; os._exit(3)"), "--laws", "F00")
    told = "before anything was measured, the process ended with exit code 3"
    assert (done.code, done.finding("F00")["reason"]) == (1, told)


def test_a_crash_on_some_inputs_leaves_what_holds_on_the_others(tmp_path):
    done = verify(tmp_path, doing("if x.shape[0] == 7: import os; os._exit(0)"), *FEW)
    assert (done.code, done.finding("F00")["verdict"]) == (1, "holds")
    assert done.finding("F00")["examples"] > 50
    assert done.finding("P07")["case"]["recipe"]["shape"] == [7, 1]


def test_a_leak_is_a_finding_and_not_the_end_of_the_machine(tmp_path):
    # what the worker sets itself is lowered for good, so that the test needs less
    lower = (
        "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (5 << 29, 5 << 29))\nKEPT = []\n"
    )
    done = verify(tmp_path, doing("KEPT.append(np.empty(1 << 24))", lower), *FEW)
    assert (done.code, done.finding("F00")["verdict"]) == (1, "holds")
    reason = done.finding("P07")["reason"]
    assert "MemoryError: Unable to allocate 128. MiB" in reason or "out of memory" in reason


def test_a_child_that_outlives_a_crash_does_not_hold_the_run_up(tmp_path):
    does = "import os, time, ctypes; os.fork() or time.sleep(999); ctypes.string_at(0)"
    done = verify(tmp_path, doing(does), *FEW)
    assert (done.code, done.finding("P07")["verdict"]) == (1, "error")


# what a call does to the process that it runs in, which must change nothing
INTERFERE = {
    "prints": "import os, sys; print('{}'); sys.stderr.write('{}'); os.write(1, b'{}')",
    "replaces json and the streams": (
        "import json, sys; json.dumps = json.loads = sys.stdout = sys.stderr = None"
    ),
    "makes errors of warnings": (
        "import warnings; np.seterr(all='raise'); warnings.simplefilter('error')"
    ),
    "does not want to end": (
        "import atexit, signal, sys, threading, time; sys.stdin.read(); "
        "threading.Thread(target=time.sleep, args=(999,)).start(); "
        "atexit.register(time.sleep, 999); signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    ),
    "deletes its own file and goes elsewhere": (
        "import os; os.path.exists('bn.py') and (os.remove('bn.py'), os.chdir('/'))"
    ),
}


@pytest.mark.parametrize("name", INTERFERE)
def test_what_interferes_corrupts_nothing(name, tmp_path):
    done = verify(tmp_path, doing(INTERFERE[name]), *FEW)
    assert (done.code, done.err) == (0, "")
    assert "exit 0: 2 laws hold; backward, inference, running statistics NOT checked" in done.out
    assert done.report["counts"]["holds"] == 2
    assert not (tmp_path / ".bncheck").exists()


def test_a_target_that_cannot_be_loaded_again(tmp_path):
    does = "import os; os.path.exists(__file__) and os.remove(__file__)"
    crash = "if x.shape[0] == 7: os._exit(0)"
    done = verify(tmp_path, doing(f"{does}\n    {crash}"), *FEW)
    assert (done.code, done.finding("F00")["verdict"]) == (1, "holds")
    assert done.finding("P07")["reason"].startswith("the process ended with exit code 0")


# what a call does to its answer or its inputs, and the laws of which one at least must see it
LIE = {
    "writes to its inputs": ("if x.flags.writeable: x *= 1.5", {"P01"}),
    "writes to gamma": ("if gamma.flags.writeable: gamma += 1", {"P01", "F00"}),
    "answers from a cache": (
        "x = globals().setdefault('KEPT', {}).setdefault(x.shape, x)",
        {"F00"},
    ),
    "depends on the clock": (
        "import time; x = x * x.dtype.type(1 + time.perf_counter_ns() // 1000 % 2)",
        {"F00", "P02"},
    ),
    "depends on how often it was called": (
        "global N; N = globals().get('N', 0) + 1; x = x * x.dtype.type(1 + N % 2)",
        {"F00", "P02", "P04"},
    ),
    "is random": ("x = x + np.random.rand(*x.shape) * (np.random.rand() < 0.5)", {"F00", "P02"}),
}


@pytest.mark.parametrize("name", LIE)
def test_what_lies_is_caught(name, tmp_path):
    does, laws = LIE[name]
    options = [word for law in ("F00", "P01", "P02", "P04") for word in ("--laws", law)]
    done = verify(tmp_path, doing(does), *options)
    assert (done.code, done.err) == (1, "")
    failing = {f["law"] for f in done.report["findings"] if f["verdict"] == "fails"}
    assert failing & laws


def test_a_failure_that_does_not_show_again_is_still_told(tmp_path):
    # wrong for as long as the survey lasts, and right when it is asked again
    does = "global N; N = globals().get('N', 0) + 1; x = x * x.dtype.type(1 + (N < 60) * N)"
    done = verify(tmp_path, doing(does), "--laws", "F00")
    assert (done.code, done.finding("F00")["verdict"]) == (1, "fails")
    reason = done.finding("F00")["reason"]
    assert reason.endswith("; asked again on this input, the target answered well")


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / ".bncheck").write_text("a file, where a folder should be")
    done = verify(tmp_path, doing("x = x * 2"), "--laws", "F00")
    assert (done.code, done.finding("F00")["verdict"]) == (1, "fails")
    assert done.finding("F00")["case"]["file"] == ""
    told = " ".join(done.out.split())
    assert "counterexamples could not be saved in .bncheck: Not a directory; they are in" in told


def test_infinite_numbers_stay_json(tmp_path):
    done = verify(tmp_path, doing("return x * np.inf"), "--laws", "F00")
    assert (done.code, done.finding("F00")["error"]) == (1, "inf")


def test_numpy_is_what_it_was():
    # the tests above changed it in processes of their own only
    assert np.geterr()["over"] == "warn"


@pytest.mark.parametrize(("seconds", "verdict"), [(0.7, "fails"), (60, "error")])
def test_what_is_compiled_has_three_times_as_long(seconds, verdict, tmp_path):
    """And the report says why its cases have few shapes."""
    (tmp_path / "bn.py").write_text(
        "import time\nfrom bncheck import Domain, Implementation, Layer\nCALLS = []\n"
        "def train(x):\n"
        f"    if not CALLS: CALLS.append(time.sleep({seconds}))\n"
        "    return x + 1\n"
        "slow = Implementation('', lambda case: Layer(train), domain=Domain(few_shapes=True))\n",
        encoding="utf-8",
    )
    options = ("--budget", "quick", "--dtype", "float32", "--timeout", "0.4", *FEW)
    done = bncheck("verify", "bn.py:slow", *options, "--format", "json=r.json", folder=tmp_path)
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    found = {f["law"]: f for f in report["findings"]}
    assert (done.code, found["F00"]["verdict"]) == (1, verdict)
    assert any("every new shape is compiled for" in note for note in report["notes"])
    if verdict == "error":
        assert found["P07"]["reason"].startswith(
            "one call took more than 1.2 s (--timeout sets the limit, 3 times as long for what is "
            "compiled)"
        )
