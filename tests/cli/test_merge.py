"""Many reports as one table: nothing twice, nothing lost, nothing missing in silence."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import reports_of
from hypothesis import given
from hypothesis import strategies as st

from bncheck.cli import main
from bncheck.model import NotChecked, Report
from bncheck.model.shard import dealt
from bncheck.reports.common.reading import read
from bncheck.reports.json import render, render_several
from bncheck.reports.merged.csv import safe


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(target="bn.py", *findings, **more):
    found = findings or (reports_of.holds("F01", "float32"),)
    setting = {**reports_of.ENVIRONMENT, **more.pop("setting", {})}
    return Report(target, found, environment=setting, started="2026-12-01", seconds=1.5, **more)


def bad(target="bn.py", *dtypes, **more):
    found = [reports_of.fails("B03", dtype) for dtype in dtypes or ("float32",)]
    return report(target, *found, causes=({"deviation": "missing-mean-term"},), **more)


def write(name, *outcomes, shard=None):
    whole = len(outcomes) == 1 and shard is None
    with open(name, "w") as file:
        file.write(render(*outcomes) if whole else render_several(outcomes, shard))
    return name


def shards(of, *outcomes):
    """Write each part of a list; the names of the files."""
    files = []
    for index in range(1, of + 1):
        shard, part = dealt(outcomes, [(each.target,) for each in outcomes], index, of)
        files.append(write(f"s{index}.json", *part, shard=shard))
    return files


def merge(*words):
    return main(["merge", *words])


def table(capsys, *words):
    code = merge(*words, "--format", "csv")
    told = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(told.out))), told.err


A, B, C = report("a.py"), bad("b.py"), report("c.py")


def test_one_row_for_each_target(capsys):
    code, rows, told = table(capsys, write("one.json", B), write("two.json", A, C))
    assert code == 1
    assert told == ""
    assert [row["target"] for row in rows] == ["a.py", "b.py", "c.py"]
    b = rows[1]
    assert (b["exit_code"], b["verdict"], b["float32"]) == ("1", "fails", "fails")
    assert (b["causes"], b["laws_failing"], b["seconds"]) == ("missing-mean-term", "1", "1.5")
    assert (b["bncheck"], b["python"], b["budget"]) == ("0.1.0", "3.11.7", "standard")
    assert (b["files"], b["not_checked"]) == ("one.json", "")


def test_what_was_not_checked_is_named(capsys):
    untried = ("inference: the target has none", "ranks 4, 5: it raised")
    _, (row,), _ = table(capsys, write("r.json", report("a.py", untried=untried)))
    assert row["not_checked"] == "inference, ranks 4, 5"


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([A], 0),
        ([A, B], 1),
        ([A, NotChecked("x", "it does not load")], 2),
        ([A, B, NotChecked("x", "it does not load")], 1),
        ([A, B, NotChecked("x", "oracle", exit_code=3)], 3),
        ([report("i.py", interrupted=True)], 2),
    ],
)
def test_the_exit_code_is_that_of_several(outcomes, code, capsys):
    assert merge(write("r.json", *outcomes)) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"exit {code}: ")


def test_dtypes_are_columns_also_where_runs_were_apart(capsys):
    narrow, wide = report("a.py", reports_of.holds("F01", "float16")), bad("a.py", "float64")
    code, rows, told = table(capsys, write("n.json", narrow), write("w.json", wide))
    assert (code, told, len(rows)) == (1, "", 1)
    assert (rows[0]["float16"], rows[0]["float64"]) == ("holds", "fails")
    assert list(rows[0])[4:6] == ["float16", "float64"]
    assert rows[0]["files"] == "n.json, w.json"
    assert rows[0]["seconds"] == "3.0"


@pytest.mark.parametrize(
    "setting",
    [{"device": "cuda:0"}, {"versions": {"torch": "2.13"}}, {"seed": 1}, {"budget": "quick"}],
)
def test_another_device_version_or_plan_is_another_row(setting, capsys):
    first = write("first.json", report("a.py", setting={"device": "cpu"}))
    code, rows, told = table(capsys, first, write("other.json", bad("a.py", setting=setting)))
    assert (code, told, len(rows)) == (1, "", 2)
    merge("first.json", "other.json")
    assert next(iter(setting)) in capsys.readouterr().out.splitlines()[0]


# -- shards ---------------------------------------------------------------------------------------


def test_all_shards_are_the_whole_list(capsys):
    code, rows, told = table(capsys, *shards(3, A, report("b.py"), C, report("d.py")))
    assert (code, told) == (0, "")
    assert [row["target"] for row in rows] == ["a.py", "b.py", "c.py", "d.py"]


def test_a_missing_shard_is_no_success(capsys):
    first, _, third = shards(3, A, report("b.py"), C)
    code, rows, told = table(capsys, first, third)
    assert code == 2
    assert len(rows) == 2
    assert told == (
        "bncheck: shard 2/3 of the list of 3 targets that s1.json is of is missing: give the JSON "
        "report as well\n"
    )


def test_many_missing_shards_are_one_sentence(capsys):
    first, *_ = shards(9, *[report(f"{n}.py") for n in range(9)])
    code, _, told = table(capsys, first)
    assert code == 2
    assert "shards 2/9, 3/9, 4/9, 5/9, 6/9 and 3 more of the list of 9 targets" in told
    assert len(told.splitlines()) == 1


def test_a_missing_shard_of_an_empty_part_is_not_missed(capsys):
    first, second, *_ = shards(4, A, C)
    assert table(capsys, first, second)[0] == 0


def test_the_same_shard_twice_is_counted_once(capsys):
    first, second = shards(2, A, B)
    again = write("again.json", replace(A, seconds=9.0, started="later"), shard=shard_of(first))
    code, rows, told = table(capsys, first, second, again, first)
    assert (code, told, len(rows)) == (1, "", 2)
    assert rows[0]["files"] == "s1.json, again.json"


def shard_of(name):
    return read(Path(name)).shards[0]


def test_a_shard_that_says_something_else_the_second_time_is_told(capsys):
    first, second = shards(2, A, C)
    again = write("again.json", bad("a.py", "float32"), shard=shard_of(first))
    changed = report("a.py", replace(reports_of.holds("F01", "float32"), error=1e-9))
    other = write("other.json", changed, shard=shard_of(first))
    code, rows, told = table(capsys, first, second, other)
    assert (code, len(rows)) == (2, 3)
    assert told == (
        "bncheck: s1.json and other.json say different things of 'a.py' in the same setting; both "
        "are in the table, and one of them is wrong\n"
    )
    assert table(capsys, first, second, again)[0] == 1


def test_two_submissions_of_one_name_are_two_rows_and_no_fault(capsys):
    code, rows, told = table(
        capsys,
        write("anna.json", report("bn.py")),
        write("ben.json", bad("bn.py", "float32")),
        write("cem.json", report("bn.py", replace(reports_of.holds("F01", "float32"), error=0.0))),
    )
    assert code == 1
    assert sorted(row["files"] for row in rows) == ["anna.json, ben.json", "cem.json"]
    assert "cem.json say different things" in told


def test_different_numbers_of_shards_cover_a_list_together(capsys):
    outcomes = [report(f"{n}.py") for n in range(4)]
    names = [(each.target,) for each in outcomes]
    files = []
    for index, of in ((1, 2), (2, 4)):
        shard, part = dealt(outcomes, names, index, of)
        files.append(write(f"{index}of{of}.json", *part, shard=shard))
    code, rows, told = table(capsys, *files)
    assert (code, len(rows)) == (2, 3)
    assert "1 of the list of 4 targets that 1of2.json is of are in no report" in told
    shard, part = dealt(outcomes, names, 4, 4)
    assert table(capsys, *files, write("4of4.json", *part, shard=shard))[0] == 0


def test_a_shard_with_fewer_reports_than_it_has_targets_is_told(capsys):
    shard, _ = dealt([A, B, C], [(each.target,) for each in (A, B, C)], 1, 1)
    code, rows, told = table(capsys, write("cut.json", A, shard=shard))
    assert (code, len(rows)) == (2, 1)
    assert "cut.json has 1 reports, but shard 1/1 of 3 targets has 3" in told


def test_what_was_merged_can_be_merged_further(capsys):
    first, second, third = shards(3, A, report("b.py"), C)
    assert merge(first, third, "--format", "json", "--output", "some.json") == 2
    capsys.readouterr()
    code, _, told = table(capsys, "some.json")
    assert code == 2
    assert "shard 2/3" in told
    code, rows, told = table(capsys, "some.json", second)
    assert (code, told, len(rows)) == (0, "", 3)


# -- JSON -----------------------------------------------------------------------------------------


def test_json_holds_every_report_as_it_was(capsys):
    files = [write("one.json", B), write("two.json", A, C), write("again.json", B)]
    assert merge(*files, "--format", "json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "bncheck/reports/1"
    with open("one.json") as file:
        assert json.load(file) in data["reports"]
    assert [each["target"] for each in data["reports"]] == ["a.py", "b.py", "c.py"]


def test_json_keeps_keys_of_later_versions(capsys):
    with open(write("one.json", A)) as file:
        data = {**json.load(file), "later": {"x": [1]}}
    with open("one.json", "w") as file:
        json.dump(data, file)
    merge("one.json", "--format", "json")
    assert json.loads(capsys.readouterr().out)["reports"] == [data]


def test_the_order_of_files_does_not_matter(capsys):
    files = [write(f"{each.target}.json", each) for each in (C, A, B)]
    merge(*files, "--format", "json")
    once = capsys.readouterr().out
    merge(*files[::-1], "--format", "json")
    assert capsys.readouterr().out == once


# -- files of strangers ---------------------------------------------------------------------------

BROKEN = {
    "another version": ('{"schema": "bncheck/report/2"}', "is of another version of bncheck"),
    "several of it": ('{"schema": "bncheck/reports/7"}', "is of another version of bncheck"),
    "something else": ('{"schema": "bncheck/comparison/1"}', "is no report of bncheck"),
    "cut off": ('{"schema": "bncheck/report/1", "fin', "cannot be read as JSON"),
    "empty": ("", "cannot be read as JSON"),
    "deep": ("[" * 100_000, "cannot be read as JSON"),
    "NaN": ('{"schema": NaN}', "NaN is no number"),
    "long integer": ('{"schema": ' + "1" * 5000 + "}", "cannot be read as JSON"),
    "a list": ("[1, 2]", "is no report of bncheck"),
    "no code": (
        '{"schema": "bncheck/report/1", "target": "x", "findings": []}',
        "has exit_code=None of 'x', but should have 0, 1, 2 or 3",
    ),
    "a code": (
        '{"schema": "bncheck/report/1", "target": "x", "findings": [], "exit_code": true}',
        "has exit_code=True",
    ),
    "nothing holds": (
        '{"schema": "bncheck/report/1", "target": "x", "findings": [], "exit_code": 0}',
        "says exit_code 0 of 'x', but no law holds in it",
    ),
    "something fails": (
        '{"schema": "bncheck/report/1", "target": "x", "exit_code": 0, "findings": '
        '[{"law": "B03", "dtype": "float32", "verdict": "fails"}]}',
        "says exit_code 0 of 'x', but law 'B03' fails in it",
    ),
    "a proof": (
        '{"schema": "bncheck/report/1", "target": "x", "exit_code": 0, "findings": '
        '[{"law": "B03", "dtype": "", "verdict": "true"}]}',
        "but should have law, dtype, verdict",
    ),
    "a shard": (
        '{"schema": "bncheck/reports/1", "reports": [], "shard": {"index": 3, "of": 2, '
        '"targets": 1, "digest": "a"}}',
        "has shard=",
    ),
    "a huge shard": (
        '{"schema": "bncheck/reports/1", "reports": [], "shard": {"index": 1, "of": 2, '
        '"targets": 1e9, "digest": "a"}}',
        "has shard=",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence_and_the_others_are_merged(name, capsys):
    text, why = BROKEN[name]
    with open("broken.json", "w") as file:
        file.write(text)
    code, rows, told = table(capsys, write("a.json", A), "broken.json", write("c.json", C))
    assert code == 2
    assert [row["target"] for row in rows] == ["a.py", "c.py"]
    assert told.startswith("bncheck: broken.json ")
    assert why in told
    assert len(told.splitlines()) == 1


def test_a_huge_file_a_folder_and_none_are_refused(capsys, monkeypatch, here):
    monkeypatch.setattr("bncheck.cli.merge._MOST_BYTES", 1000)
    (here / "folder").mkdir()
    code, rows, told = table(capsys, write("a.json", A), "folder", "none.json")
    assert (code, rows) == (2, [])
    big, folder, none = told.splitlines()
    assert "a.json is too large: at most 1,000 bytes" in big
    assert "folder is a folder, a pipe or a device" in folder
    assert "none.json does not exist" in none


def test_the_output_overwrites_no_report(capsys):
    assert merge(write("a.json", A), "--output", "a.json", "--format", "json") == 2
    assert "would overwrite 'a.json'" in capsys.readouterr().err
    assert merge("a.json") == 0


# -- what people see ------------------------------------------------------------------------------


def test_text_says_what_is_missing_and_counts(capsys):
    first, _, third = shards(3, A, B, C)
    assert merge(first, third) == 2
    told = capsys.readouterr()
    assert told.err == ""
    lines = told.out.splitlines()
    assert lines[0].split()[:3] == ["target", "exit", "float32"]
    assert "  - shard 2/3 of the list" in told.out
    assert lines[-1] == "exit 2: 2 holds; not all is here, or one of two things is wrong"


def test_what_is_written_to_a_file_is_told_on_the_screen_too(capsys, here):
    first, *_ = shards(2, A, C)
    assert merge(first, "--output", "all.txt") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "shard 2/2" in told.err
    assert "shard 2/2" in (here / "all.txt").read_text()


def test_markdown_shows_strange_names_as_they_are(capsys):
    merge(write("r.json", bad("a|b_[x](http://y)<b>@me`\n.py")), "--format", "markdown")
    told = capsys.readouterr().out
    row = told.splitlines()[4]
    assert row.startswith("| a\\|b\\_\\[x\\](http://y)\\<b\\>\\@me\\` .py | 1 | fails 1 |")
    assert told.startswith("**exit 1: 1 fails**")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t=", " @"])
def test_no_cell_is_a_formula(start, capsys):
    evil = f"{start}HYPERLINK(0)"
    found = reports_of.fails("B03", evil)
    cause = ({"deviation": evil},)
    setting = {"device": evil, "bncheck": evil, "budget": evil}
    evils = [
        Report(evil, (found,), environment=setting, causes=cause, started=evil),
        NotChecked("x", evil),
    ]
    code = merge(write("r.json", *evils), "--format", "csv")
    told = capsys.readouterr().out
    assert code == 1
    rows = list(csv.reader(io.StringIO(told)))
    assert sum("HYPERLINK" in cell for cells in rows for cell in cells) >= 7
    for cell in (cell for cells in rows for cell in cells):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@given(st.text(st.characters(), max_size=30))
def test_no_text_at_all_is_a_formula_or_another_row(text):
    cell = safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.isprintable()


def test_a_thousand_reports_are_one_table(capsys):
    files = [write(f"{n}.json", *[report(f"{n}-{k}.py") for k in range(25)]) for n in range(40)]
    code, rows, told = table(capsys, *files)
    assert (code, told, len(rows)) == (0, "", 1000)
