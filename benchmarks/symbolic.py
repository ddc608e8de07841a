"""How long the normal form takes, beside plain SymPy.

    python benchmarks/symbolic.py [largest m for SymPy, default 4]

SymPy gets the same question, is dL/dx_j equal to its closed form, at m = 2, 3, ... with
``simplify``, and at symbolic m with a limit of 60 seconds in a process of its own.
"""

import multiprocessing
import sys
import time

import sympy as sp

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

LIMIT = 60.0


def timed(what, question):
    start = time.perf_counter()
    answer = question()
    print(f"{what:<46} {time.perf_counter() - start:8.3f} s   {answer}", flush=True)


def first_order():
    return equal(gradient(loss(), at=j), backward()[j])


def second_order():
    v = vector("v")
    cv, cg, h = v - mean(v), dy - mean(dy), xhat()
    bracket = inner(cv, cg) * h + inner(h, dy) * cv + inner(h, v) * cg
    bracket -= 3 / m * inner(h, v) * inner(h, dy) * h
    return equal(gradient(inner(v, dx()), at=j), (-gamma / (m * std() ** 2) * bracket)[j])


def with_sympy(size):
    x, g = sp.symbols(f"x:{size}", real=True), sp.symbols(f"g:{size}", real=True)
    gam, eps = sp.symbols("gamma eps", positive=True)
    centre = sp.Add(*x) / size
    root = sp.sqrt(sp.Add(*((v - centre) ** 2 for v in x)) / size + eps)
    h = [(v - centre) / root for v in x]
    total = gam * sp.Add(*(a * b for a, b in zip(g, h, strict=True)))
    q = sp.Add(*(a * b for a, b in zip(g, h, strict=True))) / size
    closed = gam / root * (g[0] - sp.Add(*g) / size - h[0] * q)
    return sp.simplify(sp.diff(total, x[0]) - closed) == 0


def with_symbolic_sums(answer):
    size, k, i = sp.symbols("m k i", integer=True, positive=True)
    x, g = sp.IndexedBase("x"), sp.IndexedBase("g")
    gam, eps = sp.symbols("gamma eps", positive=True)
    centre = sp.Sum(x[k], (k, 1, size)) / size
    root = sp.sqrt(sp.Sum((x[k] - centre) ** 2, (k, 1, size)) / size + eps)
    total = sp.Sum(gam * g[i] * (x[i] - centre) / root, (i, 1, size))
    j_ = sp.Symbol("j", integer=True, positive=True)
    q = sp.Sum(g[i] * (x[i] - centre) / root, (i, 1, size)) / size
    rest = g[j_] - sp.Sum(g[i], (i, 1, size)) / size - (x[j_] - centre) / root * q
    try:
        answer.put(sp.simplify(sp.diff(total, x[j_]) - gam / root * rest) == 0)
    except Exception as error:  # how it fails is the figure
        answer.put(f"raised {type(error).__name__}")


def main():
    timed("normal form, dx, every m", first_order)
    timed("normal form, double backward, every m", second_order)
    for size in range(2, 1 + int(sys.argv[1] if len(sys.argv) > 1 else 4)):
        timed(f"sympy.simplify, dx, m = {size}", lambda size=size: with_sympy(size))
    answer = multiprocessing.Queue()
    process = multiprocessing.Process(target=with_symbolic_sums, args=(answer,))

    def ask():
        process.start()
        process.join(LIMIT)
        if process.is_alive():
            process.terminate()
            return f"no answer in {LIMIT:.0f} s"
        return answer.get()

    timed("sympy.simplify, dx, symbolic m", ask)


if __name__ == "__main__":
    main()
