"""Where a target computes: the device that ``--device`` names, in its framework's own words."""

import contextlib
import sys

from bncheck.errors import RAISED, UsageError, told

FRAMEWORKS = ("torch", "jax")


def use(name: str) -> None:
    """Let a framework that has been imported make its arrays on a device from now on.

    Raises UsageError where there is no such device, or no framework that has devices.
    """
    chosen = {"torch": _torch, "jax": _jax}
    known = [framework for framework in FRAMEWORKS if framework in sys.modules]
    if not known:
        raise UsageError(
            f"device={name!r}, but the target imports neither torch nor JAX, so that there is no "
            "device to choose; leave --device out"
        )
    for framework in known:
        try:
            chosen[framework](name)
        except RAISED as error:  # each framework has its own for what it does not have
            reason = " ".join(told(error).split())[:200]
            raise UsageError(f"device={name!r} cannot be used with {framework}: {reason}") from None


def used() -> str:
    """Name the device on which the frameworks that have been imported compute by default."""
    found = ""
    with contextlib.suppress(*RAISED):
        if "torch" in sys.modules:
            found = str(sys.modules["torch"].get_default_device())
        elif "jax" in sys.modules:
            jax = sys.modules["jax"]
            found = str(jax.config.jax_default_device or jax.default_backend())
    return found or "cpu"


def _torch(name: str) -> None:
    torch = sys.modules["torch"]
    torch.zeros(1, device=name).add_(1).item()
    torch.set_default_device(name)


def _jax(name: str) -> None:
    jax = sys.modules["jax"]
    kind, _, number = name.partition(":")
    jax.config.update("jax_default_device", jax.devices(kind)[int(number or 0)])
