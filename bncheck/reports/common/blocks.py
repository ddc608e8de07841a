"""What is wrong, each thing once: the causes, what has no cause, and what is raised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bncheck.reports.common import telling
from bncheck.reports.common.grouping import by_reason
from bncheck.reports.common.telling import MOST_SAID
from bncheck.terminal import beginning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bncheck.model import Finding, Report

# how the reason of what fails otherwise than expected begins
OTHERWISE = "fails otherwise than expected"
# names of outputs by which a backward pass is known
GRADIENTS = frozenset(("dx", "dgamma", "dbeta"))
# laws without a cause are told beside a cause of all numbers that explains so many times as many
_FEW_LOOSE = 10
# notes of the diagnosis beside what it could not name
_MOST_NOTES = 3
# what a file would have to say, where somebody meant the normalization that a cause is
_MEANT = {
    "layer-normalization": "layer",
    "rms-normalization": "rms",
    "group-normalization": "group",
    "instance-normalization": "instance",
}


@dataclass(frozen=True)
class Block:
    """Something that is wrong, and the findings that it is behind.

    notes: what else is known; unless: what its author may say that makes it no fault
    outputs: those that are wrong, where it is not all; place: the function that it is in
    maybe: findings without a cause of their own, that it is probably behind
    """

    title: str
    findings: tuple[Finding, ...]
    known: str = ""
    notes: tuple[str, ...] = ()
    unless: str = ""
    outputs: tuple[str, ...] = ()
    place: str = ""
    maybe: tuple[Finding, ...] = ()

    @property
    def example(self) -> Finding | None:
        """The finding whose example says the most."""
        return telling.telling(self.findings, self.outputs) if self.findings else None


def found(report: Report) -> list[Block]:
    """Return what is wrong, the causes first."""
    broken = [f for f in report.findings if f.verdict == "fails"]
    told = [*_causes(report)]
    known = len(shown(report)) < len(report.causes)
    explained = {id(f) for block in told for f in block.findings}
    loose = [f for f in broken if id(f) not in explained]
    if _by_the_same(told, loose):
        told[0] = replace(told[0], maybe=tuple(loose))
    elif loose:
        told.append(_loose(report, loose, after=bool(told), known=known))
    for group in by_reason(report.findings, "error"):
        if all(id(f) in explained for f in group):  # a cause says so already
            continue
        said = beginning(group[0].reason or "no reason was given", MOST_SAID)
        told.append(Block(said, tuple(group), _known(group)))
    return told


def _by_the_same(told: Sequence[Block], loose: Sequence[Finding]) -> bool:
    """Whether a few laws are left by causes that, together, explain all numbers."""
    if not told or not loose or any(block.outputs for block in told):
        return False
    left, behind = ({f.law for f in of} for of in (loose, told[0].findings))
    return _FEW_LOOSE * len(left) <= len(behind) and not any(map(_otherwise, loose))


def shown(report: Report) -> list[Mapping[str, Any]]:
    """Return the causes of what is not expected to fail."""
    return [cause for cause in report.causes if not _is_expected(_behind(report, cause))]


def _behind(report: Report, cause: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings that a cause is behind."""
    name, laws = str(cause.get("deviation", "")), set(map(str, cause.get("explains", ())))
    explained = tuple(f for f in report.findings if name in f.causes)
    return explained or tuple(f for f in report.findings if f.verdict == "fails" and f.law in laws)


def _is_expected(findings: Sequence[Finding]) -> bool:
    return bool(findings) and all(f.verdict == "expected" for f in findings)


def _causes(report: Report) -> Iterable[Block]:
    for cause in shown(report):
        name = str(cause.get("deviation", ""))
        # what is expected to fail is counted, and told no more
        explained = tuple(f for f in _behind(report, cause) if f.verdict != "expected")
        notes = dict.fromkeys(f.reason.partition(". ")[0] for f in explained if _otherwise(f))
        unless = str(cause.get("unless", ""))
        outputs = tuple(map(str, cause.get("outputs", ())))
        place, said = _place(report, outputs), _sentence(name, cause)
        yield Block(said, explained, _known(explained), tuple(notes), unless, outputs, place)


def meant(report: Report) -> str:
    """Name the normalization that the target is, where that is what is wrong; ``""``: none."""
    causes = shown(report)
    if not causes or str(causes[0].get("deviation", "")) not in _MEANT:
        return ""
    outputs = causes[0].get("outputs", ())
    norm = _MEANT[str(causes[0]["deviation"])]
    called = f"{'RMS' if norm == 'rms' else norm} normalization"
    return called if not outputs or "y" in outputs else ""


def _place(report: Report, outputs: Sequence[str]) -> str:
    """Name the backward pass where no outputs but gradients are wrong."""
    words = {output.split()[-1] for output in outputs or report.wrong_outputs}
    return report.places.get("backward", "") if words and words <= GRADIENTS else ""


def _otherwise(finding: Finding) -> bool:
    return finding.reason.startswith(OTHERWISE)


def says(cause: Mapping[str, Any]) -> str:
    """Say what a cause does; behind the first semicolon of its text stands the evidence."""
    return str(cause.get("says") or "") or _shown(cause)


def _shown(cause: Mapping[str, Any]) -> str:
    return str(cause.get("text", "")).partition(";")[0]


def _sentence(name: str, cause: Mapping[str, Any]) -> str:
    """Say what the deviation does, then what shows it here, if there is room for both."""
    does, shown = says(cause), _shown(cause)
    outputs = ", ".join(map(str, cause.get("outputs", ())))
    head = f"{name} (in {outputs})" if outputs else name
    if name in _MEANT and (not outputs or "y" in cause["outputs"]):
        head += f' (if it is meant, add NORM = "{_MEANT[name]}" to its file)'
    if does in shown:
        return beginning(f"{head}: {shown}", MOST_SAID)
    both = f"{head}: {does}; {shown}"
    return both if len(both) <= MOST_SAID else beginning(f"{head}: {does}", MOST_SAID)


def _loose(report: Report, loose: Sequence[Finding], *, after: bool, known: bool) -> Block:
    """What no cause was found for.

    after: there are causes, which may be behind it as well; known: those of what is expected
    """
    title = "more laws fail, maybe by the same" if after else "no named cause"
    title += ", beside what is expected" if known and not after else ""
    told = dict.fromkeys(f.reason.partition(". ")[0] for f in loose if _otherwise(f))
    notes = () if after else (*told, *report.notes)[:_MOST_NOTES]
    return Block(title, tuple(loose), _known(loose), tuple(notes))


def _known(findings: Iterable[Finding]) -> str:
    return ", ".join(dict.fromkeys(f.known for f in findings if f.known))
