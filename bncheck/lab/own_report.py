"""In words: what training noticed of a layer, what ``bncheck verify`` found, and what follows."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.lab.own_layer import MARGIN, Result
from bncheck.lab.statistics import FEWEST
from bncheck.model import Finding, Report
from bncheck.terminal import beginning, clean, sentence

# causes, or laws without one, that are told
_MOST = 3
_WIDTH = 160


def render(result: Result) -> str:
    """Return the report as text: what training says comes first."""
    lines = [_training(result), f"    {_setting(result)}"]
    lines += [f"    {line}" for line in _seeds(result)]
    if result.pairs and result.failure:
        lines.append(f"    it came to no end: {sentence(result.failure)}")
    lines += [f"    note: {sentence(note)}" for note in result.notes]
    lines += ["", *_verified(result)]
    lines += [line for line in ("", _moral(result)) if line or _moral(result)]
    return "\n".join(lines) + "\n"


def _training(result: Result) -> str:
    if not result.pairs:
        why = sentence(result.failure) or "it was interrupted"
        return f"training came to no end: {why}"
    found = result.decision
    points = f"{_signed(-found.mean)} points of accuracy"
    between = f"[{_signed(-found.high)}, {_signed(-found.low)}]"
    words = {
        "supported": f"training loses {abs(found.mean):.1f} points: {points} {between}",
        "opposite": f"training is better with it than with the proved layer: {points} {between}",
        "not supported": f"training does not notice anything: {points} {between}",
        "undecided": f"training does not tell: {points} {between}, which is neither more nor less "
        f"than {MARGIN:.0f} for certain",
        "too few seeds": f"training cannot tell yet: {points}, of {result.done} where {FEWEST} "
        f"seeds decide, between {_signed(-found.high)} and {_signed(-found.low)}",
    }
    return words[found.verdict]


def _setting(result: Result) -> str:
    net, eps = result.setup.net, result.setup.net.eps
    units = "-".join(map(str, net.widths))
    return (
        f"{clean(result.target)} against the proved formulas: {result.data}, {net.activation} net "
        f"{units}, {result.setup.steps} steps of {result.setup.batch} images, eps {eps:g}, "
        f"{result.dtype}, {result.done}"
    )


def _seeds(result: Result) -> Iterator[str]:
    for pair in result.pairs:
        gone = "" if pair.diverged is None else f", no numbers any more after {pair.diverged} steps"
        yield (
            f"seed {pair.seed}: {100 * pair.own:.1f} % of test images right, "
            f"{100 * pair.right:.1f} % with the proved layer{gone}"
        )


def _verified(result: Result) -> list[str]:
    report = result.report
    if report is None:
        why = "the run was interrupted" if result.interrupted else sentence(result.unchecked)
        return [f"bncheck verify: not run ({why})"]
    words = {0: "HOLDS", 1: "FAILS", 2: "NOT CHECKED", 3: "FAULT OF BNCHECK"}
    bad, tried = _bad(report), _laws(report, ("holds", "fails", "error", "expected"))
    count = f"{len(bad)} of {len(tried)} laws fail" if bad else f"{len(tried)} laws, none fails"
    return [f"bncheck verify: {words[report.exit_code]}, {count}", *_why(report)]


def _why(report: Report) -> Iterator[str]:
    """Yield the first causes; the first laws that fail where none has a name."""
    for cause in report.causes[:_MOST]:
        said = str(cause.get("says") or cause.get("text", ""))
        yield "    " + beginning(f"{cause.get('deviation', '')}: {said}", _WIDTH)
    if len(report.causes) > _MOST:
        yield f"    and {len(report.causes) - _MOST} more causes"
    if not report.causes:
        for law, finding in list(_bad(report).items())[:_MOST]:
            yield "    " + beginning(f"{law}: {finding.reason or finding.title}", _WIDTH)


def _bad(report: Report) -> dict[str, Finding]:
    """Return the laws that fail or raise, each with its first finding."""
    return _laws(report, ("fails", "error"))


def _laws(report: Report, verdicts: tuple[str, ...]) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for finding in report.findings:
        if finding.verdict in verdicts:
            found.setdefault(finding.law, finding)
    return found


def _moral(result: Result) -> str:
    """Return what follows, one sentence; nothing where there is nothing to compare."""
    report = result.report
    if report is None or report.exit_code not in (0, 1):
        return ""
    wrong = report.exit_code == 1
    if not result.pairs:
        return (
            "Training could not say what is wrong; bncheck verify does."
            if wrong
            else "bncheck verify finds nothing wrong on its own inputs, and yet no net can be "
            "trained with it."
        )
    verdict = result.decision.verdict
    if wrong:
        return {
            "supported": "Training notices that something is wrong; bncheck verify says what.",
            "opposite": "A layer that trains better than the proved one is wrong all the same: "
            "accuracy does not show it, bncheck verify does.",
            "not supported": "That a net trains does not show that its layer is right: bncheck "
            "verify finds what training does not notice.",
        }.get(verdict, "What so many seeds leave open, bncheck verify finds without training.")
    return {
        "supported": "Training notices a difference that no law finds: a narrow format, or "
        "statistics other than those the lab evaluates with, can be why.",
        "opposite": "Training differs although no law fails: a narrow format or chance can be why.",
        "not supported": "Neither training nor bncheck verify finds anything wrong.",
    }.get(verdict, "bncheck verify finds nothing wrong; more seeds would decide about training.")


def _signed(points: float) -> str:
    """Write points with their sign; what rounds to 0 has none."""
    told = f"{points:+.1f}"
    return "0.0" if float(told) == 0 else told
