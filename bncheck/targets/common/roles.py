"""Which names mean what: how people call the parts of a batch-norm layer.

Names are compared in lower case and without underscores, so ``running_mean``, ``_runningMean``
and ``RunningMean`` are one name. Earlier names win.
"""

import re
from collections.abc import Iterable

_GAMMA = ("gamma", "weight", "weights", "scale", "scaler", "γ", "gain", "g", "w")
_BETA = ("beta", "bias", "biases", "shift", "offset", "intercept", "β", "b")

NAMES: dict[str, tuple[str, ...]] = {
    "gamma": _GAMMA,
    "beta": _BETA,
    "eps": ("eps", "epsilon", "ε", "bneps", "vareps", "varianceepsilon"),
    "momentum": (
        *("momentum", "mom", "decay", "decayrate", "rho", "alpha", "m", "bnmomentum", "bndecay"),
        *("movingdecay", "emadecay", "runningmomentum", "averagingfactor", "avgdecay"),
        "exponentialaveragefactor",
    ),
    "running_mean": (
        *("runningmean", "movingmean", "runmean", "emamean", "popmean", "populationmean"),
        *("globalmean", "avgmean", "averagemean", "runningmu", "meanrunning", "rm", "mm"),
    ),
    "running_var": (
        *("runningvar", "runningvariance", "movingvar", "movingvariance", "runvar", "emavar"),
        *("popvar", "populationvar", "globalvar", "avgvar", "averagevar", "varrunning", "rv", "mv"),
    ),
    "channels": (
        *("numfeatures", "nfeatures", "features", "numchannels", "nchannels", "channels"),
        *("infeatures", "inchannels", "inputsize", "inputdim", "indim", "insize", "featuredim"),
        *("dim", "size", "units", "width", "hiddensize", "nin", "nout", "outfeatures", "outdim"),
        *("outputsize", "outputdim", "outsize", "nfeature", "numfeature", "numoutputs", "ninput"),
        *("noutput", "nhidden", "ndim", "d", "c", "n", "nf", "ch", "planes", "dims"),
    ),
    "shape": ("shape", "inputshape", "paramshape", "featureshape", "normalizedshape", "inshape"),
    "groups": ("groups", "numgroups", "ngroups", "group", "ngroup", "numgroup", "nbgroups"),
    "rank": ("numdims", "ndims", "rank"),
    "training": (
        *("training", "train", "istraining", "istrain", "trainflg", "trainflag", "mode"),
        *("phase", "trainable", "trainmode", "trainingmode", "intraining"),
    ),
    "inference": (
        *("inference", "isinference", "testing", "test", "istest", "useglobalstats", "testmode"),
        *("evalmode", "eval", "iseval", "evaluate", "infer", "predict", "frozen", "deterministic"),
        *("userunningaverage", "userunning", "userunningstats", "usemovingaverage", "usemoving"),
        *("userunningstatistics", "useglobal", "usemovingstats", "usestored", "inferencemode"),
    ),
    "x": ("x", "input", "inputs", "inp", "data", "batch", "xin", "z", "a"),
    "dy": (
        *("dy", "dout", "grad", "gradoutput", "gradout", "dldy", "delta", "upstream", "g"),
        *("dz", "outgrad", "outputgrad", "grady", "upstreamgrad", "upstreamgradient", "accumgrad"),
        *("gradient", "doutput", "d", "error", "dnext", "gout", "gy", "dlout", "dldout", "dxout"),
        *("topgrad", "topdiff", "deltaout", "eta", "dupstream"),
    ),
    "cache": ("cache", "ctx", "context", "saved", "cached", "residuals", "memory", "stash"),
    "bn_param": (
        *(
            "bnparam",
            "lnparam",
            "gnparam",
            "inparam",
            "rmsparam",
            "normparam",
            "bnparams",
            "bnconfig",
            "bnstate",
            "batchnormparam",
            "param",
            "params",
        ),
        *("config", "cfg", "state", "parameters", "runningstats", "stats", "opts", "options"),
    ),
    # a pair of both running statistics
    "statistics": ("running", "runningpair", "moving", "ema", "averages", "runningaverages"),
    "rate": ("lr", "learningrate", "rate", "eta", "stepsize"),
    "optimizer": ("optimizer", "optim", "opt", "optimiser"),
    # what counts of a batch, and what is added to the output
    "mask": ("mask", "masks", "paddingmask", "padmask", "validmask", "inputmask", "xmask", "keep"),
    "residual": ("residual", "residue", "skip", "shortcut", "addend", "identity", "bypass"),
}

# what is kept from batch to batch is said by one word, and of what by another
_KEPT = (
    "running|moving|run|mov|mv|ema|exp|expavg|pop|population|global|glob|avg|average|averaged|test"
    "|testing|infer|inference|eval|r|rolling|roll|tracked|track|stored|hist|historical|history"
    "|accumulated|acc|cum|cumulative|est|estimated|inf|dataset|train|fixed|frozen|smoothed|bn"
)
_MEANS = "means?|mu|μ|mus"
_VARS = "vars?|variances?|sigma2|sigmasq|sigmasquared|sigmasqr|σ2|sig2|v"
PATTERNS = {
    "channels": re.compile(r"(n|num|nb|numberof|no)(of)?[a-z]{2,}"),
    "running_mean": re.compile(f"({_KEPT})({_MEANS})|({_MEANS})({_KEPT})"),
    "running_var": re.compile(f"({_KEPT})({_VARS})|({_VARS})({_KEPT})"),
}
# of an argument these are running statistics too; an attribute so called may hold the batch's
WEAK = {"running_mean": ("mean", "mu", "μ"), "running_var": ("var", "variance", "sigma2")}


def plain(name: str) -> str:
    """Return a name as it is compared; ``_BatchNorm__gamma``, as Python makes it, is ``gamma``."""
    return re.sub(r"^_[A-Za-z]\w*?__(?=\w)", "", name).replace("_", "").lower()


def role_of(name: str, among: Iterable[str] = NAMES, *, argument: bool = False) -> str | None:
    """Return the role that a parameter's name stands for, ``None`` if there is none.

    argument: it is what a function or a constructor takes, so that ``mean`` is a running mean
    """
    wanted, roles = plain(name), list(among)
    known = next((role for role in roles if wanted in NAMES.get(role, ())), None)
    if known is None:
        known = next((r for r in roles if r in PATTERNS and PATTERNS[r].fullmatch(wanted)), None)
    if known is None and argument:
        known = next((role for role in roles if wanted in WEAK.get(role, ())), None)
    return known


def rank_of(name: str, role: str) -> int | None:
    """Say how early a plain name comes among those of a role; ``None`` where it is none."""
    if name in NAMES[role]:
        return NAMES[role].index(name)
    matched = role in PATTERNS and PATTERNS[role].fullmatch(name) is not None
    return len(NAMES[role]) if matched else None


def order(role: str, name: str) -> int:
    """Earlier names win; one that only a pattern knows comes after all that are listed."""
    known, told = NAMES[role], plain(name)
    return known.index(told) if told in known else len(known)


def gradient_names(role: str) -> tuple[str, ...]:
    """Return the names under which the gradient of gamma or beta is kept."""
    forms = (
        "d{}",
        "grad{}",
        "{}grad",
        "dl{}",
        "dld{}",
        "d{}s",
        "{}gradient",
        "delta{}",
        "gradient{}",
    )
    return tuple(form.format(name) for name in NAMES[role] for form in forms)
