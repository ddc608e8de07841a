"""`--resume`: what has not changed is not run again, and whatever has is."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command import bncheck, doing, environment

from bncheck.engine import Options, events, run
from bncheck.engine import verify as check
from bncheck.engine.resuming import Earlier, plan
from bncheck.engine.resuming.digests import Digests
from bncheck.errors import UsageError
from bncheck.model import Implementation, Layer
from bncheck.reports.json import as_data
from bncheck.reports.text import render

FEW = {"laws": ("F00",), "budget": "smoke", "dtypes": ("float32",)}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bn.py").write_text(doing("pass"))
    return tmp_path


def resumed(**options):
    """Whether it was not run again."""
    time.sleep(0.02)  # what is written less than a tick before a run is not trusted
    return check("bn.py", **{**FEW, "resume": True, **options})


def still(**options):
    """Whether it would not be run again."""
    return Earlier("bn.py", Options(**{**FEW, "resume": True, **options})).unchanged() is not None


def checked(**options):
    """Run and keep it, and see that it would be taken over."""
    first = resumed(**options)
    assert not first.resumed
    assert still(**options), first.notes
    return first


def test_nothing_changed():
    first = checked()
    again = resumed()
    assert again == first
    assert again.started == first.started
    data = as_data(again)
    assert data["resumed"] is True
    assert {**data, "resumed": False} == as_data(first)
    assert f"not run again: nothing changed since {first.started}" in " ".join(
        render(again).split()
    )


def test_a_failure_is_shown_again_with_its_example(here):
    (here / "bn.py").write_text(doing("x = x * 2"))
    checked()
    again = resumed()
    assert again.exit_code == 1
    case = next(f.case for f in again.findings if f.case)
    os.unlink(case.file)  # the report would name what is no longer there
    assert not still()


def test_only_where_it_is_asked_for():
    checked()
    assert not check("bn.py", **FEW).resumed


def test_a_run_of_the_library_keeps_nothing_unasked(here):
    check("bn.py", **FEW)
    assert not (here / ".bncheck" / "checked").exists()


def test_the_events_are_those_of_a_run():
    checked()
    told = list(run("bn.py", Options(**FEW, resume=True)))
    assert [type(e) for e in told] == [events.Found, events.Finished]


@pytest.mark.parametrize(
    "other",
    [
        *({"seed": 1}, {"laws": ("F01",)}, {"budget": "quick"}, {"dtypes": ("float64",)}),
        *({"timeout": 11.0}, {"profile": "torch"}, {"require": ("eval",)}, {"shrink": False}),
        *({"device": "cuda:1"}, {"known": True}, {"fail_fast": True}, {"diagnose": False}),
    ],
)
def test_another_plan_is_run(other):
    planned = plan.told("bn.py", Options(**{**FEW, **other}), Digests(Path()))
    assert planned != plan.told("bn.py", Options(**FEW), Digests(Path()))


def test_jobs_are_no_plan():
    checked()
    assert still(jobs=2)


def test_several_workers_are_all_asked():
    checked(jobs=2)


# -- what it rests on -----------------------------------------------------------------------------


def test_the_file_itself(here):
    checked()
    (here / "bn.py").write_text(doing("x = x * 2"))
    assert not still()


def test_the_old_content_is_taken_over_again_only_after_a_run(here):
    checked()
    os.utime(here / "bn.py")  # touched, and not changed
    assert still()


def test_a_module_beside_it(here):
    (here / "helper.py").write_text("factor = 1\n")
    (here / "bn.py").write_text("import helper\n" + doing("x = x * helper.factor"))
    checked()
    (here / "helper.py").write_text("factor = 2\n")
    assert not still()


def test_a_module_that_is_imported_late(here):
    (here / "late.py").write_text("factor = 1\n")
    (here / "bn.py").write_text(doing("import late; x = x * late.factor"))
    checked()
    (here / "late.py").write_text("factor = 2\n")
    assert not still()


def test_weights_that_it_opens_by_itself(here):
    np.savez(here / "weights.npz", factor=1.0)
    (here / "bn.py").write_text(doing("x = x * x.dtype.type(np.load('weights.npz')['factor'])"))
    checked()
    np.savez(here / "weights.npz", factor=2.0)
    assert not still()


def test_a_file_that_was_not_there(here):
    (here / "bn.py").write_text(
        "import os\n"
        + doing("""
    try: x = x * int(open('factor').read())
    except OSError: pass""")
    )
    checked()
    (here / "factor").write_text("2")
    assert not still()


def test_a_module_that_was_not_there(here):
    (here / "bn.py").write_text(
        "try:\n    from fast_kernel import factor\nexcept ImportError:\n    factor = 1\n"
        + doing("x = x * factor")
    )
    checked()
    (here / "fast_kernel.py").write_text("factor = 2\n")
    assert not still()


def test_a_module_that_hides_another(here, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "factors.py").write_text("factor = 1\n")
    monkeypatch.syspath_prepend(elsewhere)
    (here / "bn.py").write_text("import factors\n" + doing("x = x * factors.factor"))
    checked()
    (here / "factors").mkdir()
    (here / "factors" / "__init__.py").write_text("factor = 2\n")
    assert not still()


def test_a_folder_that_it_lists(here):
    (here / "parts").mkdir()
    (here / "bn.py").write_text("import os\n" + doing("x = x * (1 + len(os.listdir('parts')))"))
    checked()
    (here / "parts" / "one").write_text("")
    assert not still()


def test_a_variable_that_it_reads(here, monkeypatch):
    (here / "bn.py").write_text("import os\n" + doing("x = x * int(os.getenv('FACTOR', '1'))"))
    checked()
    monkeypatch.setenv("OTHER", "2")
    assert still()
    monkeypatch.setenv("FACTOR", "2")
    assert not still()


def test_a_variable_that_libraries_read(monkeypatch):
    checked()
    # whatever it is where the tests run, it is another now
    monkeypatch.setenv("OPENBLAS_CORETYPE", os.environ.get("OPENBLAS_CORETYPE", "") + "x")
    assert not still()


def test_a_neighbour_that_has_nothing_to_do_with_it(here):
    checked()
    (here / "other.py").write_text("x = 1\n")
    assert still()


def test_another_version_of_what_is_installed(monkeypatch):
    checked()
    monkeypatch.setattr("bncheck.engine.resuming.plan.versions.needed", lambda: {"numpy": "99"})
    assert not still()


def test_the_entries_of_what_is_expected(here):
    (here / "bn.py").write_text(doing("x = x * 2"))
    (here / "e.toml").write_text('[[expected]]\nlaw = "F00"\nreason = "known"\n')
    checked(expected="e.toml")
    (here / "e.toml").write_text('[[expected]]\nlaw = "F00"\nreason = "still known"\n')
    assert not still(expected="e.toml")


def test_an_expectation_that_ends(here, monkeypatch):
    (here / "bn.py").write_text(doing("x = x * 2"))
    (here / "e.toml").write_text('[[expected]]\nlaw = "F00"\nreason = "known"\n')
    checked(expected="e.toml")

    class Later:
        @staticmethod
        def today():
            return np.datetime64("2099-01-01").item()

    monkeypatch.setattr("bncheck.engine.resuming.plan.date", Later)
    assert not still(expected="e.toml")


def test_batches_of_a_user(here):
    np.savez(here / "data.npz", x=np.arange(8, dtype=np.float32).reshape(4, 2))
    checked(data="data.npz")
    np.savez(here / "data.npz", x=np.arange(10, dtype=np.float32).reshape(5, 2))
    assert not still(data="data.npz")


# -- what is never taken over ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("import subprocess; subprocess.run(['true'])", "it starts a process"),
        ("x = x * np.random.default_rng().uniform(0.99, 1.01)", "differ from call to call"),
        ("open('log', 'a+').write('x')", "it reads a file that it writes"),
    ],
)
def test_doubts_are_run_again_and_told(what, why, here):
    (here / "bn.py").write_text(doing(what))
    first = resumed(laws=("F00", "P02"))
    (note,) = [note for note in first.notes if "--resume" in note]
    assert note.startswith("--resume will run this again: ")
    assert why in note
    assert not still(laws=("F00", "P02"))


def test_a_process_that_was_lost_is_a_doubt(here):
    (here / "bn.py").write_text("import os\n" + doing("os._exit(1) if x.shape[0] == 1 else None"))
    assert resumed(laws=("F00", "P06", "P07")).exit_code == 1
    assert not still(laws=("F00", "P06", "P07"))


def test_a_file_that_changed_meanwhile(here):
    (here / "bn.py").write_text("import os\nos.utime(__file__)\n" + doing("pass"))
    first = resumed()
    assert any("bn.py changed while it ran" in note for note in first.notes)
    assert not still()


def test_a_limit_in_seconds_depends_on_the_machine():
    assert any("limit in seconds" in note for note in resumed(budget=1).notes)
    assert not still(budget=1)


def test_an_object_of_this_process():
    target = Implementation("mine", lambda case: Layer(train=lambda x: x))
    for _ in range(2):
        report = check(target, **FEW, resume=True)
        assert not report.resumed
        assert any("an object in this process" in note for note in report.notes)


def test_an_interruption_while_it_is_kept_loses_no_report(monkeypatch):
    def interrupted(self, report, pool):
        raise KeyboardInterrupt

    monkeypatch.setattr(Earlier, "kept", interrupted)
    target = Implementation("mine", lambda case: Layer(train=lambda x: x))
    *_, told, finished = run(target, Options(**FEW, keep=True))
    assert isinstance(told, events.Interrupted)
    assert finished.report.interrupted
    assert finished.report.findings


def test_where_nothing_is_saved():
    assert any("no folder" in note for note in resumed(save=None).notes)
    assert not still(save=None)


def test_a_wrong_value_is_one_sentence():
    with pytest.raises(UsageError, match="resume='yes', but should be True or False"):
        Options(resume="yes")


# -- the folder -----------------------------------------------------------------------------------


def kept(here):
    found = (here / ".bncheck" / "checked").glob("[0-9a-f]*.json")
    others = ("digests", "files-")  # of hexadecimal digits, too
    return next(path for path in found if not path.name.startswith(others))


def test_it_is_plain_json_that_git_ignores(here):
    checked()
    data = json.loads(kept(here).read_text())
    assert data["schema"] == "bncheck/checked/1"
    assert (here / ".bncheck" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "garbage",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: text.replace("bncheck/checked/1", "bncheck/checked/2"),
        lambda text: text.replace('"holds"', '"true"'),
        lambda text: text.replace('"files-', '"../files-'),
        lambda text: text.replace('"report"', '"reports"'),
        lambda text: text.replace('"target": "bn.py"', '"target": "other.py"'),
    ],
)
def test_garbage_is_run_again(spoil, here):
    checked()
    path = kept(here)
    text = path.read_text()
    assert spoil(text) != text
    path.write_text(spoil(text))
    assert not still()


def test_what_was_garbage_is_written_anew(here):
    checked()
    kept(here).write_text("garbage")
    checked()


@pytest.mark.parametrize("name", ["files-*.json", "digests.json"])
def test_a_list_that_is_gone_or_garbage(name, here):
    checked()
    for path in (here / ".bncheck" / "checked").glob(name):
        path.write_text("garbage")
    assert still() is (name == "digests.json")
    resumed()
    assert still()  # it is written anew


def test_a_file_in_the_place_of_the_folder(here):
    (here / ".bncheck").mkdir()
    (here / ".bncheck" / "checked").write_text("mine")
    first = resumed()
    assert first.exit_code == 0
    assert any("cannot be written" in note for note in first.notes)
    assert (here / ".bncheck" / "checked").read_text() == "mine"


def test_a_folder_that_takes_nothing(here, monkeypatch):
    def refused(path, content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bncheck.files.write", refused)
    first = resumed()
    assert first.exit_code == 0
    assert any("cannot be written: Permission denied" in note for note in first.notes)


def test_the_oldest_are_removed(here, monkeypatch):
    monkeypatch.setattr("bncheck.engine.resuming.keeping.KEPT", 1)
    checked()
    checked(seed=1)
    assert not still()


# -- the command ----------------------------------------------------------------------------------

SMALL = ("--laws", "F00", "--budget", "smoke", "--dtype", "float32")


def test_a_run_that_was_killed_in_the_middle_goes_on(here):
    (here / "a.py").write_text(doing("pass"))
    (here / "b.py").write_text("import time\ntime.sleep(50)\n" + doing("pass"))
    time.sleep(0.05)
    words = [sys.executable, "-P", "-m", "bncheck", "verify", "a.py", "b.py", *SMALL, "--resume"]
    process = subprocess.Popen(
        words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for line in process.stdout:
        if "a.py" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (here / "b.py").write_text(doing("pass"))
    done = bncheck(
        "verify", "a.py", "b.py", *SMALL, "--resume", "--format", "json=r.json", folder=here
    )
    assert done.code == 0
    first, second = json.loads((here / "r.json").read_text())["reports"]
    assert (first["resumed"], second["resumed"]) == (True, False)
    assert "not run again: nothing changed since" in " ".join(done.out.split())
