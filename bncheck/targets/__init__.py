"""Anybody's layer -> `Implementation`. One adapter a file; adapters do not know one another.

An adapter module has ``recognises(target) -> bool`` and
``adapt(target, name, promised) -> Implementation``. To add a framework, write one file and
add one line to `ADAPTERS`.
"""

import functools
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from types import ModuleType
from typing import Any

from bncheck import arguments
from bncheck.blaming import described
from bncheck.errors import RAISED, TargetError
from bncheck.model import BATCH, Convention, Implementation, NormName
from bncheck.model.norm import named
from bncheck.targets import profiles, stated
from bncheck.targets.common import limits, looking, promises
from bncheck.targets.common.answers import describe
from bncheck.targets.common.claiming import claimed
from bncheck.targets.common.dividing import divides
from bncheck.targets.common.kinds import kind_of
from bncheck.targets.loading import instead
from bncheck.targets.loading import load as load

__all__ = ["ADAPTERS", "adapt", "are_functions", "by_signature", "load"]


@dataclass(frozen=True)
class Adapter:
    """Where an adapter is, what it takes, and the package (or module) its targets come from.

    An adapter with a framework is imported only for targets that belong to the framework, so
    that looking at a plain class never imports one.
    """

    module: str
    accepts: str
    framework: str = ""


# asked in this order; the first that recognises the target adapts it
ADAPTERS = (
    # before torch: with that backend, a layer of Keras is a module of torch, too
    Adapter("keras.layers", "a keras.layers.BatchNormalization", "keras"),
    Adapter("torch.layers", "a torch.nn.BatchNorm1d, 2d, 3d or module like it", "torch"),
    Adapter("torch.functions", "torch.nn.functional:batch_norm", "torch"),
    Adapter("torch.files", "a file with one torch module, or with ModelNew beside Model", "torch"),
    Adapter("jax.flax", "a flax.linen.BatchNorm", "flax"),
    Adapter("jax.nnx", "a flax.nnx.BatchNorm", "flax"),
    Adapter("jax.equinox", "an equinox.nn.BatchNorm", "equinox"),
    Adapter("jax.haiku", "the class haiku.BatchNorm", "haiku"),
    Adapter("jax.functions", "jax.nn.standardize or stax.BatchNorm", "jax"),
    Adapter("jax.arrays", "a function (x, gamma, beta, eps) of JAX arrays", "jax"),
    Adapter("onnx.layers", "an .onnx file", f"{__name__}.onnx"),
    Adapter("onnx.layers", "onnx.reference:ReferenceEvaluator", "onnx"),
    Adapter("onnx.layers", "onnxruntime:InferenceSession", "onnxruntime"),
    Adapter("onnx.layers", "openvino:Core", "openvino"),
    Adapter("mlx.layers", "an mlx.nn.BatchNorm", "mlx"),
    Adapter("paddle", "a paddle.nn.BatchNorm, 1D, 2D or 3D", "paddle"),
    Adapter("tinygrad", "a tinygrad.nn.BatchNorm", "tinygrad"),
    Adapter("numpy_ml", "a BatchNorm1D or 2D of numpy-ml", "numpy_ml"),
    Adapter(
        "plain.functions",
        "a function (x, gamma, beta, eps), or a file or module with one, or with cs231n's "
        "batchnorm_forward(x, gamma, beta, bn_param)",
    ),
    Adapter("plain.homework", "a class or instance with a method forward(x)"),
)


