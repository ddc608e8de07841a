"""Modules under ``torch.compile``: what is checked is the compiled code, not the module in it.

PyTorch falls back to the plain module without a word: where an exception left the first call, or
after eight compilations for other shapes and settings. So the first calls are good ones, eps and
momentum stay those of the module, which are constants in its compiled code, and the limit on
compilations is lifted during calls (`lifted`).
"""

import contextlib
import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bncheck.errors import RAISED, TargetError, told
from bncheck.model import Case, Implementation, Layer
from bncheck.model.formats import format_of
from bncheck.targets.common import probing

# compiled code has neither second derivatives ("torch.compile with aot_autograd does not currently
# support double backward") nor forward mode ("You must implement the jvp function")
WITHOUT = frozenset({"jvp", "double_backward"})
MANY = 1 << 30


def inside(target: Any, name: str) -> Any:
    """Return the module that ``torch.compile`` was given, None if the target is not compiled.

    Raises TargetError for a module that was compiled in place.
    """
    if getattr(target, "_compiled_call_impl", None) is not None:
        raise TargetError(
            f"{name} was compiled in place, by its method compile(), which is lost in copies of "
            "it; give torch.compile(module) instead"
        )
    dynamo = _dynamo()
    if dynamo is None or not isinstance(target, dynamo.OptimizedModule):
        return None
    return target._orig_mod


def of(
    target: Any, module: Any, plain: Implementation, layer_of: Callable[[Any, Case], Layer]
) -> Implementation:
    """Make an implementation of a compiled module.

    module: what is `inside` it; plain: its implementation; layer_of: puts the parts of a case into
    a module

    Raises TargetError where PyTorch compiles nothing of it.
    """
    domain = replace(
        plain.domain,
        fixed_eps=plain.defaults.get("eps", plain.domain.fixed_eps),
        fixed_momentum=plain.defaults.get("momentum", plain.domain.fixed_momentum),
        only_cumulative=plain.domain.only_cumulative or getattr(module, "momentum", 0) is None,
        few_shapes=True,
    )

    def build() -> Any:
        # not a copy of the target, whose backend would be another one and compile anew
        return type(target)(copy.deepcopy(module), target.dynamo_ctx)

    made = replace(
        plain,
        make=lambda case: layer_of(build(), case),
        abilities=plain.abilities - WITHOUT - {"cumulative"},
        domain=domain,
    )
    _try(made, plain.name)
    return made


def _try(made: Implementation, name: str) -> None:
    """Call it once in each mode, so that what is slow the first time belongs to loading."""
    domain = made.domain
    settings = {"eps": domain.fixed_eps, "momentum": domain.fixed_momentum}
    dtype = format_of(domain.dtypes[0]).dtype
    case = probing.case(domain.ranks[0], domain.channels or 3, dtype, **settings)
    _dynamo().reset()  # so that what was compiled before is compiled again, and counted
    before = _graphs()
    try:
        layer = made.make(case)
        layer.train(case.x)
        if layer.backward is not None:
            layer.backward(case.dy)
        if layer.eval is not None:
            layer.eval(case.x)
    except RAISED as error:
        reason = " ".join(told(error).split("\n\n")[0].split())  # the rest is advice
        raise TargetError(f"{name} could not be compiled: {reason[:300]}") from error
    if _graphs() == before:
        raise TargetError(
            f"{name} is under torch.compile, but nothing of it is compiled: what would be checked "
            "is the plain module; give that one"
        )


def compiles(module: Any) -> bool:
    """Whether a module is compiled, or may have in it what is: a decorated function."""
    dynamo = _dynamo()
    if dynamo is None:
        return False
    backends = dynamo.eval_frame.cached_backends.values()
    return isinstance(module, dynamo.OptimizedModule) or any(b is not None for b in backends)


@contextlib.contextmanager
def lifted() -> Iterator[None]:
    """Let PyTorch compile as often as it is asked to; gradients are asked for more than once."""
    dynamo = _dynamo()
    from torch._functorch import config  # noqa: PLC0415 # only where something is compiled

    limits = dynamo.config.patch(
        recompile_limit=MANY, accumulated_recompile_limit=MANY, fail_on_recompile_limit_hit=True
    )
    with limits, config.patch(donated_buffer=False):
        before = _traced()
        try:
            yield
        except dynamo.exc.TorchDynamoException:
            raise
        except RAISED:
            # after what the module itself raises while it is traced, it is not compiled any more
            if _traced() > before:
                dynamo.reset()
            raise


def _dynamo() -> Any:
    """Return the module that compiles, None where nobody has used it: importing it takes long."""
    return sys.modules.get("torch._dynamo")


def _graphs() -> int:
    """How many pieces of code were compiled so far."""
    return int(_dynamo().utils.counters["stats"]["unique_graphs"])


def _traced() -> int:
    """How many functions were traced so far, to be compiled."""
    return int(_dynamo().utils.counters["frames"]["total"])
