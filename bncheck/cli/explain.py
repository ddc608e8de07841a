"""``bncheck explain ID...``: whatever a report names, a law, a cause, a finding, an exit code."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bncheck.cli import conventions, deviations, findings, laws, streams, theorems
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.exit_codes import EXIT_CODES, EXPLAINED
from bncheck.cli.layout import command as layout_command
from bncheck.cli.layout import heading
from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.lab.model import Experiment
    from bncheck.symbolic.library import Proof
    from bncheck.terminal import Style

NAME = "explain"
# a cause that a report names and no catalogue has; see `bncheck.diagnosis.terms.hypotheses`
OTHER = "other-formula"


@dataclass(frozen=True)
class Meaning:
    """What an id stands for; names: how it may be called, the usual one first."""

    names: tuple[str, ...]
    tell: Callable[[Style], list[str]]


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Explain whatever a report names: a law (F00), a theorem (B01), a deviation "
        "(unbiased-variance), a key of CONVENTION (running_var), a known finding "
        "(torch-half-statistics), an experiment of the lab (E01) or an exit code (2). What is "
        "several of these is explained as each.",
        allow_abbrev=False,
    )
    parser.add_argument("ids", nargs="+", metavar="ID", help="in any case")


def run(args: argparse.Namespace) -> int:
    """Print what each id means. Raises UsageError, with the nearest, where one means nothing."""
    style, known = streams.style(), list(meanings())
    chosen: list[Meaning] = []
    # the pair of deviations that a report names as a cause, quoted or not
    for word in (word for given in args.ids for word in given.split(" + ") if word != "+"):
        found = meant(word, known)
        if not found:
            names = [name for meaning in known for name in meaning.names]
            hint = nearest(word, names, "`bncheck explain --help` says what can be explained")
            raise UsageError(f"nothing is called {word!r}; {hint}")
        chosen += [meaning for meaning in found if meaning not in chosen]
    blocks = ("\n".join(meaning.tell(style)) for meaning in chosen)
    streams.emit("\n\n".join(blocks) + "\n")
    return 0


def meant(word: str, known: Sequence[Meaning]) -> list[Meaning]:
    """Return what is called so; where nothing is, in another case or as a page of findings."""
    exactly = [meaning for meaning in known if word in meaning.names]
    folded = findings.name_of(word).casefold()
    return exactly or [m for m in known if folded in (name.casefold() for name in m.names)]


def meanings() -> Iterator[Meaning]:
    """Yield everything that can be explained."""
    yield from _laws()
    yield from _theorems()
    yield from _deviations()
    yield Meaning((OTHER,), _other_formula)
    yield from _conventions()
    yield from _findings()
    yield from _experiments()
    for code in EXIT_CODES:
        yield Meaning((str(code),), partial(_exit_code, code))


def _laws() -> Iterator[Meaning]:
    from bncheck.laws import LAWS

    for law in LAWS:
        yield Meaning((law.id,), partial(laws.explain, law, kind_of_id="law"))


def _theorems() -> Iterator[Meaning]:
    """Theorems by the names of their files, since loading all of them takes a while."""
    from bncheck.symbolic.library import stems

    for stem in stems():
        family = stem[: next(i for i, letter in enumerate(stem) if letter.isdigit())]
        number = family.upper() + stem.partition("_")[0].removeprefix(family)
        yield Meaning((number, stem), partial(_theorem, stem))


def _theorem(stem: str, style: Style) -> list[str]:
    from bncheck.symbolic.library import load

    proof = load(stem)
    return [*theorems.explain(proof, style, kind_of_id="theorem"), *_measured(proof, style)]


def _measured(proof: Proof, style: Style) -> list[str]:
    """Say in which experiments of the lab a theorem can be seen."""
    from bncheck.lab.catalogue import EXPERIMENTS

    own = [e for e in EXPERIMENTS if proof.theorem.id in e.theorems]
    if not own:
        return []
    told = "; ".join(f"{e.id} {e.title}" for e in own)
    command = " ".join(["bncheck lab list", *(e.id for e in own)])
    return [*style.labelled("measured", told), *layout_command("read on", command, style)]


def _experiments() -> Iterator[Meaning]:
    from bncheck.lab.catalogue import EXPERIMENTS

    for experiment in EXPERIMENTS:
        yield Meaning((experiment.id,), partial(_experiment, experiment))


def _experiment(experiment: Experiment, style: Style) -> list[str]:
    from bncheck.lab.judging import registered_claims
    from bncheck.lab.renderers import text

    return text.render([registered_claims()[experiment.id]], style).splitlines()


def _deviations() -> Iterator[Meaning]:
    from bncheck.deviations import DEVIATIONS
    from bncheck.killtable import read

    tell, table = partial(deviations.explain, kind_of_id="deviation"), read()
    for deviation in DEVIATIONS:
        yield Meaning((deviation.name,), partial(tell, deviation, table))


def _other_formula(style: Style) -> list[str]:
    return [
        *heading(f"cause {OTHER}", style),
        *style.labelled(
            "does",
            "the output is made by another formula, which no entry of the catalogue stands for: it "
            "was read off the target's numbers, and the report says which term of it has which "
            "factor",
        ),
        *style.labelled(
            "signs",
            "m: values per channel; N: samples; s: sqrt(var + eps), with the biased variance; a: "
            "the weight of the batch in a running statistic; xhat: (x - mean)/s",
        ),
        *style.labelled(
            "trust",
            "the factors are fitted to many inputs, and are named only where, within rounding, "
            "they make the target's numbers on all inputs that were asked",
        ),
        *style.labelled("next", "bncheck verify -v says the whole formula, output by output"),
    ]


def _conventions() -> Iterator[Meaning]:
    from bncheck.model.keys import KEYS

    for key in KEYS:
        yield Meaning((key,), partial(conventions.explain, key, kind_of_id="key of CONVENTION:"))


def _findings() -> Iterator[Meaning]:
    from bncheck.known import faults

    tell = partial(findings.explain, kind_of_id="known finding")
    for page in dict.fromkeys(fault.name for fault in faults()):
        about = [fault for fault in faults() if fault.name == page]
        yield Meaning((page,), partial(tell, about))


def _exit_code(code: int, style: Style) -> list[str]:
    return [
        *heading(f"exit code {code}: {EXIT_CODES[code]}", style),
        *style.wrap(EXPLAINED[code], "  "),
    ]
