"""How long proofs and verdicts take, and plain SymPy beside them.

The times that are promised: all theorems within 30 s of one core, dL/dx for symbolic m within
0.2 s, double backward within 0.1 s, one sentence about any bad formula within 5 s.

    python benchmarks/symbolic.py [limit in seconds for each question to SymPy, default 60]

SymPy gets the same questions with ``simplify``, at m = 2 to 8 written out and for symbolic m with
``Sum``, each in a process of its own that is ended at the limit. Times are of the questions alone,
of the processor where it is not SymPy that is asked; SymPy is imported before.
"""

import multiprocessing
import sys
import time

import sympy as sp

from bncheck.symbolic import proving
from bncheck.symbolic.checkers import small_sizes
from bncheck.symbolic.claims.judge import judge
from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.normal import equal
from bncheck.symbolic.vocabulary import (
    backward,
    dx,
    dy,
    gamma,
    gradient,
    inner,
    loss,
    m,
    mean,
    std,
    xhat,
)

SIZES = range(2, 9)


def first_order():
    return gradient(loss(), at=j), backward()[j]


def second_order():
    v = vector("v")
    cv, cg, h = v - mean(v), dy - mean(dy), xhat()
    bracket = inner(cv, cg) * h + inner(h, dy) * cv + inner(h, v) * cg
    bracket -= 3 / m * inner(h, v) * inner(h, dy) * h
    return gradient(inner(v, dx()), at=j), (-gamma / (m * std() ** 2) * bracket)[j]


def written_out(size):
    """Return dL/dx_1 and its closed form as SymPy writes them at a fixed size."""
    x, g = sp.symbols(f"x:{size}", real=True), sp.symbols(f"g:{size}", real=True)
    gam, eps = sp.symbols("gamma eps", positive=True)
    centre = sp.Add(*x) / size
    root = sp.sqrt(sp.Add(*((v - centre) ** 2 for v in x)) / size + eps)
    h = [(v - centre) / root for v in x]
    total = gam * sp.Add(*(a * b for a, b in zip(g, h, strict=True)))
    q = sp.Add(*(a * b for a, b in zip(g, h, strict=True))) / size
    return sp.diff(total, x[0]), gam / root * (g[0] - sp.Add(*g) / size - h[0] * q)


def with_sums(_):
    """Return the same for a symbolic size, with sums."""
    size, k, i = sp.symbols("m k i", integer=True, positive=True)
    x, g = sp.IndexedBase("x"), sp.IndexedBase("g")
    gam, eps = sp.symbols("gamma eps", positive=True)
    centre = sp.Sum(x[k], (k, 1, size)) / size
    root = sp.sqrt(sp.Sum((x[k] - centre) ** 2, (k, 1, size)) / size + eps)
    total = sp.Sum(gam * g[i] * (x[i] - centre) / root, (i, 1, size))
    at = sp.Symbol("j", integer=True, positive=True)
    q = sp.Sum(g[i] * (x[i] - centre) / root, (i, 1, size)) / size
    rest = g[at] - sp.Sum(g[i], (i, 1, size)) / size - (x[at] - centre) / root * q
    return sp.diff(total, x[at]), gam / root * rest


def expanded(_):
    """Return the difference of these, multiplied out: ``simplify`` fails on it in another way."""
    left, right = with_sums(None)
    return sp.expand(left - right), sp.Integer(0)


def ask_sympy(make, size, answer):
    """Put the answer and the seconds into the queue; how it fails is a figure too."""
    start = time.perf_counter()
    try:
        left, right = make(size)
        said = "equal" if sp.simplify(left - right) == 0 else "does not find them equal"
    except Exception as error:
        said = f"raises {type(error).__name__}"
    answer.put((said, time.perf_counter() - start))


def within(limit, make, size=None):
    """Return what SymPy says within the limit, and how long it took."""
    answer = multiprocessing.Queue()
    process = multiprocessing.Process(target=ask_sympy, args=(make, size, answer))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
        return f"not within {limit:.0f} s", limit
    return answer.get()


def show(what, said, seconds):
    print(f"{what:<52} {seconds:8.3f} s   {said}", flush=True)


def timed(what, question):
    start = time.process_time()
    answer = question()
    said = {True: "equal", False: "different"}.get(answer, answer)
    show(what, said, time.process_time() - start)


def every_theorem():
    outcomes = list(proving.prove())
    return f"{sum(o.proved for o in outcomes)} of {len(outcomes)} proved"


BAD = {
    "10,000 brackets": "(" * 10_000 + "x" + ")" * 10_000 + " = 1",
    "1 MB": "x_i = " + "x_i + " * 170_000,
    "800 open fractions": r"\frac{" * 800 + " = 1",
    "too large to decide": r"y_i = ((x_i + \mu + \gamma + \beta)^9 (x_i + \epsilon)^9)^2",
    "six sums": r"\sum_i \sum_j \sum_k \sum_p \sum_q \sum_r x_i x_j x_k x_p x_q x_r = y_s",
    "irrational roots": r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 - \epsilon}}",
}


def main():
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    timed("all theorems", every_theorem)
    for name, latex in BAD.items():
        timed(f"claim: {name}", lambda latex=latex: judge(latex).verdict)
    timed("normal form, dx, every m", lambda: equal(*first_order()))
    timed("normal form, double backward, every m", lambda: equal(*second_order()))
    for name, sides in (("dx", first_order()), ("double backward", second_order())):
        what = f"the checker in SymPy's rings, {name}, m = 2 to 5"
        timed(what, lambda sides=sides: small_sizes.refutation(*sides) is None)
    for size in SIZES:
        show(f"sympy.simplify, dx, m = {size}", *within(limit, written_out, size))
    show("sympy.simplify, dx, symbolic m", *within(limit, with_sums))
    show("sympy.simplify, dx, symbolic m, expanded before", *within(limit, expanded))


if __name__ == "__main__":
    main()
