"""docs/lab.md: what is registered, as a page. It is made, never edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bncheck.lab import catalogue, store
from bncheck.lab.judging import Claim, judged
from bncheck.lab.model import Record
from bncheck.lab.renderers import facts, markdown, numbers

PROOFS = "../proofs"
# drawn beside the page, of the same records: what each shows, for who cannot see it
FIGURES = {
    "forest": "All statistics with a verdict, in units of the smallest effect that matters",
    "e01-accuracy": "Accuracy on test images over training, with batch normalization and without",
    "e03-percentiles": "Percentiles of what one unit gets, over training",
    "e09-landscape": "Loss and gradient along the gradient, over training; in between the same "
    "function with batch normalization inserted",
    "e19-wrong-backward-passes": "Accuracy over training with each of seven wrong backward passes",
}
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
    yield from markdown.summary(claims)
    yield ""
    yield from (f"- {markdown.plain(note)}" for note in facts.notes(claims))
    yield from _figure("forest")
    for claim in claims:
        yield ""
        yield from markdown.section(claim, PROOFS)
        prefix = claim.experiment.id.lower() + "-"
        for name in FIGURES:
            if name.startswith(prefix) and claim.records:
                yield from _figure(name)


def _figure(name: str) -> Iterator[str]:
    yield ""
    yield f"![{FIGURES[name]}](lab/{name}.svg)"


def _counted(claims: Sequence[Claim]) -> str:
    """Say how many claims came to what, of how many records and seconds."""
    words = Counter(map(numbers.word, claims))
    told = ", ".join(f"{many} {word}" for word, many in words.most_common())
    count = sum(len(claim.records) for claim in claims)
    hours = sum(claim.seconds for claim in claims) / 3600
    took = f"; {hours:.1f} hours of one processor" if hours >= 0.05 else ""
    return f"{len(claims)} claims: {told}. {count:,} records{took}."
