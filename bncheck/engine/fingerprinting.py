"""``bncheck fingerprint``: what the engine asks of a worker for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bncheck.engine import opening
from bncheck.engine.options import Options
from bncheck.engine.session import Died
from bncheck.errors import NotSupported
from bncheck.fingerprint import Fingerprint, from_plain
from bncheck.model import Implementation


def fingerprint(target: str | Path | Implementation, options: Options | None = None) -> Fingerprint:
    """Tell conventions and numerics of a target, in the first of its dtypes.

    Raises UsageError, TargetError or NotSupported where nothing can be looked at.
    """
    target, options = opening.asked(target, options)
    pool = opening.pool(target, options, single=True)
    name = target if isinstance(target, str) else target.name
    try:
        if not opening.domain(pool.first.loaded).training:
            raise NotSupported(f"{name} has no training mode, and that is what is looked at")
        if not opening.domain(pool.first.loaded).norm.centred:
            raise NotSupported(
                f"{name} takes no mean off (RMS normalization), and what is looked at are means "
                "and variances; bncheck verify tells what is wrong with it"
            )
        dtypes = opening.dtypes(pool.first.loaded, options)
        seen = opening.look(pool, dtypes)
        dtype = dtypes[0][0]
        request = {"do": "fingerprint", "dtype": dtype, "observed": seen.observed, "search": True}
        try:
            told = from_plain(pool.first.ask(request))
        except Died as died:
            seen.notes.append(f"looking at it ended the target's process: {died.detail}")
            told = Fingerprint(name, dtype, 0, (), ())
        return replace(told, target=name, notes=(*seen.notes, *told.notes, *pool.remarks.told()))
    finally:
        pool.close()
