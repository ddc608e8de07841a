"""Which prototype is which function, for which dtype; what is not clear is refused."""

from collections.abc import Sequence

from bncheck.model import BATCH, Norm
from bncheck.model.formats import FLOAT32, format_of
from bncheck.targets.native import refusal, roles, storage
from bncheck.targets.native.matching import matched
from bncheck.targets.native.plan import OF_PARAMETERS, OF_X, Call, Plan
from bncheck.targets.native.prototypes import Argument, Prototype
from bncheck.targets.native.roles import RUNNING, Reading

# what each function cannot be without
_NEEDS = {
    "forward": ("x", "y"),
    "infer": ("x", "y", *RUNNING),
    "backward": ("dy", "dx"),
    "infer_backward": ("dy", "dx"),
    "update": RUNNING,
}
_CALLED = {
    "forward": "a forward pass",
    "infer": "inference",
    "backward": "a backward pass",
    "infer_backward": "a backward pass of inference",
    "update": "an update of running statistics",
}
_SIZES = {
    **{"batch": "n, c, hw", "layer": "rows, cols", "rms": "rows, cols"},
    **{"group": "n, c, hw, groups", "instance": "n, c, hw"},
}
_OUTPUTS = frozenset({"y", "dx", "dgamma", "dbeta"})


def plans(
    prototypes: Sequence[Prototype], raw: str, layout: str, norm: Norm = BATCH
) -> dict[str, Plan]:
    """Return the functions by the dtype of x.

    raw: the dtype that arrays of ``uint16_t`` hold, where the user says it

    Raises TargetError, five lines at most, where something is not clear.
    """
    kinds: dict[str, dict[str, Reading]] = {}
    loose: list[tuple[Reading, str]] = []
    for prototype in prototypes:
        reading = roles.read(prototype, norm)
        if reading.why:
            raise refusal.unclear(reading, "; ".join(reading.why), refusal.WRAP)
        kind, dtype = kind_of(reading), _dtype(reading, OF_X, raw)
        if dtype:
            _put(kinds.setdefault(dtype, {}), kind, reading, dtype)
        else:
            loose.append((reading, kind))
    for reading, kind in loose:  # an update that is given statistics instead of x
        own = _dtype(reading, OF_PARAMETERS, raw)
        held = {d: {_dtype(r, OF_PARAMETERS, raw) for r in kinds[d].values()} for d in kinds}
        fitting = [d for d, those in held.items() if own in those] or list(kinds)[:1]
        if not fitting:
            raise refusal.unclear(reading, "there is no forward pass that it belongs to")
        for dtype in fitting:
            _put(kinds[dtype], kind, reading, dtype)
    return {dtype: _plan(dtype, those, raw, layout, norm) for dtype, those in kinds.items()}


def kind_of(reading: Reading) -> str:
    """Say which function a prototype is."""
    kept = [reading.one(role) for role in RUNNING]
    given = all(kept)
    frozen = given and all(a is not None and a.const for a in kept)
    renewed = reading.has("new_running_mean")
    if reading.has("dy"):
        alone = given and not reading.switched and not reading.left
        return "infer_backward" if reading.infers or alone else "backward"
    if reading.has("y"):
        saves = any(not a.const for a in reading.left)
        alone = frozen and not (reading.switched or renewed or saves)
        return "infer" if reading.infers or alone else "forward"
    if given and (renewed or not frozen):
        return "update"
    missing = ["y, or dy and dx, or running statistics that are not const"]
    raise refusal.unclear(
        reading,
        "it is no forward pass, no backward pass and no update",
        "leave it out, or name its arguments so",
        missing=missing,
    )


def _put(those: dict[str, Reading], kind: str, reading: Reading, dtype: str) -> None:
    called = _CALLED[kind]
    if kind in those:
        told = f"it is read as {called} for {dtype}, and so is {those[kind].prototype.name}"
        raise refusal.unclear(reading, told, "leave one of them out")
    missing = [role for role in _NEEDS[kind] if not reading.has(role)]
    if missing:
        raise refusal.unclear(reading, f"it is read as {called}", missing=missing)
    those[kind] = reading


