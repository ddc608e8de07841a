"""JAX's own functions on inputs whose outputs are exact in binary; jit; single operations."""

import functools

import numpy as np
import pytest
from exact_batch import ROUNDINGS, check, exact_case

from bncheck.errors import TargetError, UsageError
from bncheck.model import Case, Implementation
from bncheck.targets import adapt, load

jax = pytest.importorskip("jax")

pytestmark = pytest.mark.jax

# Counted as 118 with jax 0.10.2: one more is one that a run did not need before.
MOST_COMPILED = 118
STAX = "jax.example_libraries.stax:BatchNorm"


def jit(implementation):
    from bncheck.targets.jax.tools import jitted

    return jitted(implementation)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_stax(rank, dtype):
    implementation = adapt(load(STAX), name="stax")
    check(implementation, rank, dtype, None, None)
    check(jit(implementation), rank, dtype, None, None)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("settings", [{}, {"algorithm": "stable"}])
def test_standardize(settings, dtype):
    target = functools.partial(load("jax.nn:standardize"), **settings)
    implementation = adapt(target if settings else target.func, name="standardize")
    assert implementation.abilities == {"backward", "jvp"}
    assert not implementation.domain.affine
    case = exact_case(4, dtype)
    layer = implementation.make(case)
    assert np.max(abs(layer.train(case.x) - case.x / 2)) <= ROUNDINGS[dtype]
    given = layer.backward(case.dy)
    assert (given.dgamma, given.dbeta) == (None, None)
    assert np.max(abs(given.dx - layer.jvp(case.x, case.dy))) <= ROUNDINGS[dtype]


def test_partials():
    partial = functools.partial(load(STAX), center=False)
    assert not adapt(partial, name="stax").domain.affine
    with pytest.raises(TargetError, match=r"but only center, scale may be set by it$"):
        adapt(functools.partial(load(STAX), axis=(0,)), name="stax")


def test_single_operations_give_the_bits_of_a_plain_call():
    from jax.example_libraries import stax

    x = np.random.default_rng(0).normal(3, 1, (7, 3, 2, 5)).astype("float32")
    gamma, beta = np.float32([0.3, -2, 5]), np.float32([1, 0.1, 0])
    dy = x[::-1] * 2
    case = exact_case(4, "float32")
    case = case.__class__(x, gamma, beta, dy, beta, gamma, eps=1e-3, momentum=0.1)
    layer = adapt(load(STAX), name="stax").make(case)

    def plain(x, gamma, beta):
        _, apply = stax.BatchNorm((0, 1, 2), epsilon=1e-3)
        return jax.numpy.moveaxis(apply((beta, gamma), jax.numpy.moveaxis(x, 1, -1)), -1, 1)

    y, pull = jax.vjp(plain, x, gamma, beta)
    assert np.array_equal(layer.train(x), y)
    got = layer.backward(dy)
    for one, other in zip((got.dx, got.dgamma, got.dbeta), pull(dy), strict=True):
        assert np.array_equal(one, other)


def test_jit_is_for_jax():
    with pytest.raises(UsageError, match=r"^mine is not a layer of a JAX framework"):
        jit(Implementation("mine", make=lambda case: None))


def test_64_bit_mode_is_left_as_it_was():
    case = exact_case(2, "float64")
    layer = adapt(load(STAX), name="stax").make(case)
    layer.train(case.x)
    assert layer.backward(case.dy).dx.dtype == "float64"
    assert not jax.config.jax_enable_x64


def test_what_jax_compiled_is_dropped_in_time(monkeypatch):
    from bncheck.targets.jax import operations

    cleared = []
    monkeypatch.setattr(jax, "clear_caches", lambda: cleared.append(None))
    kept = operations.Executables()
    for n in range(300):
        kept.add(("x", n), 10)
        kept.add(("x", n), 10)  # another setting, the same operations
    assert len(cleared) == 3000 // kept.most


def test_so_many_programs_are_compiled_at_most():
    """A count, never a time: what a run of one law asks XLA for, from nothing."""
    from bncheck.engine.run import verify
    from bncheck.targets.jax import elements, operations, programs, sums

    for cache in (elements._agrees, sums._agrees, programs.programs):
        cache.cache_clear()
    operations._operations.clear()
    jax.clear_caches()
    compiled, counting = [], [True]

    def heard(event, seconds, **more):
        if counting and event == "/jax/core/compile/backend_compile_duration":
            compiled.append(more.get("fun_name", ""))

    jax.monitoring.register_event_duration_secs_listener(heard)
    try:
        report = verify(
            adapt(load("jax.example_libraries.stax:BatchNorm"), name="stax"),
            laws=("F00", "B01"),
            budget="smoke",
            dtypes=("float32",),
            diagnose=False,
            save=None,
        )
    finally:
        counting.clear()
    assert report.findings
    assert 0 < len(compiled) <= MOST_COMPILED, len(compiled)


def test_a_contracted_product_is_a_warning():
    """dx of a constant cotangent is ``g inv - fl(g inv)`` in one operation: 3e-8, not 0."""
    from bncheck.laws import LAWS
    from bncheck.trial.trial import Trial

    x = np.float32([[1], [2]])
    parts = (np.float32([a]) for a in (0.7, 1))
    case = Case(x, *parts, x, np.float32([0]), np.float32([1]), eps=0.5)
    implementation = adapt(load(STAX), name="stax")
    (law,) = (law for law in LAWS if law.id == "X55")
    (told,) = law.measure(Trial(case, implementation, implementation.convention))
    assert told.error <= told.bound
    assert "equal only to 3.0e-08" in told.warning
