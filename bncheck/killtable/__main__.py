"""``python -m bncheck.killtable``: compute the kill table, or some rows of it, and write it."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from bncheck.deviations import BY_NAME, DEVIATIONS
from bncheck.killtable.compute import BUDGETS, minimal_cover, rows
from bncheck.killtable.page import page
from bncheck.killtable.table import FILE, KillTable, dumps, extended, read, updated
from bncheck.laws import LAWS


def main() -> int:
    """Write the data beside this module; a row's time is told as it is done."""
    parser = argparse.ArgumentParser(prog="python -m bncheck.killtable", description=main.__doc__)
    parser.add_argument("names", nargs="*", help="only these deviations; the other rows stay")
    parser.add_argument(
        "--law", action="append", default=[], dest="laws", help="only these, at the first budget"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / FILE)
    parser.add_argument("--page", type=Path, help="also write the page for people there")
    args = parser.parse_args()
    chosen = [BY_NAME[name] for name in args.names] or list(DEVIATIONS)
    budgets = BUDGETS[:1] if args.laws else BUDGETS
    done = []
    began = time.perf_counter()
    for row in rows(chosen, seed=args.seed, budgets=budgets, laws=args.laws, jobs=args.jobs):
        done.append(row)
        said = f"{time.perf_counter() - began:6.0f} s  {row.deviation}: {len(row.laws)} laws"
        sys.stderr.write(f"{said} ({row.budget})\n")
    laws = tuple(law.id for law in LAWS)
    known = {d.name for d in DEVIATIONS}
    old = read().rows if args.names or args.laws else ()
    table = KillTable(args.seed, laws, tuple(row for row in old if row.deviation in known))
    table = extended(table, done, args.laws) if args.laws else updated(table, done)
    table = replace(table, cover=minimal_cover(table))
    args.output.write_text(dumps(table), encoding="utf-8")
    if args.page is not None:
        args.page.write_text(page(table, {law.id: law for law in LAWS}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
