"""Any report at all, drawn by Hypothesis: what a renderer must survive."""

from dataclasses import replace

import hypothesis.strategies as st

from bncheck.model import Counterexample, Finding, NotChecked, Report

ANY = st.text(st.characters(), max_size=20)
NUMBERS = st.none() | st.floats()

CASES = st.builds(
    Counterexample,
    python=ANY,
    recipe=st.dictionaries(ANY, ANY | NUMBERS | st.lists(NUMBERS)),
    what=ANY,
    got=st.floats(),
    expected=st.floats(),
    file=ANY,
)
FINDINGS = st.builds(
    Finding,
    law=ANY,
    title=ANY,
    verdict=st.sampled_from(["holds", "fails", "error", "skipped", "expected"]),
    dtype=ANY,
    error=NUMBERS,
    bound=NUMBERS,
    case=st.none() | CASES,
    causes=st.lists(ANY, max_size=2).map(tuple),
    reason=ANY,
    warning=ANY,
    statement=ANY,
)
REPORTS = st.builds(
    Report,
    target=ANY,
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
    promised=st.dictionaries(ANY, ANY | NUMBERS, max_size=2),
    observed=st.dictionaries(ANY, ANY, max_size=2),
    causes=st.lists(
        st.fixed_dictionaries({"deviation": ANY, "explains": st.lists(ANY), "text": ANY}),
        max_size=2,
    ).map(tuple),
    environment=st.dictionaries(ANY, ANY | st.integers(), max_size=3),
    notes=st.lists(ANY, max_size=2).map(tuple),
    stale=st.lists(ANY, max_size=2).map(tuple),
    interrupted=st.booleans(),
    untried=st.lists(ANY, max_size=2).map(tuple),
    warnings=st.lists(ANY, max_size=2).map(tuple),
    missing=st.lists(ANY, max_size=1).map(tuple),
    origin=ANY,
    changes=st.lists(ANY, max_size=2).map(tuple),
    slow=st.lists(st.lists(st.integers(1, 9), max_size=3).map(tuple), max_size=2).map(tuple),
)

# more than a renderer of text needs: what places, times and faults make of any report
ORIGINS = ANY | st.sampled_from(
    [
        "my_bn.py:12",
        "a b/c,d:e 100%.py:3",
        "/somewhere/else/bn.py:7",
        "C:\\bn.py:8",
        "<string>:1",
        "a runtime 1.2, operator set 15",
        "../bn.py:4",
        "bn\x00.py:5",
        f"bn.py:{'9' * 50}",
    ]
)
TIMES = st.floats(0, 1e6)
WHOLE = st.builds(
    lambda report, **more: replace(report, **more),
    REPORTS,
    origin=ORIGINS,
    faults=st.lists(ANY, max_size=1).map(tuple),
    places=st.dictionaries(st.sampled_from(["backward"]), ANY),
    started=st.sampled_from(["", "2026-12-01T20:07:40+00:00", "9999-12-31T23:59:59+00:00"]),
    seconds=TIMES,
)
OUTCOMES = st.lists(
    WHOLE | st.builds(NotChecked, ANY, ANY, st.sampled_from([2, 3])), min_size=1, max_size=3
)
