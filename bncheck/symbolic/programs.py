"""The formulas that are printed as source code, and what each result must be equal to.

A program is a list of named quantities, each written in terms of the ones before it: the shape
that a numerical analyst would give the computation. ``means`` says which derivative (or other
definition) a result stands for; a test decides the equality for every batch size, so the code is
that of a proved formula.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bncheck.symbolic.expression import Expr, Named, Scalar, Symbol, as_expr, i, sqrt, vector
from bncheck.symbolic.vocabulary import (
    batchnorm,
    beta,
    derivative,
    dy,
    eps,
    gamma,
    gradient,
    infer,
    inner,
    loss,
    m,
    mean,
    mu,
    running_mean,
    running_var,
    total,
    var,
    x,
    xhat,
)


@dataclass(frozen=True)
class Program:
    """A function: its arguments, the quantities it computes in order, and what it returns.

    ``laws`` are the ids of the theorems that state what it computes, if there are any.
    """

    name: str
    arguments: tuple[Expr, ...]
    steps: tuple[Named, ...]
    returns: tuple[str, ...]
    means: dict[str, Expr] = field(default_factory=dict)
    doc: str = ""
    record: str = ""
    laws: tuple[str, ...] = ()

    def result(self, name: str) -> Named:
        """Return the quantity of that name."""
        return next(step for step in self.steps if step.name == name)


def scalar(name: str, body: Scalar) -> Named:
    """Name a quantity with one value per channel."""
    return Named(name, (), as_expr(body))


def batch(name: str, body: Scalar) -> Named:
    """Name a quantity with one value per sample."""
    return Named(name, (i,), as_expr(body))


centered, w = batch("centered", x - mu()), scalar("w", var() + eps)
weights, tangent = vector("weights"), vector("tangent")
inv = scalar("inv", 1 / sqrt(w))
normalized = batch("xhat", centered * inv)
y = batch("y", gamma * normalized + beta)

FORWARD = Program(
    "forward",
    (centered, w, gamma, beta),
    (inv, normalized, y),
    ("inv", "xhat", "y"),
    {"xhat": xhat(), "y": batchnorm()},
    "Normalize, scale and shift (Ioffe & Szegedy 2015, Algorithm 1).",
    "Forward",
)

d_beta = scalar("dbeta", total(dy))
d_gamma = scalar("dgamma", total(dy * normalized))
dy_mean = scalar("dy_mean", d_beta / m)
q = scalar("q", d_gamma / m)
bracket = batch("bracket", dy - dy_mean - normalized * q)
d_x = batch("dx", gamma * inv * bracket)

BACKWARD = Program(
    "backward",
    (centered, w, gamma, dy),
    (inv, normalized, d_beta, d_gamma, dy_mean, q, bracket, d_x),
    ("dy_mean", "q", "bracket", "dx", "dgamma", "dbeta"),
    {
        "dx": gradient(loss(), x, i),
        "dgamma": gradient(loss(), gamma),
        "dbeta": gradient(loss(), beta),
    },
    """``dx = gamma inv (dy - mean(dy) - xhat q)``, ``q = mean(dy xhat)``, ``dgamma = m q``.

The six displayed equations of Ioffe & Szegedy 2015, section 3, collected (theorem B01).""",
    "Backward",
    laws=("B01",),
)

shifted, w_run = batch("centered", x - running_mean), scalar("w", running_var + eps)
inv_run = scalar("inv", 1 / sqrt(w_run))
xhat_run = batch("xhat", shifted * inv_run)

INFERENCE = Program(
    "inference",
    (shifted, w_run, gamma, beta),
    (inv_run, xhat_run, batch("y", gamma * xhat_run + beta)),
    ("inv", "xhat", "y"),
    {"y": infer()},
    "The same map with ``c = x - running_mean`` and ``w = running_var + eps`` (Algorithm 2).",
    "Forward",
    laws=("I01",),
)

INFERENCE_BACKWARD = Program(
    "inference_backward",
    (shifted, w_run, gamma, dy),
    (
        inv_run,
        xhat_run,
        batch("dx", gamma * inv_run * dy),
        scalar("dgamma", total(dy * xhat_run)),
        scalar("dbeta", total(dy)),
    ),
    ("dx", "dgamma", "dbeta"),
    {
        "dx": gradient(inner(dy, infer()), x, i),
        "dgamma": gradient(inner(dy, infer()), gamma),
        "dbeta": gradient(inner(dy, infer()), beta),
    },
    "Gradients of `inference`: the statistics are constants (theorem B19).",
    laws=("B19",),
)

t_mean = scalar("t_mean", mean(tangent))
slope = scalar("q", mean(tangent * normalized))
rest = batch("bracket", tangent - t_mean - normalized * slope)

JVP = Program(
    "jvp",
    (centered, w, gamma, tangent),
    (
        inv,
        normalized,
        t_mean,
        slope,
        rest,
        batch("dy", gamma * inv * rest),
    ),
    ("dy",),
    {"dy": derivative(batchnorm(), x, tangent)},
    "Directional derivative of y along ``tangent`` ``(m, C)``: the Jacobian is symmetric (B12).",
    laws=("B12",),
)

a = batch("a", weights - mean(weights))
b = batch("b", dy - mean(dy))
with_a, with_b = scalar("with_a", mean(normalized * a)), scalar("with_b", mean(normalized * b))
together = scalar("together", mean(a * b))
among = batch(
    "among",
    together * normalized + with_b * a + with_a * b - 3 * with_a * with_b * normalized,
)
F = inner(weights, gradient(loss(), x, i))

DOUBLE_BACKWARD = Program(
    "double_backward",
    (centered, w, gamma, dy, weights),
    (
        inv,
        normalized,
        a,
        b,
        with_a,
        with_b,
        together,
        among,
        batch("by_x", -gamma * inv * inv * among),
        batch("by_dy", gamma * inv * (a - normalized * with_a)),
        b_scaled := batch("b_scaled", inv * (b - normalized * with_b)),
        scalar("by_gamma", total(weights * b_scaled)),
    ),
    ("by_x", "by_dy", "by_gamma"),
    {
        "by_x": gradient(F, x, i),
        "by_dy": gradient(F, dy, i),
        "by_gamma": gradient(F, gamma),
    },
    """Gradients of ``F = <weights, dx>`` with respect to x, dy and gamma (theorem B21).

