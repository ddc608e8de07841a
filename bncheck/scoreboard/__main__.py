"""``python -m bncheck.scoreboard``: verify every installed implementation and write the board."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from bncheck.errors import BncheckError
from bncheck.known import faults
from bncheck.scoreboard import board, expected
from bncheck.scoreboard.entries import ENTRIES
from bncheck.scoreboard.page import page


def main() -> int:
    """Write scoreboard.md and scoreboard.json; 1 where something fails that nobody expects."""
    parser = argparse.ArgumentParser(prog="python -m bncheck.scoreboard", description=main.__doc__)
    parser.add_argument("names", nargs="*", help="only rows whose name contains one of these")
    parser.add_argument("--budget", default="standard")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--folder", type=Path, default=Path("docs"), help="of the two files, beside findings/"
    )
    parser.add_argument("--page-only", action="store_true", help="measure nothing")
    args = parser.parse_args()
    try:
        return _run(args)
    except BncheckError as error:
        sys.stderr.write(f"scoreboard: {error}\n")
        return 2


def _run(args: argparse.Namespace) -> int:
    data, known = args.folder / "scoreboard.json", faults()
    args.folder.mkdir(parents=True, exist_ok=True)
    rows = board.loads(data.read_text(encoding="utf-8"), data) if data.exists() else ()
    order = [entry.name for entry in ENTRIES]
    for new in [] if args.page_only else _measured(args):
        rows = board.merged(rows, [new], order)
        data.write_text(board.dumps(rows), encoding="utf-8")  # what is done is kept
    (args.folder / "scoreboard.md").write_text(page(rows, known), encoding="utf-8")
    wrong = list(expected.problems(known, rows))
    for problem in wrong:
        sys.stderr.write(f"{problem}\n")
    return int(bool(wrong))


def _measured(args: argparse.Namespace) -> Iterator[board.Row]:
    for entry in ENTRIES:
        if args.names and not any(name in entry.name for name in args.names):
            continue
        version = entry.version()
        if version is None:
            sys.stderr.write(f"{entry.name}: not installed ({', '.join(entry.packages)})\n")
            continue
        row = board.measured(entry, version, budget=args.budget, jobs=args.jobs)
        told = row.refused or f"{len(row.failing)} findings fail, {row.seconds:.0f} s"
        sys.stderr.write(f"{entry.name} {version}: {told}\n")
        yield row


if __name__ == "__main__":
    sys.exit(main())
