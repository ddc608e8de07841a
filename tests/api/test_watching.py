"""The line that is drawn over while a run goes on."""

import io

import pytest

import bncheck
from bncheck.api import watching
from bncheck.engine import events


def test_one_line_is_drawn_over_and_wiped(monkeypatch):
    times = iter([0.0, 3.2, 4.0])
    monkeypatch.setattr(watching, "monotonic", lambda: next(times))
    stream = io.StringIO()
    draw = bncheck.Progress(stream)
    draw(events.Started("bn.py", (), (), {}))
    draw(events.Progress(1, 2, "offset", "survey", 2))
    draw(events.Progress(2, 2, "F00", "judging", 1))
    draw(events.Finished(bncheck.Report("bn.py", ())))
    empty, first, second, wiped, end = stream.getvalue().split("\r")
    assert (empty, end) == ("", "")
    assert first == "[#######             ]  35%  2 laws fail so far, 3 s, survey offset"
    assert second.rstrip() == "[##################  ]  90%  1 law fails so far, 4 s, judging F00"
    assert len(second) >= len(first)
    assert wiped.strip() == ""
    assert len(wiped) >= len(second.rstrip())


@pytest.mark.parametrize("variables", [{"JPY_PARENT_PID": "1"}, {"TERM": "dumb"}])
def test_the_command_line_draws_none_where_lines_stay(variables, monkeypatch):
    from bncheck.cli.progress import Progress

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with Progress() as bar:
        bar.show(events.Progress(1, 2, "offset"))
    assert screen.getvalue() == ""
