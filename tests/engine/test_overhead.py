"""The benchmark of what verifying costs reaches into functions by name: they must be there."""

import math

from scripts_of_benchmarks import script


def test_every_stage_is_found_and_takes_time():
    overhead = script("overhead")
    bench = overhead.Ours("float64", (40, 3))
    bench.stages()
    target, spent = bench.stages()
    assert spent.keys() >= set(overhead.STAGES)
    assert all(math.isfinite(s) and s >= 0 for s in spent.values())
    assert target > 0
    for stage in ("truth", "bounds", "calls", "laws"):
        assert spent[stage] > 0, stage
