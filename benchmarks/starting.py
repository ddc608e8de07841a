"""What a start takes beside Python's own: ``bncheck --help`` over ``python -I -c pass``.

    python benchmarks/starting.py [--runs N]

Processor time, user and system, of processes by turns: medians of so many runs, and their
quotient. Bytecode must have been written, as an installation does; where PYTHONDONTWRITEBYTECODE
is set the compiler is measured instead.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys

WORDS = (["--help"], ["--version"], ["verify", "--help"])


def spent(command: list[str]) -> float:
    """Return the processor time of one process, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    """Print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bare = [sys.executable, "-I", "-c", "pass"]
    for words in WORDS:
        asked = [sys.executable, "-P", "-m", "bncheck", *words]
        spent(bare), spent(asked)
        pairs = [(spent(asked), spent(bare)) for _ in range(runs)]
        ours, python = (statistics.median(times) for times in zip(*pairs, strict=True))
        times = f"{ours / python:.2f} times Python's {python * 1e3:.1f} ms"
        print(f"bncheck {' '.join(words):14} {times}")


if __name__ == "__main__":
    main()
