"""``bncheck.verify_many``: the same reports whoever makes them; whatever is lost is told."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from timeless import timeless

import bncheck
from bncheck.errors import UsageError

ROOT = Path(__file__).parents[2]
RIGHT = str(ROOT / "examples" / "numpy_layer.py")
WRONG = str(ROOT / "examples" / "one_pass_layer.py")
MISSING = "no_such_module_of_anybody"
QUICK = {"laws": ("F00", "F19"), "dtypes": ("float32",), "budget": "quick", "save": None}
QUICK |= {"shrink": False, "diagnose": False}


def data(outcome):
    if isinstance(outcome, bncheck.NotChecked):
        return outcome
    return timeless(outcome)


@pytest.fixture(scope="module")
def in_turn():
    return [data(each) for each in bncheck.verify_many([WRONG, MISSING, RIGHT], **QUICK)]


def test_without_an_executor_one_after_another(in_turn):
    wrong, missing, right = in_turn
    assert (wrong["exit_code"], right["exit_code"]) == (1, 0)
    assert (missing.ok, missing.exit_code) == (False, 2)
    assert missing.error.startswith("no_such_module_of_anybody does not import")


@pytest.mark.parametrize(
    "executor",
    [partial(ThreadPoolExecutor, 2), partial(ProcessPoolExecutor, 2)],
    ids=["threads", "processes"],
)
def test_results_are_the_same_whatever_the_executor(in_turn, executor):
    heard = {}
    with executor() as own:
        outcomes = bncheck.verify_many(
            [WRONG, MISSING, RIGHT], executor=own, on_outcome=heard.__setitem__, **QUICK
        )
    assert [data(each) for each in outcomes] == in_turn
    assert heard == dict(enumerate(outcomes))


# -- workers that are lost, by executors that lose them as they are told -------------------------


class Losing(Executor):
    """Answers at once, with the label of the job, and dies at those that it is told to die at."""

    made = 0

    def __init__(self, deadly, later=()):
        type(self).made += 1
        self.deadly, self.dead, self.stopped = deadly, False, False

    def submit(self, do, job):
        future = Future()
        if self.dead or self.deadly(job.label):
            self.dead = True
            future.set_exception(OSError("the machine went away"))
        else:
            future.set_result(bncheck.NotChecked(job.label, "done"))
        return future

    def shutdown(self, wait=True):
        self.stopped = True


@pytest.fixture
def losing():
    Losing.made = 0
    return Losing


def errors(outcomes):
    return [each.error for each in outcomes]


NAMES = [f"t{n}.py" for n in range(40)]


def test_with_an_executor_what_is_lost_is_told(losing):
    own = losing(lambda name: name == "t3.py")
    outcomes = bncheck.verify_many(NAMES, executor=own)
    lost = "worker lost: OSError: the machine went away"
    assert errors(outcomes) == ["done"] * 3 + [lost] * 37
    assert [each.target for each in outcomes] == NAMES
    assert (own.made, own.stopped) == (1, False)


def test_with_a_function_an_accident_costs_nothing(losing):
    deaths = iter([True])
    outcomes = bncheck.verify_many(
        NAMES, executor=lambda: losing(lambda name: name == "t3.py" and next(deaths, False))
    )
    assert errors(outcomes) == ["done"] * 40
    assert losing.made == 2


def test_with_a_function_who_kills_every_executor_is_found(losing):
    deadly = ("t3.py", "t4.py", "t30.py")
    made = []

    def make():
        made.append(losing(deadly.__contains__))
        return made[-1]

    outcomes = bncheck.verify_many(NAMES, executor=make)
    told = dict(zip(NAMES, errors(outcomes), strict=True))
    lost = "worker lost: OSError: the machine went away"
    assert {name for name, error in told.items() if error == lost} == set(deadly)
    assert {error for name, error in told.items() if name not in deadly} == {"done"}
    assert all(each.stopped for each in made)


def test_executors_that_lose_everything_are_not_made_for_ever(losing):
    outcomes = bncheck.verify_many(NAMES * 10, executor=lambda: losing(lambda name: True))
    assert set(errors(outcomes)) == {"worker lost: OSError: the machine went away"}
    assert losing.made <= 24


def test_no_other_executor_can_be_made(losing):
    first = [losing(lambda name: name == "t3.py")]
    outcomes = bncheck.verify_many(NAMES, executor=lambda: first.pop())
    assert errors(outcomes)[:3] == ["done"] * 3
    lost = "worker lost: OSError: the machine went away; no other executor could be made: "
    assert {e.partition("IndexError")[0] for e in errors(outcomes)[3:]} == {lost}


class Refusing(Losing):
    def submit(self, do, job):
        raise RuntimeError("cannot schedule new futures after shutdown")


def test_an_executor_that_takes_nothing():
    outcomes = bncheck.verify_many(["a.py"], executor=Refusing(None))
    assert errors(outcomes) == [
        "worker lost: RuntimeError: cannot schedule new futures after shutdown"
    ]


def test_processes_that_are_killed_in_the_middle(in_turn):
    made = []

    def make():
        made.append(ProcessPoolExecutor(1))
        return made[-1]

    def kill(position, outcome):
        if len(made) == 1:
            for pid in made[0]._processes:
                os.kill(pid, signal.SIGKILL)

    outcomes = bncheck.verify_many([WRONG, MISSING, RIGHT], executor=make, on_outcome=kill, **QUICK)
    assert [data(each) for each in outcomes] == in_turn
    assert len(made) > 1


def test_a_target_that_kills_its_executors_process(tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text(
        textwrap.dedent(
            """
            import os, signal
            with open("/proc/self/environ", "rb") as own:
                pid = dict(e.partition(b"=")[::2] for e in own.read().split(b"\\0"))[b"EXECUTOR"]
            os.kill(int(pid), signal.SIGKILL)
            """
        )
    )
    make = partial(ProcessPoolExecutor, 1, initializer=remember)
    killed, right = bncheck.verify_many([str(killer), RIGHT], executor=make, **QUICK)
    assert killed.error.startswith("worker lost: BrokenProcessPool: ")
    assert right.exit_code == 0


def remember():
    os.environ["EXECUTOR"] = str(os.getpid())


# -- what cannot be sent, what is wrong, and Ctrl-C ----------------------------------------------


def forward(x, gamma, beta, eps):
    mean = x.mean(axis=0)
    return gamma * (x - mean) / (x.var(axis=0) + x.dtype.type(eps)) ** 0.5 + beta


def own():
    return bncheck.adapt(lambda x, gamma, beta, eps: forward(x, gamma, beta, eps), name="mine")


OBJECTS = {
    "a lambda": lambda x, gamma, beta, eps: x,
    "an implementation": own(),
    "a class in a function": type("Local", (), {"forward": forward}),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_what_cannot_be_sent_is_refused_by_name(losing, name):
    refused, other = bncheck.verify_many([OBJECTS[name], "t.py"], executor=losing(lambda name: 0))
    assert f"{refused.target} cannot be sent to another process" in refused.error
    assert "\n" not in refused.error
    assert other.error == "done"


@pytest.mark.parametrize("target", [3, None, [print], b"bn.py"], ids=str)
def test_what_can_be_no_target_is_told_so(losing, target):
    for executor in (None, losing(lambda name: 0)):
        (outcome,) = bncheck.verify_many([target], executor=executor)
        assert outcome.error.startswith(f"target={outcome.target}, but should be a name such as")


def test_no_two_tries_are_alike():
    tries = []

    class Noting(Losing):
        def submit(self, do, job):
            tries.append(job)
            return super().submit(do, job)

    bncheck.verify_many(["a.py"], executor=lambda: Noting(lambda name: True))
    assert len(tries) == len(set(tries)) == 3


def test_threads_take_objects():
    target = own()
    with ThreadPoolExecutor(2) as threads:
        first, second = bncheck.verify_many([target, target], executor=threads, **QUICK)
    (alone,) = bncheck.verify_many([target], **QUICK)
    assert timeless(first) == timeless(second) == timeless(alone)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"executor": 3}, "executor=3, but should be"),
        ({"executor": lambda: 3}, "executor() returned 3"),
        ({"on_outcome": 3}, "on_outcome=3"),
        ({"budget": "short"}, "budget='short'"),
        ({"law": "B*"}, "option 'law' does not exist"),
        ({"laws": "Q*"}, "no law matches 'Q*'"),
        ({"profile": "torsch"}, "profile='torsch'"),
        ({"expected": "nowhere.toml"}, "nowhere.toml"),
        ({"data": "nowhere.npz"}, "nowhere.npz"),
        ({"require": "flying"}, "flying"),
        ({"cases": 3}, "cases=3"),
    ],
)
def test_options_are_checked_before_anything_begins(losing, given, said):
    with pytest.raises(UsageError, match=r".") as raised:
        bncheck.verify_many(["t.py"], **{"executor": losing(lambda name: 0), **given})
    assert said in str(raised.value)
    assert losing.made == 1


def test_type_checkers_know_all_options():
    from bncheck.api.asking import NAMES, Settings

    assert sorted(Settings.__annotations__) == sorted(NAMES)


def test_targets_are_a_list():
    with pytest.raises(UsageError, match=r"targets=.bn\.py., but should be a list"):
        bncheck.verify_many("bn.py")
    assert bncheck.verify_many([]) == ()


def test_a_relative_path_of_another_folder(tmp_path, monkeypatch):
    from bncheck.api.jobs import Job, outcome_of
    from bncheck.engine import Options

    job = Job.of(0, "layers/bn.py:BN", Options())
    monkeypatch.chdir(tmp_path)
    outcome = outcome_of(job)
    assert f"is a path in {job.folder}, but the working folder of this worker is" in outcome.error


def test_what_on_outcome_raises_ends_the_whole(losing):
    def stop(position, outcome):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        bncheck.verify_many(NAMES, executor=losing(lambda name: 0), on_outcome=stop)


class Waiting(Executor):
    """Begins with the first job and leaves the others waiting; Ctrl-C comes meanwhile."""

    def __init__(self):
        self.futures = []

    def submit(self, do, job):
        future = Future()
        self.futures.append(future)
        if len(self.futures) == 1:
            future.set_running_or_notify_cancel()
        if len(self.futures) == len(NAMES):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            threading.Timer(1.0, future_of_first, (self, job)).start()
        return future


def future_of_first(waiting, job):
    waiting.futures[0].set_result(bncheck.NotChecked("t0.py", "done"))


def test_ctrl_c_cancels_what_has_not_begun():
    outcomes = bncheck.verify_many(NAMES, executor=Waiting())
    assert errors(outcomes) == ["done"] + ["interrupted before it was checked"] * 39


def test_the_spelling_of_the_docstring_works_as_a_script(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            from concurrent.futures import ProcessPoolExecutor
            import bncheck

            class Mine:
                def forward(self, x): return x

            if __name__ == "__main__":
                for each in bncheck.verify_many(
                    [Mine, {RIGHT!r}], executor=ProcessPoolExecutor, laws="F00", budget="quick"
                ):
                    print(each.exit_code, each.target)
            """
        )
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path)
    assert (ran.stdout, ran.stderr) == (f"2 Mine\n0 {RIGHT}\n", "")