With a = weights and b = dy, both centred, and means over the batch,
``dF/dx = -(gamma/w) (mean(a b) xhat + mean(xhat b) a + mean(xhat a) b
- 3 mean(xhat a) mean(xhat b) xhat)``; ``dF/d dy`` is the Jacobian applied to weights, and
``dF/d gamma = <weights, dx/gamma>``: the second derivative of xhat, contracted.""",
    laws=("B21",),
)

old, statistic, weight = (Symbol(name) for name in ("old", "statistic", "weight"))

RUNNING = Program(
    "running",
    (old, statistic, weight),
    (scalar("new", (1 - weight) * old + weight * statistic),),
    ("new",),
    {"new": old + weight * (statistic - old)},
    "One step of the moving average: ``(1 - weight) old + weight statistic`` (theorem I03).",
    laws=("I03",),
)

# Without the mean taken off, and with gamma inside the brackets, as where it varies among the
# values of a set: h = gamma dy.
square_w, h = scalar("w", mean(x * x) + eps), vector("h")
inv_rms = scalar("inv", 1 / sqrt(square_w))
z = batch("z", x * inv_rms)
with_h, with_w = scalar("q", mean(h * z)), scalar("with_weights", mean(weights * z))
rms_bracket = batch("bracket", h - z * with_h)
both = scalar("together", mean(weights * h))
rms_among = batch("among", both * z + with_h * weights + with_w * h - 3 * with_w * with_h * z)
RMS_LOSS = inner(h, x / sqrt(mean(x * x) + eps))

RMS_BACKWARD = Program(
    "rms_backward",
    (x, square_w, h),
    (inv_rms, z, with_h, rms_bracket, batch("dx", inv_rms * rms_bracket)),
    ("q", "bracket", "dx"),
    {"dx": gradient(RMS_LOSS, x, i)},
    """RMS normalization: ``dx = inv (h - z q)``, ``z = x inv``, ``q = mean(h z)``.

``w = mean(x^2) + eps``, and ``h = gamma dy``, since gamma varies inside a set (Zhang & Sennrich
2019, section 3). The Jacobian of z is symmetric, so this is its derivative along h as well.""",
)

RMS_DOUBLE_BACKWARD = Program(
    "rms_double_backward",
    (x, square_w, h, weights),
    (
        inv_rms,
        z,
        with_h,
        with_w,
        both,
        rms_among,
        batch("by_x", -inv_rms * inv_rms * rms_among),
        batch("by_h", inv_rms * (weights - z * with_w)),
    ),
    ("by_x", "by_h"),
    {
        "by_x": gradient(inner(weights, gradient(RMS_LOSS, x, i)), x, i),
        "by_h": gradient(inner(weights, gradient(RMS_LOSS, x, i)), h, i),
    },
    "Gradients of ``F = <weights, dx>`` of `rms_backward` with respect to x and h.",
)

PROGRAMS = (
    FORWARD,
    BACKWARD,
    INFERENCE,
    INFERENCE_BACKWARD,
    JVP,
    DOUBLE_BACKWARD,
    RMS_BACKWARD,
    RMS_DOUBLE_BACKWARD,
    RUNNING,
)


def called(name: str) -> Program | None:
    """Return the program of that name, or the one that a law's id or its proof's file means."""
    folded = name.casefold()
    for program in PROGRAMS:
        ids = {law.casefold() for law in program.laws}
        if folded == program.name or folded.split("_")[0] in ids:
            return program
    return None
