"""All documents in all formats: seconds, and bytes.

    python benchmarks/documents.py FOLDER

Theorems are proved once, each document is made once and rendered in every format; the files stay in
the folder, to be compared with those of another run.
"""

import sys
from pathlib import Path
from time import perf_counter

from bncheck.cli import documents
from bncheck.symbolic import proving

MOST_BYTES = 3_000_000


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    began = perf_counter()
    outcomes = list(proving.prove())
    print(f"{perf_counter() - began:6.1f} s  {len(outcomes)} theorems proved", flush=True)
    large = []
    for kind in documents.BOOKS:
        own = outcomes if kind == "book" else []
        start = perf_counter()
        document = documents.book(kind, own)
        print(f"{perf_counter() - start:6.1f} s  {kind} made", flush=True)
        for name in documents.FORMATS:
            start = perf_counter()
            path = folder / f"{kind}-{name}{documents.suffix(name)}"
            documents.write(document, name, path, own)
            size = path.stat().st_size
            large += [path.name] if size > MOST_BYTES else []
            print(f"{perf_counter() - start:6.1f} s  {kind} as {name}: {size:,} bytes", flush=True)
    print(f"{perf_counter() - began:6.1f} s  in all")
    for name in large:
        print(f"{name} is larger than {MOST_BYTES:,} bytes")
    return bool(large)


if __name__ == "__main__":
    sys.exit(main())
