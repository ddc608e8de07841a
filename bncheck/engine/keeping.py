"""What a run saves: its counterexamples, beside those of earlier ones."""

from __future__ import annotations

from bncheck.cases import Recipe
from bncheck.engine import saved
from bncheck.engine.state import State


def kept(state: State, law: str, dtype: str, recipe: Recipe) -> str:
    """Save a counterexample and return its path; where that cannot be, it is noted, once.

    Old ones that are too many are removed; none of this run, whose report names them.
    """
    folder = state.options.save
    if folder is None:
        return ""
    entry = saved.Saved(state.target, law, dtype, recipe, state.options.profile, state.options.norm)
    try:
        file = saved.save(folder, entry)
    except OSError as error:
        note = (
            f"counterexamples could not be saved in {folder}: {error.strerror}; "
            "they are in this report alone, -v shows them"
        )
        if note not in state.notes:
            state.notes.append(note)
        return ""
    state.saved.add(file)
    saved.prune(folder, state.saved)
    return file
