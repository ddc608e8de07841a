"""What is said of a prototype that is not clear: what was found, what is missing, what to do."""

from collections.abc import Sequence

from bncheck.errors import TargetError
from bncheck.targets.native.prototypes import Argument
from bncheck.targets.native.roles import Reading

WRAP = "write a function in C around it that takes what bncheck can give, and give its prototype"
_SAID = {
    **{"all": "number of values", "rows": "N * HW", "n": "N", "c": "C", "hw": "HW"},
    **{"h": "height", "w": "width", "d": "depth"},
    **{"running_mean": "running mean", "running_var": "running variance"},
    **{"new_running_mean": "new running mean", "new_running_var": "new running variance"},
}


def unclear(
    reading: Reading, told: str, instead: str = "", *, missing: Sequence[str] = ()
) -> TargetError:
    """Return the error of four lines at most."""
    lines = [f"{reading.prototype.name} cannot be called: {told}", f"found: {_found(reading)}"]
    if missing:
        lines.append(f"not found: {', '.join(_SAID.get(role, role) for role in missing)}")
    lines.append(f"what to do: {instead or 'name its arguments so, or write a function around it'}")
    return TargetError(";\n".join(lines))  # the command line makes one line of it


def unmatched(
    reading: Reading, strange: Sequence[Argument], saved: Sequence[Argument]
) -> TargetError:
    """Return the error about arguments that nothing else tells of."""
    told = f"what {' and '.join(map(str, strange))} should hold cannot be told"
    if reading.has("dy"):
        kept = ", ".join(map(str, saved)) or "nothing"
        return unclear(
            reading,
            f"{told}; the forward pass writes {kept}",
            "name both alike and give them one type, or compute it anew in the backward pass",
        )
    return unclear(reading, told, WRAP)


def _found(reading: Reading) -> str:
    parts = []
    for argument in reading.prototype.arguments:
        role = reading.roles.get(argument, "saved" if argument in reading.left else "")
        said = _SAID.get(role, role)
        alike = argument.name.replace("_", " ").lower() == said.lower()
        if role and not (role == "saved" and argument.const):
            parts.append(argument.name if alike else f"{argument.name} ({said})")
    return ", ".join(parts) or "nothing"
