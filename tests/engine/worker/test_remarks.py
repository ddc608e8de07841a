"""What is an accident, and how it is told."""

from bncheck.engine.run import MOST_DEATHS
from bncheck.engine.worker.remarks import MOST_ACCIDENTS, Remarks

KILLED, ABORTED = "the process ended by SIGKILL", "the process ended by SIGABRT"


def test_accidents_are_counted_by_what_happened():
    remarks = Remarks()
    for how in (KILLED, ABORTED, KILLED):
        assert remarks.doubtful(how)
        remarks.accident(how)
    remarks.note("something else")
    remarks.note("something else")
    assert remarks.told() == (
        f"{KILLED} twice; asked again, the target answered",
        f"{ABORTED} once; asked again, the target answered",
        "something else",
    )


def test_what_was_seen_twice_on_one_request_is_no_accident():
    remarks = Remarks()
    remarks.repeated(ABORTED)
    assert not remarks.doubtful(ABORTED)
    assert remarks.doubtful(KILLED)


def test_there_are_not_many_accidents():
    assert MOST_DEATHS["crash"] == MOST_ACCIDENTS
    remarks = Remarks()
    for _ in range(MOST_ACCIDENTS):
        assert remarks.doubtful(KILLED)
        remarks.accident(KILLED)
    assert not remarks.doubtful(KILLED)
    assert remarks.told() == (f"{KILLED} 5 times; asked again, the target answered",)
