"""The claims as a page that is one file: no script, nothing from elsewhere, all text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from importlib import resources

from bncheck.lab.judging import Claim
from bncheck.lab.renderers import facts, numbers
from bncheck.lab.renderers.markdown import LABELS
from bncheck.terminal import sentence

# columns of numbers
_RIGHT = {facts.HEADER.index(name) for name in ("effect", "seeds", "p")}
_LOOKS = {
    "supported": "good",
    "holds": "good",
    "opposite": "bad",
    "broken": "bad",
    "depends": "open",
}


def render(claims: Sequence[Claim]) -> str:
    """Return claims as one HTML page, in light or dark as the reader has it."""
    style = resources.files(__package__).joinpath("style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    notes = "".join(f"<li>{_text(note)}</li>" for note in facts.notes(claims))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"/>'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}"/>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
            '<meta name="color-scheme" content="light dark"/>'
            "<title>The lab: batch normalization, measured</title>"
            f"<style>{style}</style></head>",
            "<body><main>",
            "<header><h1>What batch normalization does, measured</h1></header>",
            _summary(claims),
            f'<ul class="quiet">{notes}</ul>' if notes else "",
            *map(_section, claims),
            "</main></body>",
            "</html>",
            "",
        ]
    )


def _summary(claims: Sequence[Claim]) -> str:
    rows = "\n".join(
        f'<tr><th scope="row"><a href="#{c.experiment.id}">{c.experiment.id}</a></th>'
        f"<td>{_text(c.experiment.title)}</td><td>{_verdict(numbers.word(c))}</td>"
        f"<td>{_text(facts.line(c))}</td></tr>"
        for c in claims
    )
    head = _head(("claim", "", "verdict", "the strongest statistic"), set())
    return f"<table>{head}<tbody>\n{rows}\n</tbody></table>"


def _section(claim: Claim) -> str:
    experiment, rows = claim.experiment, facts.rows(claim)
    told = "\n".join(
        f"<div><dt>{_text(LABELS[label])}</dt><dd>{_text(said)}</dd></div>"
        for label, said in facts.about(claim)
        if said
    )
    name = f"{_text(experiment.id)} {_text(experiment.title)}"
    parts = [
        f'<section id="{escape(experiment.id)}">',
        f"<h2>{name}: {_verdict(numbers.word(claim))}</h2>",
        f"<dl>\n{told}\n</dl>",
    ]
    if rows:
        body = "\n".join(map(_row, rows))
        head = _head(facts.HEADER, _RIGHT)
        table = f"<table>{head}<tbody>\n{body}\n</tbody></table>"
        parts.append(f'<div class="wide">{table}</div>')
    return "\n".join([*parts, "</section>"])


def _head(names: Sequence[str], right: set[int]) -> str:
    cells = "".join(
        f'<th scope="col"{_class("right" if n in right else "")}>{_text(name)}</th>'
        for n, name in enumerate(names)
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _row(row: facts.Row) -> str:
    cells = []
    for n, said in enumerate(row.cells):
        shown = _verdict(said) if facts.HEADER[n] == "verdict" else _text(said)
        if facts.HEADER[n] == "statistic":
            shown += "".join(f'<span class="aside">{_text(note)}</span>' for note in row.notes)
        cells.append(f"<td{_class('right' if n in _RIGHT else '')}>{shown}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _verdict(word: str) -> str:
    """Return a verdict with its colour; the word says it without."""
    return f"<b{_class(_LOOKS.get(word, 'quiet'))}>{_text(word)}</b>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _text(said: str) -> str:
    return escape(sentence(said))