def adapt(
    loaded: object, *, name: str, profile: str | None = None, norm: str | None = None
) -> Implementation:
    """Make an implementation of a loaded target.

    loaded: a module of functions, a layer's class, an instance, a function without arguments
        that makes one, or an Implementation, which comes back as it is
    name: what reports call it; profile: promises of a framework, by name, which win over what
        the target itself promises, save where its channels are
    norm: which normalization it is, by a name in `bncheck.model.NORMS`; wins over ``NORM``

    Raises TargetError where no adapter takes it, UsageError for an unknown profile, an unknown
    norm or a malformed ``CONVENTION``.
    """
    name = arguments.text(name, "name")
    profile = None if profile is None else arguments.text(profile, "profile")
    promised = profiles.convention(profile) if profile is not None else Convention()
    wanted = stated.stated(loaded, name) if norm is None else named(norm, "norm")
    loaded = _applied(loaded, wanted)
    # a framework's own function is taken as it is; any other is called to make a layer
    made = loaded if _recognising(loaded, name, frameworks=True) else _made(loaded, name)
    if wanted != "batch" and (relative := _relative(made, loaded, name, wanted)):
        return limits.observed(_kept(promises.promising(relative, promised), name))
    module = _recognising(made, name)
    if module is None and made is loaded:
        _refuse_function(loaded, name)
    if isinstance(made, Implementation):
        if made is not loaded:  # `load` has seen to one that stands in a file itself
            made = promises.completing(made, looking.peek(loaded, "__globals__", {}), name)
        return _kept(promises.promising(made, promised), name)
    if module is not None:
        return limits.observed(
            _kept(promises.promising(module.adapt(made, name, promised), promised), name)
        )
    if isinstance(made, tuple | list) and made and all(map(inspect.isfunction, made)):
        names = ", ".join(function.__name__ for function in made)
        raise TargetError(
            f"{name} returns {len(made)} functions, {names}; give a class whose constructor calls "
            "it, with methods forward(x) and backward(dy), so that each layer has its own"
        )
    accepted = "; ".join(a.accepts for a in ADAPTERS)
    raise TargetError(f"{name} is {_what(made)}, but should be one of: {accepted}")


def _applied(loaded: object, norm: NormName | None) -> object:
    """Return what a ``torch.autograd.Function`` is taken as; all else as it is loaded.

    norm: what it is said to be

    As batch normalization it is the function that applies it, as another the class, which an
    adapter makes a module of.
    """
    if not _could_belong(loaded, "torch"):
        return loaded
    applying = import_module(f"{__name__}.torch.applying")
    kind: Any = applying.kind_in(loaded)
    if kind is None:
        return loaded
    batch = norm == "batch" or (norm is None and not claimed(kind).norms)
    return applying.function_of(kind) if batch else kind


def _relative(
    made: object, loaded: object, name: str, norm: NormName | None
) -> Implementation | None:
    """Make an implementation of another normalization than batch normalization.

    norm: what it is said to be, by ``NORM`` or ``--norm``; None: only what it says itself counts

    Returns None for batch normalization, and for a framework's own layer, which says itself which
    it is; raises TargetError for a layer of another norm than it is said to be.
    """
    if isinstance(made, Implementation):
        return None
    module = _recognising(made, name)
    if (relative := getattr(module, "relative", None)) is not None:
        found: Implementation | None = relative(made, name, norm)
        if found is not None:
            return found
    if norm is None:
        return None
    if not are_functions(made):
        told = None if module is None else module.adapt(made, name, Convention())
        own = BATCH if told is None else told.domain.norm
        if own.name == norm:
            return None  # a framework's own, which says itself what it is
        if own != BATCH:
            raise TargetError(f"{name} is {own.called}, and norm is {norm!r}: leave that out")
        given = "x, gamma, eps" if norm == "rms" else "x, gamma, beta, eps"
        raise TargetError(
            f"{name} is {norm!r} by its NORM, or by --norm, which is taken of plain functions: "
            f"write def forward({given}) that makes and calls it"
        )
    home = stated.home(loaded)
    said = home.get("CONVENTION", {})
    own = Convention.from_mapping(said, f"{name}: CONVENTION")
    adapter = import_module(f"{__name__}.plain.relatives")
    adapted: Implementation = adapter.adapt(home, name, norm, own)
    return adapted


def are_functions(loaded: object) -> bool:
    """Whether a target is plain functions, which are called to find out how they are meant."""
    return isinstance(loaded, ModuleType) or inspect.isfunction(loaded)


def by_signature(loaded: object, *, name: str) -> Implementation:
    """Make an implementation of plain functions without a call, where calls end the process.

    Raises TargetError for another normalization, of which calls tell how it is meant.
    """
    if stated.stated(loaded, name) not in (None, "batch"):
        raise TargetError(f"{name} ends the process, or hangs, when its functions are called")
    functions = import_module(f"{__name__}.plain.functions")
    made: Implementation = functions.unseen(loaded, name)
    return made