def _dtype(reading: Reading, among: Sequence[str], raw: str) -> str:
    """Return the dtype of all arguments with one of these roles, empty where there is none."""
    held = [a for a, role in reading.roles.items() if role in among]
    for argument in held:
        if argument.type in storage.RAW and not raw:
            told = f"{argument} may hold float16 or bfloat16"
            raise refusal.unclear(reading, told, 'say dtypes=["float16"] or dtypes=["bfloat16"]')
    found = {storage.dtype_of(a.type, raw): a for a in held}
    if len(found) > 1:
        told = f"{' and '.join(map(str, found.values()))} should be of one type"
        raise refusal.unclear(reading, told, refusal.WRAP)
    return next(iter(found), "")


def _plan(dtype: str, those: dict[str, Reading], raw: str, layout: str, norm: Norm) -> Plan:
    first = next(iter(those.values()))
    trains = {"backward", "update"} & {*those}
    if "forward" not in those and ("infer" not in those or trains):
        told = f"there is no forward pass of training for {dtype}"
        raise refusal.unclear(first, told, "give its prototype, too")
    parameters = {_dtype(reading, OF_PARAMETERS, raw) for reading in those.values()} - {""}
    half = format_of(dtype).precision < FLOAT32.precision
    if len(parameters) > 1 or not parameters <= {dtype, "float32" if half else dtype}:
        told = f"gamma, beta and running statistics are {' and '.join(sorted(parameters))}"
        wanted = f"all should be {dtype}{' or all float32' if half else ''}, as x is {dtype}"
        raise refusal.unclear(first, told, wanted)
    for kind, reading in those.items():
        together = ("gamma", "beta") if norm.shifted else ("gamma",)
        has = [reading.has(role) for role in together]
        if kind in ("forward", "infer") and any(has) and not all(has):
            missing = [together[has.index(False)]]
            raise refusal.unclear(reading, f"it is read as {_CALLED[kind]}", missing=missing)
    forward = those.get("forward")
    saved = [] if forward is None else [a for a in forward.left if not a.const]
    calls = {kind: _call(kind, reading, saved) for kind, reading in those.items()}
    for kind, call in calls.items():
        if not Plan(dtype, "", {kind: call}, norm=norm).ranks(layout):
            missing = [f"sizes that tell the shape of x, as {_SIZES[norm.name]} do"]
            raise refusal.unclear(those[kind], "the sizes are not enough", missing=missing)
    plan = Plan(dtype, next(iter(parameters), dtype), calls, raw, norm)
    if "infer_backward" in those and plan.infer is None:
        told = f"it is read as {_CALLED['infer_backward']}, of which there is no forward pass"
        raise refusal.unclear(those["infer_backward"], told, "give its prototype, too")
    return plan


def _call(kind: str, reading: Reading, saved: list[Argument]) -> Call:
    given, forward = dict(reading.roles), kind in ("forward", "infer")
    if forward:
        given |= {a: f"saved:{a.name}" for a in reading.left if not a.const}
    else:
        given |= {a: f"saved:{b.name}" for a, b in matched(reading.left, saved).items()}
    strange = [a for a in reading.prototype.arguments if a not in given]
    if strange:
        raise refusal.unmatched(reading, strange, saved)
    written = {role for a, role in given.items() if a.pointer and not a.const}
    asked = {r for r in written if r in _OUTPUTS or r.startswith("new_")}
    if forward:
        asked |= {r for r in written if r.startswith("saved:")}
    if kind in ("forward", "update"):
        asked |= written & {*RUNNING}
    if not forward:
        asked -= {"y"}  # it is given
    order = tuple(given[a] for a in reading.prototype.arguments)
    return Call(reading.prototype, order, frozenset(asked))
