"""Which names mean what: how people call the parts of a batch-norm layer in plain Python.

Names are compared in lower case and without underscores, so ``running_mean``, ``_runningMean``
and ``RunningMean`` are one name. Earlier names win.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

_GAMMA = ("gamma", "weight", "weights", "scale", "scaler", "γ", "g", "w")
_BETA = ("beta", "bias", "biases", "shift", "offset", "intercept", "β", "b")

NAMES: dict[str, tuple[str, ...]] = {
    "gamma": _GAMMA,
    "beta": _BETA,
    "eps": ("eps", "epsilon", "ε"),
    "momentum": ("momentum", "mom", "decay", "decayrate", "rho", "alpha"),
    "running_mean": (
        *("runningmean", "movingmean", "runmean", "emamean", "popmean", "populationmean"),
        *("globalmean", "avgmean", "averagemean", "runningmu", "meanrunning"),
    ),
    "running_var": (
        *("runningvar", "runningvariance", "movingvar", "movingvariance", "runvar", "emavar"),
        *("popvar", "populationvar", "globalvar", "avgvar", "averagevar", "varrunning"),
    ),
    "channels": (
        *("numfeatures", "nfeatures", "features", "numchannels", "nchannels", "channels"),
        *("infeatures", "inchannels", "inputsize", "inputdim", "indim", "insize", "featuredim"),
        *("dim", "size", "units", "width", "hiddensize", "nin", "nout", "c", "d", "n"),
    ),
    "shape": ("shape", "inputshape", "paramshape", "featureshape", "normalizedshape"),
    "rank": ("numdims", "ndims", "ndim", "rank"),
    "training": ("training", "train", "istraining", "istrain", "trainflg", "trainflag", "mode"),
    "inference": ("inference", "isinference", "testing", "test", "istest", "useglobalstats"),
    "x": ("x", "input", "inputs", "inp"),
    "cache": ("cache", "ctx", "context", "saved"),
    "rate": ("lr", "learningrate", "rate", "eta", "stepsize"),
}


def plain(name: str) -> str:
    """Return a name as it is compared."""
    return name.replace("_", "").lower()


def role_of(name: str, among: Iterable[str] = NAMES) -> str | None:
    """Return the role that a parameter's name stands for, ``None`` if there is none."""
    wanted = plain(name)
    return next((role for role in among if wanted in NAMES[role]), None)


def gradient_names(role: str) -> tuple[str, ...]:
    """Return the names under which the gradient of gamma or beta is kept."""
    forms = ("d{}", "grad{}", "{}grad", "dl{}", "d{}s")
    return tuple(form.format(name) for name in NAMES[role] for form in forms)


@dataclass(frozen=True)
class Slot:
    """A place in a layer: an attribute, perhaps an item of a dict or of a parameter object."""

    attribute: str
    item: str | None = None
    inner: str | None = None

    def get(self, layer: object) -> Any:
        """Return what is there; raises AttributeError or KeyError where nothing is."""
        value = getattr(layer, self.attribute)
        value = value if self.item is None else value[self.item]
        return value if self.inner is None else getattr(value, self.inner)

    def set(self, layer: object, value: object) -> None:
        """Put a value there; raises AttributeError for a read-only property."""
        if self.item is None and self.inner is None:
            setattr(layer, self.attribute, value)
            return
        holder = getattr(layer, self.attribute)
        if self.inner is None:
            holder[self.item] = value
            return
        holder = holder if self.item is None else holder[self.item]
        setattr(holder, self.inner, value)


def find(
    layer: object, role: str, fits: Callable[[Any], bool], *, gradient: bool = False
) -> Slot | None:
    """Find the first slot whose name stands for the role and whose value fits.

    Looked through are attributes, dicts among them (``layer.params["gamma"]``) and objects
    that hold an array (``layer.gamma.value``, for a gradient ``layer.gamma.grad``).
    """
    direct = gradient_names(role) if gradient else NAMES[role]
    inner = ("grad", "gradient") if gradient else ("data", "value")
    attributes = [n for n in dir(layer) if not n.startswith("__")]
    values = {n: _value(layer, n) for n in attributes}
    places = [(plain(n), Slot(n), v) for n, v in values.items()]
    for attribute, held in values.items():
        if isinstance(held, dict):
            about_gradients = "grad" in plain(attribute)
            for key in (k for k in held if isinstance(k, str)):
                # grads["gamma"] is a gradient, params["gamma"] is not
                told = f"d{plain(key)}" if about_gradients else plain(key)
                places.append((told, Slot(attribute, key), held[key]))
    for name in direct:
        for place, slot, value in places:
            if place == name and fits(value):
                return slot
    for name in NAMES[role]:
        for place, slot, value in places:
            if place == name and not isinstance(value, np.ndarray):
                for part in inner:
                    if fits(_value(value, part)):
                        return Slot(slot.attribute, slot.item, part)
    return None


def _value(layer: object, name: str) -> Any:
    try:
        return getattr(layer, name)
    except Exception:  # a property may need what is not there yet
        return None
