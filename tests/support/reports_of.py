"""Reports for the tests of what is printed: small, and with everything that a report can hold."""

from bncheck.model import Counterexample, Finding, Report

ENVIRONMENT = {
    "bncheck": "0.1.0",
    "python": "3.11.7",
    "numpy": "2.4.6",
    "dtypes": ["float32", "float64"],
    "budget": "standard",
    "seed": 0,
}

CASE = """Case(
    x=np.array([[0.0], [1.0]], dtype=np.float32),
    gamma=np.array([1.0], dtype=np.float32),
    beta=np.array([0.0], dtype=np.float32),
    dy=np.array([[0.0], [1.0]], dtype=np.float32),
    running_mean=np.array([0.0], dtype=np.float32),
    running_var=np.array([1.0], dtype=np.float32),
    eps=1e-05,
    momentum=0.1,
)"""


def counterexample(law="B03", dtype="float32", **changes):
    told = {
        "python": CASE.replace("float32", dtype),
        "recipe": {"kind": "small", "m": 2, "largest": float("inf")},
        "what": "dx, entry (1, 0)",
        "got": 0.75,
        "expected": 1.999980000149999e-05,
        "file": f".bncheck/{law}-{dtype}.json",
    }
    return Counterexample(**(told | changes))


def holds(law, dtype, error=4.1e-7, bound=2.4e-6, **more):
    titles = {"F01": "the output's mean is β", "X03": "γ → 2γ doubles y − β exactly"}
    title = titles.get(law, "a law that holds")
    told = {"examples": 100, "sees": 2.4e-7 if bound else 0.0, "typically_sees": 3e-6, "blind": 0}
    return Finding(law, title, "holds", dtype, error, bound, **(told | more))


def fails(law="B03", dtype="float32", bound=1.2e-6, **more):
    told = {
        "title": "dx is the exact input gradient",
        "statement": "dx_i = γ / √(v + ε) · (dy_i − mean(dy) − x̂_i · mean(dy · x̂)) for all i, "
        "within the rounding bound of an acceptable algorithm",
        "error": 0.75,
        "bound": bound,
        "examples": 3,
        "case": counterexample(law, dtype),
        "causes": ("missing-mean-term",),
        "reason": "dx does not sum to zero over the batch",
    }
    return Finding(law=law, verdict="fails", dtype=dtype, **(told | more))


def raises(law, dtype, **more):
    reason = "ValueError: operands could not be broadcast together (my_bn.py:12 in infer)"
    return Finding(
        law,
        f"a law about inference, {law}",
        "error",
        dtype,
        examples=1,
        reason=reason,
        case=counterexample(law, dtype, what=""),
        **more,
    )


def skipped(law, dtype, reason="ability: no infer_backward"):
    return Finding(law, "a law that was skipped", "skipped", dtype, reason=reason)


def expected(law, dtype):
    told = "our layer is frozen at version 2"
    return Finding(law, "the running variance", "expected", dtype, 0.14, 1e-6, 12, reason=told)


def right():
    """Return a report in which everything holds, as of a good implementation."""
    findings = [holds(law, d) for law in ("F01", "B03") for d in ("float32", "float64")]
    findings += [holds("X03", d, error=0.0, bound=0.0) for d in ("float32", "float64")]
    observed = {"momentum_weighs": "new", "running_var": "unbiased"}
    return Report("my_bn.py", tuple(findings), observed=observed, environment=ENVIRONMENT)


def wrong():
    """Return a report with every verdict and every section."""
    findings = (
        holds("F01", "float32", no_promise=7, blind=3),
        holds("F01", "float64", error=8.2e-16, bound=1.1e-15),
        fails("B03", "float32"),
        fails("B03", "float64", bound=2.2e-15),
        holds("B09", "float32", warning="loses 3 digits more than a careful algorithm would"),
        fails("X03", "float32", bound=0.0, title="γ → 2γ doubles y − β exactly", causes=()),
        holds("X03", "float64", error=0.0, bound=0.0),
        *(raises(law, d) for law in ("I01", "I02") for d in ("float32", "float64")),
        expected("R02", "float32"),
        *(skipped(law, d) for law in ("I03", "I04") for d in ("float32", "float64")),
        skipped("P06", "float32", "budget"),
    )
    text = "the gradient lacks the term through the mean"
    return Report(
        "my_bn.py",
        findings,
        promised={"momentum_weighs": "new", "dtypes": ["float32", "float64"]},
        observed={"running_var": "unbiased", "variance_algorithm": "unknown"},
        causes=({"deviation": "missing-mean-term", "explains": ["B03", "B01"], "text": text},),
        environment=ENVIRONMENT | {"torch": "2.13.0"},
        notes=("the target ran in this process, so it could not be stopped",),
        stale=("R03 (any dtype): fixed long ago",),
        untried=(
            "inference: no running statistics were found",
            "rank 4: it raised ValueError: not enough values to unpack (expected 2, got 4)",
        ),
        warnings=("its default momentum, 0.1, weighs the old value",),
        origin="/home/me/my_bn.py:12",
    )


def many(causes=5):
    """Return a report with that many causes, and a law beside them that has none."""
    findings, told = [], []
    for number in range(causes):
        name = f"cause-{number}-of-many"
        for dtype in ("float32", "float64"):
            findings.append(fails(f"B0{number}", dtype, causes=(name,), title="a law " * 12))
        text = f"one thing that is wrong, number {number}, {'told at length ' * 12}; and so on"
        told.append({"deviation": name, "explains": [f"B0{number}"], "text": text})
    loose = fails("F00", "float32", causes=(), title="the output is the definition " * 4)
    return Report(
        "a/long/path/to/somebody/s/layer.py:BatchNorm",
        (*findings, loose, *(skipped(f"I0{n}", "float32") for n in range(1, 9))),
        causes=tuple(told),
        environment=ENVIRONMENT | {"versions": {"torch": "2.13.0", "jax": "0.9.0"}},
        notes=("a note of the diagnosis " * 20,),
        untried=("inference: no running statistics were found", "rank 4: it raised " + "x " * 99),
        warnings=("something that is told beside the verdict " * 8,) * 3,
        origin="/home/me/layer.py:1234",
    )
