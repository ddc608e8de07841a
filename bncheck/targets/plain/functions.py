"""Target form 1: a module of plain functions on NumPy arrays, made into layers.

Every array goes to the functions as it is in the case: the same object, memory layout and
flags, so that laws about mutation, aliasing and strides see what the functions really do.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from types import ModuleType
from typing import Any

from bncheck.errors import TargetError, UsageError
from bncheck.model import Ability, Case, Convention, Domain, Gradients, Implementation, Layer, State
from bncheck.model.arrays import samples
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults
from bncheck.targets.common.living import latest

PARAMETERS: dict[str, tuple[str, ...]] = {
    "forward": ("x", "gamma", "beta", "eps"),
    "backward": ("dy", "x", "gamma", "beta", "eps"),
    "infer": ("x", "gamma", "beta", "running_mean", "running_var", "eps"),
    "infer_backward": ("dy", "x", "gamma", "beta", "running_mean", "running_var", "eps"),
    "update": ("x", "running_mean", "running_var", "momentum"),
}


@dataclass(frozen=True)
class Functions:
    """The functions of one module; what it does not have is ``None``."""

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None = None
    infer: Callable[..., Any] | None = None
    infer_backward: Callable[..., Any] | None = None
    update: Callable[..., Any] | None = None


def recognises(target: object) -> bool:
    """Whether the target is a module."""
    return isinstance(target, ModuleType)


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a module's functions.

    ``promised``, from a profile, is not needed: the functions' interface is fixed.

    Raises TargetError where ``forward`` is missing or a function takes other parameters, and
    UsageError where ``CONVENTION`` is not one.
    """
    found = {key: _function(target, name, key) for key in PARAMETERS}
    forward = found.pop("forward")
    if forward is None:
        raise TargetError(_no_forward(target, name))
    functions = Functions(forward, **found)
    own = Convention.from_mapping(getattr(target, "CONVENTION", {}), f"{name}: CONVENTION")
    return Implementation(
        name=name,
        make=lambda case: _Steps(functions, case).layer(),
        abilities=_abilities(functions),
        convention=own,
        domain=Domain(ranks=own.ranks or Domain.ranks, dtypes=own.dtypes or Domain.dtypes),
        origin=_origin(forward),
        defaults=defaults.of_signature(forward),
    )


def _abilities(functions: Functions) -> frozenset[Ability]:
    there: dict[Ability, bool] = {
        "backward": functions.backward is not None,
        "eval": functions.infer is not None,
        "eval_backward": functions.infer is not None and functions.infer_backward is not None,
        "running": functions.update is not None,
        "state_before_step": functions.update is not None or functions.infer is not None,
    }
    return frozenset(ability for ability, has in there.items() if has)


class _Steps:
    """The little state that plain functions lack: the latest call and the running statistics."""

    def __init__(self, functions: Functions, case: Case) -> None:
        self.functions = functions
        self.case = case
        self.running = State(case.running_mean, case.running_var)
        self.latest: tuple[str, Array] | None = None

    def layer(self) -> Layer:
        has = self.functions
        backward = has.backward is not None or has.infer_backward is not None
        return Layer(
            train=self.train,
            eval=partial(self.eval, has.infer) if has.infer else None,
            backward=self.backward if backward else None,
            state=self.state if has.update else None,
        )

    def train(self, x: Array) -> Array:
        case = self.case
        self.latest = ("backward", x)
        y = self.functions.forward(x, case.gamma, case.beta, case.eps)
        y = answers.array("forward", y, x)
        if self.functions.update is not None:
            self.update(self.functions.update, x)
        return y

    def update(self, function: Callable[..., Any], x: Array) -> None:
        mean, var = self.running.mean, self.running.var
        try:
            got = function(x, mean, var, self.case.momentum)
        except Exception:
            if samples(x.shape) != 1:
                raise
            return  # one value per channel has no unbiased variance: raising is legitimate
        self.running = answers.state("update", got, mean, var)

    def eval(self, infer: Callable[..., Any], x: Array) -> Array:
        case, running = self.case, self.running
        self.latest = ("infer_backward", x)
        y = infer(x, case.gamma, case.beta, running.mean, running.var, case.eps)
        return answers.array("infer", y, x)

    def backward(self, dy: Array) -> Gradients:
        name, x = latest(self.latest)
        function = getattr(self.functions, name)
        if function is None:
            raise UsageError(f"the target has no function {name}")
        case, running = self.case, self.running
        statistics = (running.mean, running.var) if name == "infer_backward" else ()
        got = function(dy, x, case.gamma, case.beta, *statistics, case.eps)
        return answers.gradients(name, got, x, case.gamma, case.beta)

    def state(self) -> State:
        return State(self.running.mean.copy(), self.running.var.copy())


def _function(module: object, where: str, name: str) -> Callable[..., Any] | None:
    found = getattr(module, name, None)
    if found is None:
        return None
    if not callable(found):
        raise TargetError(f"{where}: {name} is {answers.describe(found)}, not a function")
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):  # some compiled functions do not say
        return found  # type: ignore[no-any-return] # callable() does not narrow to a return type
    expected = PARAMETERS[name]
    should = f"but should take ({', '.join(expected)})"
    try:
        signature.bind(*expected)
    except TypeError:
        raise TargetError(f"{where}: {name} takes {signature}, {should}") from None
    for given, wanted in zip(signature.parameters, expected, strict=False):
        if given != wanted and given in expected:
            raise TargetError(f"{where}: {name} takes {signature}, {should} in this order")
    return found  # type: ignore[no-any-return] # as above


def _no_forward(module: object, where: str) -> str:
    public = {k: v for k, v in vars(module).items() if not k.startswith("_") and callable(v)}
    near = [k for k in public if "forward" in k] or get_close_matches("forward", public, n=1)
    layers = [k for k, v in public.items() if inspect.isclass(v) and hasattr(v, "forward")]
    message = f"{where} has no function forward(x, gamma, beta, eps)"
    if layers:
        return f"{message}; its class {layers[0]} looks like a layer: check {where}:{layers[0]}"
    if near:
        return f"{message}; did you mean to call {near[0]} so?"
    return f"{message}; it has {', '.join(public) or 'no functions'}"


def _origin(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""
