"""Words for explanations of some outputs, where nothing explains all of them."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def share(outputs: Sequence[str], cases: int, before: Sequence[str], alike: Sequence[str]) -> str:
    """Say what in the numbers makes outputs those of a deviation.

    before: deviations that are made before it; alike: others that reproduce the same
    """
    on_top = f" on top of {listed(before)}" if before else ""
    text = (
        f"{listed(outputs)}, and not all outputs, {_verb(outputs)} exactly {_those(outputs)} of "
        f"the reference that does so{on_top}, within rounding, on every case; on {cases} fresh "
        "cases a right one differs"
    )
    return text + (f"; {listed(alike[:3])} would look the same" if alike else "")


def beside(names: Sequence[str], failures: Sequence[tuple[str, str]]) -> str:
    """Say what speaks for a second cause that no plain answer shows.

    names: the first; failures: law and dtype of what that leaves
    """
    laws = list(dict.fromkeys(law for law, _ in failures))
    more = f" and {len(laws) - 3} more" if len(laws) > 3 else ""
    told = listed(laws) if not more else ", ".join(laws[:3]) + more
    verb = "fails" if len(laws) == 1 else "fail"
    return (
        f"{listed(names)} explains every number but not why {told} {verb}; with this besides, "
        f"{'it fails' if len(laws) == 1 else 'they fail'} on the same cases"
    )


def remainder(explained: Sequence[str], unexplained: Sequence[str]) -> str:
    """Say what is left when some outputs are explained."""
    text = f"{listed(explained)} {_verb(explained)} explained, output by output"
    if unexplained:
        text += f"; {listed(unexplained)} {_verb(unexplained)} not"
    return text


def _verb(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _those(names: Sequence[str]) -> str:
    return "that" if len(names) == 1 else "those"
