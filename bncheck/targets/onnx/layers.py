"""ONNX: a BatchNormalization operator, from a file or plain, run by a named runtime.

Its relatives, which are taken from files, are in `norms`.

Attributes of an ONNX operator are float32 and belong to the model, so eps and momentum are fixed:
to those of the file, or to the operator's defaults. There are no gradients.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from bncheck.errors import TargetRaised
from bncheck.model import Ability, Case, Convention, Domain, Implementation, Layer, State
from bncheck.model.formats import Array
from bncheck.targets.common import answers, defaults
from bncheck.targets.onnx import norms, runtimes
from bncheck.targets.onnx.nodes import INPUTS, Node, model_of
from bncheck.targets.onnx.relatives import Relative
from bncheck.targets.profiles import PROFILES

# classes that stand for a runtime: the newest operator, in both of its modes
CLASSES = {
    ("onnx.reference", "ReferenceEvaluator"): "reference",
    ("onnxruntime", "InferenceSession"): "onnxruntime",
    ("openvino", "Core"): "openvino",
}
# of a file: a swap of two inputs is seen by nobody who gives tensors of his own
_WEIGHTS = "own weights: bncheck compare NODE MODULE looks at them"
Compile = Callable[[Node, Array, tuple[Array, ...]], runtimes.Run]


def recognises(target: object) -> bool:
    """Whether the target is a node, or a runtime's class."""
    return isinstance(target, Node | Relative) or _runtime(target) is not None


def adapt(target: Any, name: str, promised: Convention) -> Implementation:
    """Make an implementation of a node, in its one mode, or of a runtime, in both.

    ``promised`` is not needed: the operator's definition says what it does. Raises TargetError
    where the runtime is not installed.
    """
    if isinstance(target, Relative):
        return norms.adapt(target, name)
    if isinstance(target, Node):
        runtime = runtimes.chosen(target.runtime)
        train, infer = (target, None) if target.training else (None, target)
    else:
        runtime = runtimes.chosen(_runtime(target) or "")
        train, infer = Node(training=True), Node(training=False)
    node = train or infer or Node()
    compiler = _compiler(runtime)

    return Implementation(
        name=name,
        make=lambda case: _Living(compiler, train, infer, case).layer(),
        abilities=_abilities(train, infer),
        convention=replace(PROFILES["onnx"], dtypes=runtimes.DTYPES[runtime]),
        domain=Domain(
            dtypes=runtimes.DTYPES[runtime],
            fixed_eps=float(np.float32(node.epsilon)),
            fixed_momentum=float(np.float32(node.momentum)),
            training=train is not None,
        ),
        origin=f"{runtime}, operator set {node.opset}",
        defaults=defaults.told(node.epsilon, node.momentum),
        untried=(_WEIGHTS,) if node.of_file else (),
        weights=dict(node.weights),
        shows=_shown(runtime, train),
    )


def _shown(runtime: str, train: Node | None) -> tuple[str, ...]:
    """Say what kind of graph it is, as entries of known faults do."""
    if train is None:
        return ()
    used = "used" if train.running else "unused"
    given = "constants" if train.constant else "inputs"
    return (f"{runtime}, training: statistics {used}, parameters are {given}",)


def _compiler(runtime: str) -> Compile:
    """Return what makes a node ready for a batch, at most once for each rank and dtype.

    That takes a runtime a millisecond to a tenth of a second. Where the parameters are part of the
    model, it is done for each layer, but not by OpenVINO, whose models always take them as inputs.
    """

    @cache
    def by_rank(node: Node, rank: int, dtype: np.dtype[Any]) -> runtimes.Run:
        return runtimes.compiled(runtime, model_of(node, rank, dtype, ()))

    def compiled(node: Node, x: Array, parameters: tuple[Array, ...]) -> runtimes.Run:
        if not node.constant or runtime == "openvino":
            run = by_rank(node, x.ndim, x.dtype)
            names = INPUTS[1:]
            return lambda feeds: run({**feeds, **dict(zip(names, parameters, strict=True))})
        return runtimes.compiled(runtime, model_of(node, x.ndim, x.dtype, parameters))

    return compiled


def _runtime(target: object) -> str | None:
    if not isinstance(target, type):
        return None
    for kind in target.__mro__:
        for (module, name), runtime in CLASSES.items():
            if kind.__name__ == name and kind.__module__.startswith(module):
                return runtime
    return None


def _abilities(train: Node | None, infer: Node | None) -> frozenset[Ability]:
    running = train is not None and train.running
    there: dict[Ability, bool] = {
        "eval": infer is not None,
        "running": running,
        "state_before_step": running or infer is not None,
    }
    return frozenset(ability for ability, has in there.items() if has)


class _Living:
    """One operator with the parts of a case; the running statistics are kept here."""

    def __init__(
        self, compiled: Compile, train: Node | None, infer: Node | None, case: Case
    ) -> None:
        self.compiled = compiled
        self.nodes = {True: train, False: infer}
        # the arrays themselves: an operator should not write to its inputs
        self.parameters = (case.gamma, case.beta)
        self.statistics = (case.running_mean, case.running_var)

    def layer(self) -> Layer:
        train, infer = self.nodes[True], self.nodes[False]
        return Layer(
            train=self.train,
            eval=self.eval if infer else None,
            state=self.state if train and train.running else None,
        )

    def train(self, x: Array) -> Array:
        y, *statistics = self._run(x, training=True)
        if statistics:
            mean, var = self.statistics
            new = answers.state("BatchNormalization", tuple(statistics), mean, var)
            self.statistics = new.mean, new.var
        return y

    def eval(self, x: Array) -> Array:
        return self._run(x, training=False)[0]

    def state(self) -> State:
        mean, var = self.statistics
        return State(mean.copy(), var.copy())

    def _run(self, x: Array, *, training: bool) -> list[Array]:
        node = self.nodes[training]
        if node is None:
            mode = "training" if training else "inference"
            raise TargetRaised("mode", f"this BatchNormalization has no {mode} mode")
        run = self.compiled(node, x, (*self.parameters, *self.statistics))
        y, *others = run({INPUTS[0]: x})
        return [answers.array("BatchNormalization", y, x), *others]
