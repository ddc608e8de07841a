"""Every format for programs: what any report becomes is well-formed, and tells of each fault."""

import os
from dataclasses import replace

import command
import golden_files
import pytest
import reports_of
from drawn_reports import OUTCOMES
from hypothesis import HealthCheck, given, settings
from readers_of_formats import READERS

from bncheck.model import NotChecked, Report
from bncheck.reports import FORMATS, of_several, renderer
from bncheck.reports.common.problems import problems
from bncheck.version import __version__

# times a thousand reports
EFFORT = int(os.environ.get("BNCHECK_ATTACK", "1"))
REASONS = ("ability", "budget: the time was over", "no-promise", "fault: bncheck itself failed")
ENDINGS = {"junit": "xml", "markdown": "md", "github": "txt", "jsonl": "jsonl"}
SEVERAL = [
    reports_of.right(),
    reports_of.wrong(),
    NotChecked("no.py", "no.py is not a file; give a file.py or a package.module"),
    NotChecked("faulty", "a fault of bncheck itself: the oracle disagrees", exit_code=3),
]


def of_sixty():
    findings = [reports_of.fails(f"B{n:02}", causes=(), title=f"law {n}") for n in range(60)]
    return Report("my_bn.py", tuple(findings), origin="my_bn.py:12")


def test_these_are_the_formats_for_programs():
    assert set(READERS) == set(FORMATS) - {"text", "html"}


def read_back(name, outcomes):
    """Render, read by another reader, and compare what it tells of with the exit codes."""
    text = of_several(name)(outcomes)
    told = READERS[name](text)
    wrong = sum(outcome.exit_code != 0 for outcome in outcomes)
    assert (told > 0) == (wrong > 0)
    assert told >= wrong
    return text


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "report",
    [
        Report("nothing.py", ()),
        reports_of.right(),
        Report("one.py", (reports_of.fails(),)),
        reports_of.wrong(),
        reports_of.many(),
        of_sixty(),
    ],
    ids=["0", "right", "1", "wrong", "many", "60"],
)
def test_other_readers_understand_it(name, report, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert READERS[name](renderer(name)(report)) >= (report.exit_code != 0)
    read_back(name, [report])
    read_back(name, [report, *SEVERAL])


@settings(
    max_examples=1000 * EFFORT,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(OUTCOMES)
def test_any_report_is_well_formed(outcomes):
    outcomes = [known_reasons(each) for each in outcomes]
    for name in READERS:
        read_back(name, outcomes).encode("utf-8")
    for outcome in outcomes:
        told = problems(outcome)
        assert any(each.level == "error" for each in told) == (outcome.exit_code != 0)
        assert len({each.fingerprint for each in told}) == len(told)


def known_reasons(outcome):
    """Skip for the reasons that there are: that is the engine's part of the contract."""
    if isinstance(outcome, NotChecked):
        return outcome if outcome.error else replace(outcome, error="why not")
    findings = [
        replace(f, reason=REASONS[len(f.reason) % len(REASONS)]) if f.verdict == "skipped" else f
        for f in outcome.findings
    ]
    return replace(outcome, findings=tuple(findings))


def test_a_run_in_every_format(tmp_path):
    name = "sub dir/a b, c:d 100%.py"
    (tmp_path / "sub dir").mkdir()
    (tmp_path / name).write_text(command.doing("x = x * 1.5 if x.shape[0] == 3 else x"))
    (tmp_path / "right.py").write_text(command.doing("pass"))
    chosen = ("--budget", "quick", "--dtype", "float32", "--laws", "F00", "--laws", "F01")
    files = [f"--format={name}=r.{name}" for name in READERS]
    done = command.bncheck("verify", name, "right.py", "no.py", *chosen, *files, folder=tmp_path)
    assert done.code == 1
    texts = {name: (tmp_path / f"r.{name}").read_bytes().decode("utf-8") for name in READERS}
    for each, text in texts.items():
        assert READERS[each](text) >= 2, each
    assert '"uri": "sub%20dir/a%20b%2C%20c%3Ad%20100%25.py"' in texts["sarif"]
    assert '"path": "sub dir/a b, c:d 100%.py"' in texts["gitlab"]
    assert "::error file=sub dir/a b%2C c%3Ad 100%25.py,line=4,title=" in texts["github"]


LONG = 10_000_000
HUGE = {
    "a target": replace(reports_of.wrong(), target="t" * LONG),
    "a reason of no spaces": Report("bn.py", (reports_of.fails(reason="|`<" * (LONG // 3)),)),
    "an exception in two thousand lines": Report(
        "bn.py", (replace(reports_of.raises("I01", "float32"), reason="line of it\n" * 900_000),)
    ),
    "a case": Report(
        "bn.py",
        (
            reports_of.fails(
                case=reports_of.counterexample(
                    python=reports_of.CASE.replace("0.0", "0" * (LONG // 5)), what="w" * LONG
                ),
                title="t" * LONG,
                warning="w" * LONG,
            ),
        ),
    ),
    "names": Report(
        "bn.py",
        (reports_of.fails("B" * LONG, causes=("c" * LONG,)),),
        causes=({"deviation": "c" * LONG, "explains": ["B" * LONG], "text": "it"},),
    ),
}


@pytest.mark.parametrize("report", HUGE.values(), ids=HUGE)
def test_what_is_long_is_cut_where_people_read_it(report):
    for name in sorted(set(READERS) - {"json", "jsonl"}):
        assert len(read_back(name, [report])) < 20_000, name


@pytest.mark.parametrize("name", ["json", "jsonl"])
@pytest.mark.parametrize("report", HUGE.values(), ids=HUGE)
def test_what_is_long_is_whole_where_programs_read_it(name, report):
    assert len(renderer(name)(report)) < 75_000_000
    read_back(name, [report])


def one_cause():
    text = "the gradient lacks the term through the mean"
    return Report(
        "sub/my_bn.py",
        (reports_of.fails(seconds=0.5), reports_of.holds("F01", "float32", seconds=0.125)),
        causes=({"deviation": "missing-mean-term", "explains": ["B03"], "text": text},),
        environment=reports_of.ENVIRONMENT,
        origin="sub/my_bn.py:12",
        started="2026-12-01T20:07:40+00:00",
        seconds=2.5,
    )


GOLDEN = {
    "cause": [one_cause()],
    "loose": [Report("my_bn.py", (reports_of.fails(causes=(), seconds=0.25),), seconds=1.5)],
    "several": SEVERAL,
}


@pytest.mark.parametrize("what", GOLDEN)
@pytest.mark.parametrize("name", [name for name in READERS if name != "json"])
def test_golden(name, what, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    text = of_several(name)(GOLDEN[what]).replace(f'ersion": "{__version__}"', 'ersion": "X"')
    golden_files.check(f"formats/{name}-{what}.{ENDINGS.get(name, 'json')}", text)
