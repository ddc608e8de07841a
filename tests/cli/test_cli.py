"""The command line: exit codes, messages, and where things are written."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import fake_engine
import golden_files
import pytest

import bncheck
from bncheck.cli import main
from bncheck.cli.progress import Progress

HEAVY = {"numpy", "scipy", "sympy", "hypothesis", "ml_dtypes", "pytest"}
# what `bncheck --help` does without: each takes a millisecond, and some of them ten
SLOW = HEAVY | {"hashlib", "tomllib", "platform", "secrets", "concurrent.futures", "dataclasses"}
SLOW |= {"inspect", "difflib", "traceback", "typing", "urllib.parse"}


@pytest.fixture(autouse=True)
def engine(monkeypatch, tmp_path):
    fake_engine.install(lambda name, module: monkeypatch.setitem(sys.modules, name, module))
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):  # xdist sets COLUMNS
        monkeypatch.delenv(name, raising=False)
    return fake_engine


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(("target", "code"), [("right", 0), ("wrong", 1), ("nothing", 2)])
def test_exit_code_is_the_report_s(target, code, capsys):
    assert main(["verify", target]) == code
    told = capsys.readouterr()
    assert told.out.splitlines()[-1].count(f"exit {code}: ") == 1
    assert told.err == ""


def test_reports_are_kept_where_somebody_resumes(engine, tmp_path):
    def keeps(*more):
        assert main(["verify", "right", *more]) == 0
        return engine.asked[-1].keep, engine.asked[-1].resume

    assert keeps() == (False, False)
    assert keeps("--resume") == (False, True)  # which keeps, too
    (tmp_path / ".bncheck" / "checked").mkdir(parents=True)
    assert keeps() == (True, False)
    assert keeps("--save", "elsewhere") == (False, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("verify missing", "module 'missing' does not exist; give a file.py or a package.module"),
        ("theorems", "command 'theorems' does not exist; `bncheck derive` lists the theorems"),
        ("verfiy x", "command 'verfiy' does not exist; did you mean 'verify'?"),
        (
            "",
            "a command is missing; known: verify, init, fingerprint, compare, merge, prove, "
            + "derive, claim, check, laws, deviations, conventions, explain, lab, replay, schema, "
            + "help, completion, --version",
        ),
        ("--verison", "option '--verison' does not exist; did you mean '--version'?"),
        (
            "verify",
            "a TARGET is missing: give a file.py, package.module, module:NAME or model.onnx, or "
            "let `bncheck init` look for some",
        ),
        ("fingerprint a b", "'b' is one argument too many"),
        ("verify a --dtpye=float32", "option '--dtpye' does not exist; did you mean '--dtype'?"),
        ("verify a --lay x", "option '--lay' does not exist; did you mean '--laws'?"),
        ("verify a --dtype flaot32", "dtype='flaot32' is not checked; did you mean 'float32'?"),
        ("verify a --laws F1", "no law matches 'F1'; did you mean 'F01'?"),
        ("verify a --laws !x03", "no law matches 'x03'; did you mean 'X03'?"),
        ("laws f91", "no law matches 'f91'; did you mean 'F01'?"),
        ("help verfiy", "command 'verfiy' does not exist; did you mean 'verify'?"),
        ("help laws deviations", "'deviations' is one argument too many"),
        ("verify a --save= ", "save='', but should be a folder, or one that can be made"),
        ("verify a --seed -1", "seed=-1, but should be an integer from 0 on"),
        ("verify a --jobs 0", "jobs=0, but should be an integer from 1 on"),
        ("verify a --timeout inf", "timeout=inf, but should be a number of seconds above 0"),
        ("verify a --format jsno", "format='jsno' does not exist; did you mean 'json'?"),
        ("verify a --format json=", "--format 'json=' names no file, but should be json=FILE"),
        ("verify a --output .", "the report cannot be written to '.', which is a folder"),
        (
            "verify a --format text --format json",
            "text and json would go to the same place; write --format NAME=FILE",
        ),
        (
            "verify a --output no/such/report.txt",
            "the report's folder 'no/such' does not exist; make it first",
        ),
        ("replay none.json", "file 'none.json' does not exist; saved cases are in .bncheck/"),
    ],
)
def test_usage_errors_are_one_sentence(words, message, capsys, tmp_path):
    assert main(words.split()) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"bncheck: error: {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_unknown_budget_names_the_nearest(capsys):
    assert main(["verify", "a", "--budget", "quik"]) == 2
    assert "budget='quik'" in (told := capsys.readouterr().err)
    assert told.endswith("did you mean 'quick'?\n")


def test_options_reach_the_engine(engine):
    words = "verify right --laws F* --laws !X03 --dtype float32 --budget 2.5 --seed 7 --jobs 2"
    more = "--fail-fast --profile torch --timeout 1 --load-timeout 2 --expected known.toml"
    more += " --save cases"
    assert main([*words.split(), *more.split()]) == 0
    (given,) = engine.asked
    assert (given.laws, given.dtypes) == (("F*", "!X03"), ("float32",))
    assert (given.budget, given.seed, given.jobs, given.fail_fast) == (2.5, 7, 2, True)
    assert (given.timeout, given.load_timeout, given.profile) == (1.0, 2.0, "torch")
    assert (given.expected.name, given.save.name) == ("known.toml", "cases")


def test_a_fault_of_bncheck_is_one_sentence_and_a_file(capsys, tmp_path):
    assert main(["verify", "faulty"]) == 3
    told = capsys.readouterr()
    (saved,) = (tmp_path / ".bncheck").glob("[!.]*")
    assert (tmp_path / ".bncheck" / ".gitignore").read_text() == "*\n"
    assert told.err.startswith("bncheck: a fault of bncheck itself: ")
    assert saved.name in told.err
    assert "Traceback" not in told.err + told.out
    assert "\x1b" not in told.err
    assert len(told.err.splitlines()) == 1
    assert "Traceback" in saved.read_text()
    assert "bncheck verify faulty" in saved.read_text()


def test_a_fault_that_cannot_be_saved_is_still_told(capsys, tmp_path):
    (tmp_path / ".bncheck").write_text("in the way")
    assert main(["verify", "faulty"]) == 3
    assert "the traceback could not be saved" in capsys.readouterr().err


def test_an_engine_without_a_report_is_a_fault(engine, monkeypatch, capsys):
    monkeypatch.setattr(engine, "run", lambda target, options: iter(()))
    assert main(["verify", "right"]) == 3
    assert "the engine ended without a report" in capsys.readouterr().err


def test_ctrl_c_prints_what_is_known(engine, monkeypatch, capsys):
    def interrupt(*args):
        raise KeyboardInterrupt

    def run(target, options):
        *_, finished = whole(target, options)
        try:
            yield engine.Progress(1, 2, "plain")
        except KeyboardInterrupt:
            yield engine.Finished(replace(finished.report, interrupted=True))

    whole = engine.run
    monkeypatch.setattr(engine, "run", run)
    monkeypatch.setattr("bncheck.cli.progress.Progress.show", interrupt)
    assert main(["verify", "right"]) == 2
    assert "of 3 laws 3 hold" in (told := capsys.readouterr().out)
    assert told.endswith("exit 2: interrupted before all was checked\n")


def test_ctrl_c_before_the_run(engine, monkeypatch, capsys):
    def options(**given):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "Options", options)
    assert main(["verify", "right"]) == 2
    assert capsys.readouterr().err == "bncheck: interrupted before anything was checked\n"


def test_json_in_place_of_text(capsys):
    assert main(["verify", "wrong", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["exit_code"] == 1


def test_json_besides_text(capsys, tmp_path):
    assert main(["verify", "wrong", "--format", "json=report.json"]) == 1
    assert "exit 1: " in capsys.readouterr().out
    assert json.loads((tmp_path / "report.json").read_bytes())["counts"]["planned"] == 17


def test_output_takes_what_would_be_printed(capsys, tmp_path):
    words = "verify right --format json=r.json --format text --output r.txt"
    assert main(words.split()) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "r.txt").read_text(encoding="utf-8").startswith("HOLDS  my_bn.py\n")
    assert {p.name for p in tmp_path.iterdir()} == {"r.json", "r.txt"}


def test_no_colour_and_no_progress_in_a_pipe(capsys):
    main(["verify", "wrong"])
    told = capsys.readouterr()
    assert "\x1b" not in told.out
    assert told.err == ""


@pytest.mark.parametrize("setting", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_on_a_terminal_unless_refused(setting, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    main(["verify", "wrong"])
    assert ("\x1b[31;1mFAILS\x1b[0m" in screen.getvalue()) == (not setting)


def test_progress_on_a_terminal_is_wiped(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    main(["verify", "right"])
    *drawn, last = screen.getvalue().split("\r\x1b[K")
    assert last == ""
    assert all(len(line) < 30 for line in drawn)
    assert drawn[1].startswith("[##                  ]  12%")


def test_progress_tells_failures_and_time(engine, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("bncheck.cli.progress.monotonic", iter([0.0, 12.4, 15.0]).__next__)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    bar = Progress()
    bar.show(engine.Progress(1, 2, "offset", "survey", 3))
    bar.show(engine.Progress(0, 1, "", "diagnosis", 1))
    _, first, second = screen.getvalue().split("\r\x1b[K")
    assert first == "[#######             ]  35%  3 laws fail so far, 12 s, survey offset"
    assert second == "[##################  ]  90%  1 law fails so far, 15 s, diagnosis"


@pytest.mark.parametrize(
    ("settings", "colour", "width"),
    [
        ({"COLUMNS": "72"}, False, 72),
        ({"COLUMNS": "20"}, False, 60),
        ({"COLUMNS": "wide"}, False, 100),
        ({"FORCE_COLOR": "1"}, True, 100),
        ({"FORCE_COLOR": "0"}, False, 100),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, 100),
    ],
)
def test_width_and_colour_in_a_pipe(settings, colour, width, monkeypatch, capsys):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    main(["verify", "wrong", "-vv"])
    out = capsys.readouterr().out
    assert ("\x1b[" in out) == colour
    rules = [line for line in out.splitlines() if line and set(line) == {"─"}]
    assert {len(line) for line in rules} == {width}


@pytest.mark.parametrize(("words", "lines"), [(["-q"], 1), ([], 25), (["-v"], 110), (["-vv"], 200)])
def test_how_much_is_said(words, lines, capsys):
    assert main(["verify", "wrong", *words]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("FAILS my_bn.py: " if words == ["-q"] else "")
    assert len(told) <= lines


def test_quiet_and_verbose_at_once(capsys):
    assert main(["verify", "wrong", "-q", "-v"]) == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_ascii_where_the_terminal_has_no_more(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["verify", "right", "-vv"]) == 0
    assert b"gamma -> 2gamma doubles" in raw.getvalue()


def test_laws_are_listed(capsys):
    assert main(["laws"]) == 0
    golden_files.check("laws.txt", capsys.readouterr().out)


def test_a_law_is_explained(capsys):
    assert main(["laws", "X*"]) == 0
    golden_files.check("law-X03.txt", capsys.readouterr().out)


@pytest.mark.parametrize(("status", "code"), [("FIXED", 0), ("STILL FAILS", 1), ("ERROR", 2)])
def test_replay(status, code, capsys, tmp_path):
    (tmp_path / "case.json").write_text(status)
    assert main(["replay", "case.json"]) == code
    assert capsys.readouterr().out == f"{status}\nB03 in float32:\n    x = np.array([1.0])\n"


@pytest.mark.parametrize(
    ("statuses", "code", "told"),
    [
        (("FIXED", "FIXED"), 0, "2 cases: 2 FIXED"),
        (("FIXED", "ERROR"), 2, "2 cases: 1 FIXED, 1 ERROR"),
        (("ERROR", "STILL FAILS", "FIXED"), 1, "3 cases: 1 FIXED, 1 STILL FAILS, 1 ERROR"),
    ],
)
def test_several_are_replayed(statuses, code, told, capsys, tmp_path):
    (tmp_path / "cases").mkdir()
    for number, status in enumerate(statuses):
        (tmp_path / "cases" / f"{number}.json").write_text(status)
    assert main(["replay", "cases", "cases/0.json"]) == code
    out = capsys.readouterr().out
    assert out.startswith(f"cases/0.json\n  {statuses[0]}\n  B03 in float32:\n")
    assert out.endswith(f"\n\n{told}\n")


def test_a_folder_without_a_case(capsys, tmp_path):
    (tmp_path / "cases").mkdir()
    assert main(["replay", "cases"]) == 2
    assert (
        capsys.readouterr().err == "bncheck: error: folder 'cases' holds no saved case (*.json)\n"
    )


@pytest.mark.parametrize(
    ("module", "words"), [("argparse", ["laws"]), ("tomllib", ["verify", "x.py"])]
)
def test_interrupted_while_it_is_imported(tmp_path, module, words):
    """Ours, or what the command that is chosen imports."""
    (tmp_path / f"{module}.py").write_text("raise KeyboardInterrupt")
    home = str(Path(bncheck.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bncheck", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), home))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bncheck: interrupted before anything was checked\n"


def test_assert_holds(engine, monkeypatch):
    # another test may have imported it with the real engine
    for name in [name for name in sys.modules if name.startswith("bncheck.api")]:
        monkeypatch.delitem(sys.modules, name)
    assert bncheck.assert_holds("right", seed=3).ok
    assert engine.asked[-1].seed == 3
    with pytest.raises(bncheck.LawsBroken, match="missing-mean-term: the gradient lacks") as caught:
        bncheck.assert_holds("wrong")
    assert isinstance(caught.value, AssertionError)
    assert caught.value.report.exit_code == 1
    with pytest.raises(bncheck.LawsBroken, match="nothing could be checked"):
        bncheck.assert_holds("nothing")


def python(*words, **options):
    """Run Python in a process of its own, where this bncheck is found from any folder."""
    found = {"PYTHONPATH": str(Path(bncheck.__file__).parents[1])}
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    command = [sys.executable, *words]
    return subprocess.run(command, env=os.environ | found, check=False, timeout=60, **told)


@pytest.mark.parametrize(
    "words", [["--help"], ["verify", "--help"], ["help", "laws"], ["--version"], ["verfiy"]]
)
def test_help_is_light(words):
    heavy = SLOW if words in (["--help"], ["--version"]) else HEAVY
    code = f"""
import sys
from bncheck.__main__ import main
code = main(sys.argv[1:])
print(code, sorted({heavy!r} & set(sys.modules)))
"""
    answer = python("-c", code, *words)
    assert answer.stdout.splitlines()[-1] == f"{2 if words == ['verfiy'] else 0} []"


def test_python_m_bncheck():
    answer = python("-m", "bncheck", "--version")
    assert (answer.returncode, answer.stdout) == (0, f"bncheck {bncheck.__version__}\n")


@pytest.mark.skipif(os.name != "posix", reason="breaks a pipe in the POSIX way")
@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["verfiy"], 2)])
def test_a_reader_that_leaves_is_no_error(words, code):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as gone:
        answer = python("-m", "bncheck", *words, stdout=gone)
    assert answer.returncode == code
    assert "BrokenPipe" not in answer.stderr