def _imported(adapter: Adapter, name: str) -> ModuleType:
    try:
        return import_module(f"{__name__}.{adapter.module}")
    except ModuleNotFoundError as error:
        missing = error.name or "a package"
        raise TargetError(
            f"{name} is checked with the help of {missing!r}{instead(missing)}"
        ) from None


def _recognising(target: object, name: str, *, frameworks: bool = False) -> Any:
    """Return the module of the first adapter that recognises the target, or None.

    name: what reports call it; frameworks: ask only the adapters that have one
    """
    for adapter in ADAPTERS:
        if _could_belong(target, adapter.framework) and (adapter.framework or not frameworks):
            module = _imported(adapter, name)
            if module.recognises(target):
                return module
    return None


def _made(loaded: object, name: str) -> object:
    """Call a factory, so that adapters see only modules, classes and instances."""
    if not (inspect.isroutine(loaded) or isinstance(loaded, functools.partial)):
        return loaded
    try:
        inspect.signature(loaded).bind()
    except (TypeError, ValueError):  # ValueError: a compiled function that does not say
        return loaded  # it may be a function on arrays
    try:
        return loaded()
    except RAISED as error:
        raise TargetError(
            f"{name} was called to make a layer, but raised {described(error)}"
        ) from error


def _refuse_function(loaded: object, name: str) -> None:
    if inspect.isroutine(loaded) or isinstance(loaded, functools.partial):
        raise TargetError(
            f"{name} is a function that takes {_signature(loaded)}, but should take nothing and "
            "return a layer; if it is one of several functions on arrays, give the module they "
            f"are in{divides(loaded)}"
        )


def _signature(function: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(function))
    except ValueError:
        return "unknown arguments"


def _could_belong(target: object, framework: str) -> bool:
    if not framework:
        return True
    if framework not in sys.modules:
        return False
    if isinstance(target, ModuleType):
        return _imports(target, framework)
    function = target.func if isinstance(target, functools.partial) else target
    if callable(function) and not isinstance(function, type) and _at_home(function, framework):
        return True
    kind = kind_of(target)
    # functions say where they are from themselves, everything else by its classes
    homes = [looking.peek(function, "__module__"), *(c.__module__ for c in kind.__mro__)]
    return any(f"{home}.".startswith(f"{framework}.") for home in homes)


def _at_home(function: Callable[..., Any], framework: str) -> bool:
    """Whether a function is of a file that uses the framework."""
    name = looking.peek(function, "__module__")
    home = sys.modules.get(name) if isinstance(name, str) else None
    return home is not None and _imports(home, framework)


def _imports(module: ModuleType, framework: str) -> bool:
    """Whether a module has the framework, or something of it, among its own names."""
    values = list(vars(module).values())
    homes = [
        v.__name__ if isinstance(v, ModuleType) else looking.peek(v, "__module__") for v in values
    ]
    return any(f"{home}.".startswith(f"{framework}.") for home in homes)


def _kept(adapted: Implementation, name: str) -> Implementation:
    """Refuse promises about arguments that only plain functions can be given."""
    for key, taken in (("mask", adapted.masks), ("adds", "adding" in adapted.abilities)):
        if getattr(adapted.convention, key) and not taken:
            raise TargetError(
                f"{name} promises {key!r}, which is for plain functions; wrap it in a file with "
                f"def forward(x, {_ARGUMENTS[key]}, gamma, beta, eps)"
            )
    return _for_training(adapted) if adapted.convention.eval_backward is False else adapted


def _for_training(adapted: Implementation) -> Implementation:
    """Leave out backward in inference, which nobody is meant to call."""
    told = "backward in inference: CONVENTION says that backward is for training alone"
    had = adapted.abilities & {"eval_backward", "eval_backward_trained"}
    said = [told] if had else []
    return replace(adapted, abilities=adapted.abilities - had, untried=(*adapted.untried, *said))


_ARGUMENTS = {"mask": "mask", "adds": "residual"}


def _what(target: object) -> str:
    if isinstance(target, type):
        return f"the class {target.__name__}, which has no method forward"
    return describe(target)
