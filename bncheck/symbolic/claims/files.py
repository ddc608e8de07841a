"""Claims in TOML: read, judged one by one, and told as text or plain data.

A file has ``[[claim]]`` with id, latex and source, and optionally ``norm`` (batch, layer, rms,
group or instance), ``where`` (what a symbol means that the page defines in words: see `given`),
``verdict`` (what is expected) and ``note``; and
``[[table]]`` with id, source, x, xhat, and optionally y, gamma, beta, eps, and what people print on
the way: mu, xmu (x - mu), xmu2 (its squares), var, std.

A claim with ``verdict`` is a test: it fails if another one comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bncheck import arguments, files
from bncheck.errors import NotSupported, UsageError
from bncheck.symbolic.claims.echo import echo
from bncheck.symbolic.claims.given import about
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.claims.norms import BATCH, NORMS
from bncheck.symbolic.claims.tables.columns import COLUMNS, SINGLE, table
from bncheck.symbolic.claims.tables.verdict import judge_table
from bncheck.symbolic.claims.verdict import Verdict
from bncheck.symbolic.proving import report
from bncheck.terminal import beginning, brief, clean

MAX_BYTES = 250_000
KEYS = {
    "claim": ({"id", "latex", "source"}, {"norm", "where", "verdict", "note"}),
    "table": (
        {"id", "source", "x", "xhat"},
        {*COLUMNS, *SINGLE, "verdict", "note"} - {"x", "xhat"},
    ),
}
VERDICTS = ("true", "true-if", "false", "update", "definition", "undecided")
"""What can be expected, in the order in which they are counted."""
TEXTS = ("id", "source", "latex", "norm", "verdict", "note")


@dataclass(frozen=True)
class Claim:
    """One entry of a claims file."""

    kind: str
    id: str
    source: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> str | None:
        """The verdict that the file says it has."""
        return self.data.get("verdict")

    def about(self, norm: str) -> Claim:
        """Return the claim, about this normalization if it does not say one itself."""
        return replace(self, data={"norm": norm, **self.data})

    @property
    def where(self) -> Mapping[str, str]:
        """What it says beside its formula.

        Raises UsageError for a normalization that is not known.
        """
        return about(self.data.get("norm", BATCH), self.data.get("where", {}))

    def judged(self) -> Verdict:
        """Return the verdict."""
        if self.kind == "claim":
            return judge(self.data["latex"], self.where)
        columns = {key: list(map(_number, self.data.get(key, ()))) for key in COLUMNS}
        single = {key: _number(self.data[key]) for key in SINGLE if key in self.data}
        try:
            return judge_table(table(columns, single))
        except ValueError as reason:
            return Verdict("undecided", reason=str(reason))


def read(path: str | Path) -> list[Claim]:
    """Read a claims file.

    Raises UsageError for a file that is missing, too large, not TOML, has other keys, or one id
    twice.
    """
    path = arguments.path(path, "path")
    data = files.read_toml(path, MAX_BYTES)
    claims = [_claim(kind, entry) for kind in KEYS for entry in _entries(data, kind)]
    if unknown := sorted(set(data) - set(KEYS)):
        raise UsageError(
            f"{path.name} has the unknown key {brief(unknown[0])}; known: claim, table"
        )
    if not claims:
        raise UsageError(f"{path.name} has no [[claim]]")
    often = Counter(claim.id for claim in claims)
    if twice := next((name for name, times in often.items() if times > 1), None):
        raise UsageError(f"{path.name} has the id {brief(twice)} more than once")
    return claims


def _entries(data: Mapping[str, Any], kind: str) -> Iterable[Any]:
    entries = data.get(kind, [])
    if not isinstance(entries, list):
        raise UsageError(f"{kind!r} should be a list of tables: write [[{kind}]]")
    return entries


def _claim(kind: str, entry: Any) -> Claim:
    required, optional = KEYS[kind]
    if not isinstance(entry, dict):
        raise UsageError(f"an entry of {kind!r} is not a table: write [[{kind}]]")
    name = f"the {kind} {brief(entry.get('id', 'without an id'))}"
    if missing := sorted(required - set(entry)):
        raise UsageError(f"{name} lacks {missing[0]!r}")
    if unknown := sorted(set(entry) - required - optional):
        raise UsageError(f"{name} has the unknown key {brief(unknown[0])}")
    for key in TEXTS:
        if not isinstance(entry.get(key, ""), str):
            raise UsageError(f"{name} has {key}={brief(entry[key])}, but should have a string")
    if entry.get("verdict", "true") not in VERDICTS:
        known = ", ".join(VERDICTS)
        raise UsageError(f"{name} has verdict={brief(entry['verdict'])}; known: {known}")
    where = entry.get("where", {})
    if not isinstance(where, dict) or not all(isinstance(v, str) for v in where.values()):
        raise UsageError(f"{name} has where={brief(where)}, but should have a table of strings")
    if entry.get("norm", BATCH) not in NORMS:
        known = ", ".join(NORMS)
        raise UsageError(f"{name} has norm={brief(entry['norm'])}; known: {known}")
    _check_numbers(name, entry)
    return Claim(kind, entry["id"], entry["source"], entry)


def _check_numbers(name: str, entry: Mapping[str, Any]) -> None:
    """Refuse what is no number in its form; what it says is judged, and may be undecided."""
    for key in COLUMNS:
        if not isinstance(entry.get(key, []), list):
            raise UsageError(f"{name} has {key}={brief(entry[key])}, but should have a list")
    values = [(key, value) for key in COLUMNS for value in entry.get(key, [])]
    values += [(key, entry[key]) for key in SINGLE if key in entry]
    for key, value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise UsageError(f"{name} has {brief(value)} in {key}, but should have numbers")


def _number(value: Any) -> str:
    # brief: Python refuses to write the longest integers
    return brief(value) if isinstance(value, int) else str(value)


def understood(claim: Claim) -> list[str]:
    """Return how a claim was read, line by line; nothing for a table and what is not read."""
    if claim.kind != "claim":
        return []
    try:
        return list(echo(claim.data["latex"], claim.where))
    except (NotSupported, ValueError, ZeroDivisionError):
        return []  # its verdict says why


@dataclass(frozen=True)
class Judged:
    """A claim and its verdict."""

    claim: Claim
    verdict: Verdict

    @property
    def is_unexpected(self) -> bool:
        """Whether the file says that another verdict comes out."""
        return self.claim.expected not in (None, self.verdict.verdict)


def judge_file(path: str | Path, norm: str = BATCH) -> Iterator[Judged]:
    """Yield every claim of a file with its verdict; `norm` is for those that say none.

    Raises UsageError where the file cannot be read, and for a norm that is not known.
    """
    for claim in read(path):
        said = claim if claim.kind != "claim" else claim.about(norm)
        yield Judged(said, said.judged())


def is_formula(text: str) -> bool:
    """Whether an argument is a formula, and not the name of a file."""
    signs = ("=", "\\", "<", ">", "\u2264", "\u2265", "\u2190")
    return any(sign in text for sign in signs) and Path(text).suffix != ".toml"


def judge_formula(latex: str, where: Iterable[str] = (), norm: str = BATCH) -> Judged:
    """Judge one formula; `where` has ``SYMBOL=MEANING``, `norm` is what it is about.

    Raises UsageError for a `where` without an equals sign, and for a norm that is not known.
    """
    meanings = {}
    for said in where:
        symbol, equals, meaning = said.partition("=")
        if not equals:
            raise UsageError(f"--where {brief(said)} has no '='; write SYMBOL=MEANING, as z=y")
        meanings[symbol.strip()] = meaning.strip()
    claim = Claim(
        "claim", beginning(latex, 60), "", {"latex": latex, "where": meanings, "norm": norm}
    )
    return Judged(claim, claim.judged())


def exit_code(judged: Iterable[Judged]) -> int:
    """Return 1 if a claim is false or not what its file says, 2 if none was decided, else 0.

    The definition of a new symbol decides nothing.
    """
    done = list(judged)
    if any(j.verdict.verdict == "false" or j.is_unexpected for j in done):
        return 1
    return 0 if any(j.verdict.decided for j in done) else 2


def lines(judged: Judged, *, echoed: bool = False) -> Iterator[str]:
    """Yield what is said about a claim: lines that are harmless, whatever the file has.

    echoed: say how it was read, too
    """
    yield from map(clean, _lines(judged))
    if echoed:
        yield from (f"          {clean(line)}" for line in understood(judged.claim))


def _lines(judged: Judged) -> Iterator[str]:
    verdict = judged.verdict
    conditions = f": {', '.join(verdict.conditions)}" if verdict.conditions else ""
    expected = f" (expected {judged.claim.expected})" if judged.is_unexpected else ""
    yield f"{verdict.verdict:<9} {judged.claim.id}{conditions}{expected}"
    if judged.claim.source:
        yield f"          source: {judged.claim.source}"
    which = f"{verdict.part}: " if verdict.part else ""
    for detail in _details(verdict):
        yield f"          {which}{detail}"
        which = ""


def _details(verdict: Verdict) -> Iterator[str]:
    if verdict.counterexample:
        said = "otherwise, " if verdict.verdict == "true-if" else ""
        yield f"{said}at {verdict.counterexample}"
    if verdict.repair:
        yield f"what is wrong: {verdict.repair.says}"
        yield f"corrected: {verdict.repair.corrected}"
    if verdict.reason:
        yield verdict.reason


def summary(judged: Iterable[Judged]) -> str:
    """Return how many claims there are of each verdict, in one line."""
    done = list(judged)
    times = Counter(one.verdict.verdict for one in done)
    counts = ", ".join(f"{times[name]} {name}" for name in VERDICTS if times[name])
    unexpected = sum(one.is_unexpected for one in done)
    others = f"; {unexpected} not as expected" if unexpected else ""
    return f"{len(done)} claim{'s' * (len(done) != 1)}: {counts}{others}"


def as_data(judged: Iterable[Judged], target: str, *, echoed: bool = False) -> dict[str, Any]:
    """Return the verdicts in the shape of a report, as plain data."""
    done = list(judged)
    findings = [_finding(j) for j in done]
    if echoed:
        findings = [{**f, "read": understood(j.claim)} for f, j in zip(findings, done, strict=True)]
    return report(target, findings, exit_code(done))


def _finding(judged: Judged) -> dict[str, Any]:
    claim, verdict = judged.claim, judged.verdict
    found = verdict.counterexample
    return {
        "law": claim.id,
        "title": claim.data.get("note", claim.id),
        "verdict": verdict.verdict,
        "expected": claim.expected,
        "source": claim.source,
        "part": verdict.part,
        "latex": claim.data.get("latex", ""),
        "conditions": list(verdict.conditions),
        "counterexample": None
        if found is None
        else {"m": found.m, "values": found.values, "left": found.left, "right": found.right},
        "corrected": verdict.repair.corrected if verdict.repair else None,
        "causes": [verdict.repair.says] if verdict.repair else [],
        "reason": verdict.reason,
    }
