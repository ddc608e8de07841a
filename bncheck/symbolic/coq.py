"""Has Coq check the core theorems and the certificates, where Coq is installed.

A certificate is a file of lemmas, one for each equation and inequality of a theorem, that coqc
checks by itself. Missing Coq is "not checked", and never success.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bncheck.errors import NotSupported
from bncheck.symbolic.library import Proof, folder
from bncheck.symbolic.printers.coq import HEAD, Lemma, equation, inequality
from bncheck.symbolic.without_certificate import WITHOUT

TIMEOUT = 600.0
FOUNDATIONS = ("BatchNorm.v", "Certified.v")
REACHES = {
    "identity": "",
    "inequality": "",
    "induction": "its steps; the induction itself is not Coq's",
    "cases": "its equations; the argument that joins them is not Coq's",
    "limit": "its equations; the limit itself is not Coq's",
}
ALGEBRA_ONLY = "algebra only: second derivatives are carried out before Coq sees the equation"


@dataclass(frozen=True)
class Certificate:
    """What Coq is asked about a theorem: its lemmas, or why there are none.

    reach: what the lemmas leave out of the theorem's statement; empty if nothing
    """

    proof: Proof
    lemmas: tuple[Lemma, ...] = ()
    reason: str = ""
    reach: str = ""

    @property
    def source(self) -> str:
        """The Coq file."""
        theorem = self.proof.theorem
        note = f"\n   {self.reach[0].upper()}{self.reach[1:]}." if self.reach else ""
        parts = [
            f"(* {theorem.id}. {theorem.title}. Written by bncheck.\n"
            f"   Domain: {theorem.domain}.{note} *)\n",
            HEAD,
            *(lemma.source for lemma in self.lemmas),
            *(f"Print Assumptions {lemma.name}." for lemma in self.lemmas),
        ]
        return "\n".join(parts) + "\n"


@dataclass(frozen=True)
class CoqResult:
    """What came of it: ``accepted`` is ``None`` where it was not checked."""

    certificate: Certificate
    accepted: bool | None
    says: str
    output: str = ""
    seconds: float = 0.0


REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
"""The axioms that Coq's own real numbers and Coquelicot rest on."""


class CoqMissing(NotSupported):
    """There is no Coq, or not all that it needs."""


def certificate(proof: Proof) -> Certificate:
    """Return the certificate of a theorem, or the reason why it has none."""
    theorem = proof.theorem
    if theorem.id in WITHOUT:
        return Certificate(proof, reason=WITHOUT[theorem.id])
    lemmas = []
    try:
        for number, each in enumerate(theorem.derivations, 1):
            name = f"{theorem.id}_{number}"
            lemmas.append(equation(name, each.start, each.end, theorem.domain))
        for number, bound in enumerate(theorem.inequalities, 1):
            name = f"{theorem.id}_bound_{number}"
            sides = (bound.lesser, bound.greater, bound.gap)
            lemmas.append(inequality(name, *sides, bound.given, theorem.domain))
    except NotSupported as reason:
        return Certificate(proof, reason=str(reason))
    algebra = ALGEBRA_ONLY if any(lemma.algebra_only for lemma in lemmas) else ""
    reach = "; ".join(filter(None, (REACHES[theorem.kind], algebra)))
    return Certificate(proof, tuple(lemmas), reach=reach)


def check(asked: Iterable[Certificate | Proof], jobs: int = 1) -> Iterator[CoqResult]:
    """Yield what Coq says about each certificate, or that of each proof, in order.

    Raises CoqMissing where Coq or Coquelicot is not installed.
    """
    compiler = shutil.which("coqc")
    if compiler is None:
        raise CoqMissing("coqc is not installed")
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(jobs) as pool:
        here = Path(temporary)
        for name in FOUNDATIONS:
            shutil.copy(folder() / "coq" / name, here)
            built = _run(compiler, here, name)
            if built[0] is not True:
                raise CoqMissing(f"{name} is not accepted: {built[1]}")
        yield from pool.map(lambda each: _checked(compiler, here, each), asked)


def _checked(compiler: str, here: Path, asked: Certificate | Proof) -> CoqResult:
    if isinstance(asked, Proof):  # here and not before, so that the first is checked at once
        asked = certificate(asked)
    if not asked.lemmas:
        return CoqResult(asked, None, asked.reason)
    start = perf_counter()
    name = f"{asked.proof.theorem.id}.v"
    (here / name).write_text(asked.source, encoding="ascii")
    accepted, output = _run(compiler, here, name)
    # what `Print Assumptions` says: an axiom's name begins its line
    names = {line.split()[0] for line in output.splitlines() if line[:1].strip()}
    beyond = names - REALS - {"Axioms:", "Closed"}
    if accepted and beyond:
        accepted, output = False, f"{name}: rests on the axiom {min(beyond)}"
    says = asked.reach if accepted else output[-500:]
    return CoqResult(asked, accepted, says, output, perf_counter() - start)


def _run(compiler: str, here: Path, name: str) -> tuple[bool, str]:
    try:
        done = subprocess.run(  # noqa: S603 (our own files, no shell)
            [compiler, "-q", "-w", "none", "-R", ".", "", name],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"{name}: no answer in {TIMEOUT:.0f} s"
    if done.returncode:
        return False, f"{name}: {done.stderr.strip()}"
    return True, done.stdout
