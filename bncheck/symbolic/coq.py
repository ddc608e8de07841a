"""Checks the Coq theorems and the emitted certificates, where Coq is installed.

Missing Coq is "not checked", and never success.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bncheck.symbolic.library import Proof, find, folder
from bncheck.symbolic.printers.coq import certificates
from bncheck.symbolic.theorem import Derivation

TIMEOUT = 100.0


@dataclass(frozen=True)
class CoqResult:
    """What came of it: ``accepted`` is ``None`` where it was not checked."""

    accepted: bool | None
    lemmas: tuple[str, ...]
    says: str


def emit(proofs: Iterable[Proof] = ()) -> tuple[str, list[str]]:
    """Return the certificates of all derivations that have one, and the lemmas' names."""
    named: list[tuple[str, Derivation]] = []
    for proof in proofs or find():
        for number, derivation in enumerate(proof.theorem.derivations, 1):
            named.append((f"{proof.theorem.id}_{number}", derivation))
    return certificates(named)


def check(source: str | None = None) -> CoqResult:
    """Run ``coqc`` on the core theorems, and on the certificates or another file that uses them."""
    names: list[str] = []
    if source is None:
        source, names = emit()
    compiler = shutil.which("coqc")
    if compiler is None:
        return CoqResult(None, tuple(names), "not checked: coqc is not installed")
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        shutil.copy(folder() / "coq" / "BatchNorm.v", here)
        (here / "Certificates.v").write_text(source, encoding="ascii")
        for name in ("BatchNorm.v", "Certificates.v"):
            try:
                done = subprocess.run(  # noqa: S603 (our own files, no shell)
                    [compiler, "-q", "-R", ".", "", name],
                    cwd=here,
                    capture_output=True,
                    text=True,
                    timeout=TIMEOUT,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return CoqResult(False, tuple(names), f"{name}: no answer in {TIMEOUT:.0f} s")
            if done.returncode:
                return CoqResult(False, tuple(names), f"{name}: {done.stderr.strip()[-500:]}")
    return CoqResult(True, tuple(names), f"accepted, with {len(names)} certificates")
