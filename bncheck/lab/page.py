"""docs/lab.md: what is registered, as a page. It is made, never edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bncheck.lab import catalogue, store
from bncheck.lab.judging import Claim, judged
from bncheck.lab.model import Record
from bncheck.lab.renderers import markdown, numbers

PROOFS = "../proofs"
INTRODUCTION = """# The lab: what batch normalization does, measured

<!-- made by `python -m bncheck.lab page` of the registered records; never edited -->

What is said about batch normalization that no algebra decides, as experiments: `bncheck lab list`
names them, `bncheck lab run` repeats them, and [a tutorial](lab-tutorial.md) says how to read this
page. Definitions were committed before their results; each result carries the digest of its
definition, and one of another definition is left out here. Made by `python -m bncheck.lab page`;
`bncheck lab check` measures again what takes no chance, and the first steps of the rest. All
batch normalization in it is the proved formulas, in float64. `bncheck derive W05` shows the
theorem of that name.
"""


def page(records: Iterable[Record] | None = None) -> str:
    """Return the page of the registered records, or of others."""
    own = store.registered() if records is None else records
    claims = judged(catalogue.EXPERIMENTS, own)
    return "\n".join(_lines(claims)) + "\n"


def _lines(claims: Sequence[Claim]) -> Iterator[str]:
    yield INTRODUCTION
    yield f"{_counted(claims)}\n"
    yield from markdown.parts(claims, PROOFS)


def _counted(claims: Sequence[Claim]) -> str:
    """Say how many claims came to what, of how many records and seconds."""
    words = Counter(map(numbers.word, claims))
    told = ", ".join(f"{many} {word}" for word, many in words.most_common())
    count = sum(len(claim.records) for claim in claims)
    hours = sum(claim.seconds for claim in claims) / 3600
    took = f"; {hours:.1f} hours of one processor" if hours >= 0.05 else ""
    return f"{len(claims)} claims: {told}. {count:,} records{took}."
