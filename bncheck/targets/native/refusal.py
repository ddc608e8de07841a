"""What is said of a prototype that is not clear: what was found, what is missing, what to do."""

from collections.abc import Sequence

from bncheck.errors import TargetError
from bncheck.targets.native.prototypes import Argument
from bncheck.targets.native.roles import Reading

WRAP = "write a function in C around it that takes what bncheck can give, and give its prototype"
_SAID = {
    **{"all": "number of values", "rows": "N * HW", "hw": "HW", "n": "N", "c": "C"},
    **{"running_mean": "running mean", "running_var": "running variance"},
}


def unclear(
    reading: Reading, told: str, instead: str = "", *, missing: Sequence[str] = ()
) -> TargetError:
    """Return the error of four lines at most."""
    lines = [f"{reading.prototype.name} cannot be called: {told}", f"found: {_found(reading)}"]
    if missing:
        lines.append(f"not found: {', '.join(_SAID.get(role, role) for role in missing)}")
    lines.append(f"what to do: {instead or 'call its arguments so, or write a function around it'}")
    return TargetError("\n".join(lines))


def unmatched(
    reading: Reading, strange: Sequence[Argument], saved: Sequence[Argument]
) -> TargetError:
    """Return the error about arguments that nothing else tells of."""
    told = f"what {' and '.join(map(str, strange))} should hold cannot be told"
    if reading.has("dy") or reading.left:
        kept = ", ".join(map(str, saved)) or "nothing"
        return unclear(
            reading,
            f"{told}; the forward pass writes {kept}",
            "call and type both alike, as save_mean and save_invstd, or compute it anew",
        )
    return unclear(reading, told, WRAP)


def _found(reading: Reading) -> str:
    parts = []
    for argument, role in reading.roles.items():
        said = _SAID.get(role, role)
        parts.append(argument.name if argument.name == said else f"{argument.name} ({said})")
    parts += [f"{a.name} (saved)" for a in reading.left if not a.const]
    return ", ".join(parts) or "nothing"
