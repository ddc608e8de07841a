"""All documents in all formats: seconds, and bytes.

    python benchmarks/documents.py FOLDER

The book is made by one process, with all theorems proved; the others by a second one at the same
time. Each document is made once and rendered in every format. The files stay in the folder, to be
compared with those of another run. Exit code 1 where one is too large.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

from bncheck.cli import documents
from bncheck.symbolic import proving

MOST_BYTES = 3_000_000


def written(folder, kinds):
    """Write some of the documents; returns what each step took, and the files."""
    told, files = [], []
    outcomes = []
    if "book" in kinds:
        start = perf_counter()
        outcomes = list(proving.prove())
        told.append((perf_counter() - start, f"{len(outcomes)} theorems proved"))
    for kind in kinds:
        own = outcomes if kind == "book" else []
        start = perf_counter()
        document = documents.book(kind, own)
        told.append((perf_counter() - start, f"{kind} made"))
        for name in documents.FORMATS:
            start = perf_counter()
            path = folder / f"{kind}-{name}{documents.suffix(name)}"
            documents.write(document, name, path, own)
            files.append(path)
            size = f"{path.stat().st_size:,} bytes"
            told.append((perf_counter() - start, f"{kind} as {name}: {size}"))
    return told, files


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    began = perf_counter()
    shares = [("book",), tuple(kind for kind in documents.BOOKS if kind != "book")]
    large = []
    with ProcessPoolExecutor(len(shares)) as pool:
        for told, files in pool.map(partial(written, folder), shares):
            for seconds, step in told:
                print(f"{seconds:6.1f} s  {step}")
            large += [path.name for path in files if path.stat().st_size > MOST_BYTES]
    print(f"{perf_counter() - began:6.1f} s  in all")
    for name in large:
        print(f"{name} is larger than {MOST_BYTES:,} bytes")
    return bool(large)


if __name__ == "__main__":
    sys.exit(main())
