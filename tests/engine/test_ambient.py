"""Right layers that change something of their process when they are imported: they hold.

Each line is put before the layer of examples/. What it changes is the target's own affair as far
as its calls go, and none of the judge's.
"""

from pathlib import Path

import pytest

from bncheck import verify
from bncheck.errors import TargetError, UsageError

EXAMPLE = (Path(__file__).parents[2] / "examples" / "numpy_layer.py").read_text(encoding="utf-8")
LAWS = ("F00", "F19", "B01", "B02", "I01", "P02", "P07")

CHANGES = {
    "errors raise": 'np.seterr(all="raise")',
    "errors call": 'np.seterrcall(print); np.seterr(all="call")',
    "warnings are errors": 'import warnings; warnings.simplefilter("error")',
    "a low limit of recursion": "import sys; sys.setrecursionlimit(120)",
    "no garbage collection": "import gc; gc.disable()",
    "a locale": 'import locale; locale.setlocale(locale.LC_ALL, "C")',
    "two decimal digits": "import decimal; decimal.getcontext().prec = 2",
    "another folder": 'import os; os.chdir("/")',
    "no environment": "import os; os.environ.clear()",
    "no path": "import sys; sys.path.clear()",
    "no streams": "import sys; sys.stdout = sys.stderr = sys.stdin = None",
    "closed streams": "import sys; sys.stdout.close(); sys.stderr.close()",
    "closed descriptors": "import os; os.close(0); os.close(1); os.close(2)",
    "much output": 'print("y" * 10**6)',
    "escapes": 'print("\\x1b[2J\\x1b]0;mine\\x07" * 99)',
    "few open files": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))",
    "no files": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    "a hook of errors": "import sys; sys.excepthook = lambda *a: None",
    "tracing": "import sys; sys.settrace(lambda *a: None)",
    "profiling": "import sys; sys.setprofile(lambda *a: None)",
    "an audit hook": "import sys; sys.addaudithook(lambda *a: None)",
    "a thread": "import threading, time; threading.Thread(target=time.sleep, args=(99,)).start()",
    "short numbers": 'np.set_printoptions(precision=1, formatter={"float": lambda v: "?"})',
    "ignored signals": (
        "import signal; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 13, 14, 15)]"
    ),
    "an exit code at the end": "import atexit, os; atexit.register(lambda: os._exit(5))",
    "files of nobody": "import os; os.umask(0o777)",
    "small buffers": "np.setbufsize(16)",
    "a seed": "np.random.seed(0); import random; random.seed(0)",
    "low priority": "import os; os.nice(1)",
    "a fork": "import os, time; os.fork() or (time.sleep(99), os._exit(0))",
    "a name of its own": 'import sys; sys.argv[:] = ["mine", "--help"]',
    "another __name__": '__name__ = "__main__"',
    "a loud logger": "import logging; logging.basicConfig(level=0); logging.debug('x' * 9999)",
    "no default encoding": 'import io; io.text_encoding = lambda *a: "ascii"',
    "switching often": "import sys; sys.setswitchinterval(1e-6)",
    "a faulthandler": "import faulthandler; faulthandler.enable(open('/dev/null'))",
    "an event loop": "import asyncio; asyncio.set_event_loop(asyncio.new_event_loop())",
}


@pytest.mark.rows(12)
@pytest.mark.parametrize("change", CHANGES)
def test_a_right_layer_holds_whatever_it_changes(tmp_path, change):
    source = f"import numpy as np\n{CHANGES[change]}\n{EXAMPLE}"
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    report = verify(
        str(tmp_path / "bn.py"), laws=LAWS, dtypes=("float32",), budget="quick", save=None
    )
    assert (report.exit_code, report.faults) == (0, ())
    assert all(f.verdict == "holds" for f in report.findings if f.law in ("F00", "B01"))


STATES = {
    "no gradients": "torch.set_grad_enabled(False)",
    "inference": "torch.inference_mode(True).__enter__()",
    "anomalies": "torch.autograd.set_detect_anomaly(True)",
    "double by default": "torch.set_default_dtype(torch.float64)",
    "deterministic": "torch.use_deterministic_algorithms(True)",
    "flushing": "torch.set_flush_denormal(True)",
    "four threads": "torch.set_num_threads(4)",
    "no mkldnn": "torch.backends.mkldnn.enabled = False",
}


@pytest.mark.rows(3)
@pytest.mark.torch
@pytest.mark.parametrize("state", STATES)
def test_torchs_own_layer_holds_in_every_state(tmp_path, state):
    pytest.importorskip("torch")
    source = f"import torch\n{STATES[state]}\nfrom torch.nn import BatchNorm1d\n"
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    report = verify(
        f"{tmp_path / 'bn.py'}:BatchNorm1d",
        laws=("F00", "B01", "B21", "X07"),
        dtypes=("float32",),
        budget="quick",
        save=None,
    )
    assert (report.exit_code, report.faults) == (0, ())
    flushes = "flushes subnormal numbers" in " ".join(report.warnings)
    assert flushes == (state == "flushing")


# what cannot be loaded: one sentence, and whose move it is
ENDS = {
    "sys.exit()": "raise SystemExit",
    "sys.exit(0)": "import sys; sys.exit(0)",
    "quit": "quit()",
    "a usage message": (
        "import argparse; p = argparse.ArgumentParser(); p.add_argument('--n', required=True)\n"
        "p.parse_args()"
    ),
    "Ctrl-C": "raise KeyboardInterrupt",
    "an exception of its own": "raise type('Stop', (BaseException,), {})('halt')",
    "no words": ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E"),
    "a generator's end": "raise GeneratorExit",
    "deep recursion": "def f(): return f()\nf()",
    "a syntax error": "def f(:",
    "tabs and spaces": "if True:\n\tx = 1\n        y = 2",
    "an assertion": "assert False, 'run me with python -m mine'",
    "input": "input()",
    "a missing module": "import no_such_module_of_mine",
    "a missing name": "from math import no_such_name",
    "a relative import": "from . import other",
    "abort": "import os; os.abort()",
    "exit in C": "import os; os._exit(0)",
    "a null pointer": "import ctypes; ctypes.string_at(0)",
    "memory": "x = bytearray(1 << 46)",
    "a null byte": "x = 1\0",
    "escapes in the message": "raise ValueError('\\x1b[31m' + 'y' * 99999)",
    "many lines in the message": "raise ValueError('y\\n' * 9999)",
    "an error group": "raise BaseExceptionGroup('several', [ValueError(1), SystemExit(2)])",
    "a warning": "raise DeprecationWarning('old')",
    "a chain": "try: 1 / 0\nexcept ZeroDivisionError as e: raise KeyError('k') from e",
    "a lone surrogate": "raise ValueError('\\ud800')",
}


@pytest.mark.rows(9)
@pytest.mark.parametrize("how", ENDS)
def test_what_does_not_load_is_one_sentence(tmp_path, how):
    (tmp_path / "bn.py").write_text(ENDS[how] + "\n" + EXAMPLE, encoding="utf-8")
    with pytest.raises((TargetError, UsageError)) as raised:
        verify(str(tmp_path / "bn.py"), budget="quick", save=None)
    said = str(raised.value)
    assert len(said.splitlines()) <= 5
    assert len(said) < 2000
    assert "bn.py" in said
