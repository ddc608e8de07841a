"""Layers of JAX as lists of operations: the bits of a plain call, and traces that are not made."""

import itertools

import numpy as np
import pytest

from bncheck.adapters import adapt, load

jax = pytest.importorskip("jax")

pytestmark = pytest.mark.jax

TARGETS = [
    pytest.param("flax.linen:BatchNorm", marks=pytest.mark.flax),
    pytest.param("flax.nnx:BatchNorm", marks=pytest.mark.flax),
    pytest.param("equinox.nn:BatchNorm", marks=pytest.mark.equinox),
    pytest.param("haiku:BatchNorm", marks=pytest.mark.haiku),
    "jax.nn:standardize",
    "jax.example_libraries.stax:BatchNorm",
]
SHAPES = [(5, 3), (7, 1), (2, 66, 1, 5)]
NAMES = ("_forward", "_backward", "jvp", "double_backward")


def pure(target):
    pytest.importorskip(target.partition(":")[0].split(".")[0])
    return adapt(load(target), name=target).make


def programs(layer, eps=1e-3, momentum=0.25, *, training=True):
    from bncheck.adapters.jax_programs import Programs, Setting

    return Programs(layer.call, Setting(eps, momentum, training), jit=False)


def arguments(layer, name, shape, dtype, values=None):
    """What a function of the programs is given; ``values(shape) -> array``."""
    values = values or np.ones
    channels = shape[layer.axis]
    arrays = [jax.numpy.array(values(shape).astype(dtype)) for _ in range(3)]
    gamma, beta, mean = (jax.numpy.array(values((channels,)).astype(dtype)) for _ in range(3))
    more = {"_forward": 0, "_backward": 1, "jvp": 1, "double_backward": 2}[name]
    return arrays[0], gamma, beta, layer.start(mean, gamma * gamma), *arrays[1 : 1 + more]


def functions(layer):
    """Names of functions and whether they train."""
    for training in (True, False) if layer.read is not None else (True,):
        for name in NAMES[:2] if not training else NAMES if layer.affine else NAMES[:3]:
            yield name, training


def bits(array):
    array = np.atleast_1d(np.asarray(array))
    # the sign of a NaN is nobody's promise
    array = array if array.dtype.kind != "f" else np.where(np.isnan(array), np.nan, array)
    return array.tobytes()


def noisy(scale, draws):
    def values(shape):
        drawn = (draws.normal(300 if scale == 1 else 0, 1, shape)) * scale
        drawn.flat[0] = np.nan if scale == 1e30 else drawn.flat[0]
        return drawn

    return values


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_list_of_operations_gives_the_bits_of_plain_operations(target, dtype):
    """Far from zero, where an operation contracted into another would show; tiny; with NaN."""
    from jax.extend.core import jaxpr_as_fun

    layer, draws = pure(target), np.random.default_rng(0)
    with jax.enable_x64(dtype == "float64"):
        for (name, training), shape in itertools.product(functions(layer), SHAPES):
            program = getattr(programs(layer, training=training), name)
            closed = None
            for scale in (1, 1e-22, 1e30):
                given = arguments(layer, name, shape, dtype, noisy(scale, draws))
                closed = closed or jax.make_jaxpr(program.function)(*given)
                plain = jaxpr_as_fun(closed)(*jax.tree.leaves(given))
                # a constant result is a plain number there
                plain = [
                    np.asarray(v, a.dtype) for v, a in zip(plain, closed.out_avals, strict=True)
                ]
                traced = program.traced(given)
                assert traced.plain is None  # no operation is unknown
                found = jax.tree.leaves(traced(given, {}))
                assert list(map(bits, found)) == list(map(bits, plain)), (name, shape, scale)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_put_into_a_trace_is_what_tracing_would_find(target, monkeypatch):
    from bncheck.adapters.jax_settings import Family, Trace

    layer, made = pure(target), []
    trace = Trace.of
    monkeypatch.setattr(Trace, "of", lambda *given: made.append(given) or trace(*given))
    asked = 0
    for name, training in functions(layer):
        family = Family()
        for shape, eps, momentum in itertools.product(
            ((5, 3), (4, 2), (2, 7), (1, 3)), (1e-3, 0.5), (0.25, 0.5, 1.0)
        ):
            one = programs(layer, eps, momentum, training=training)
            given = arguments(layer, name, shape, "float32")
            function = getattr(one, name).function
            found = family.trace((eps, momentum), function, given)
            wanted = trace(function, given)
            assert str(found.closed) == str(wanted.closed), (name, shape, eps, momentum)
            assert found.tree == wanted.tree
            asked += 1
    assert len(made) < 0.8 * asked


def test_a_literal_that_hangs_on_the_shape_as_well_is_traced():
    from bncheck.adapters.jax_settings import Family

    family = Family()
    for eps in (0.1, 0.5):
        for m in (2, 3):

            def function(x, eps=eps, m=m):
                return x * (eps * m)

            found = family.trace(eps, function, (jax.numpy.ones((m, 2)),))
            assert f"{float(np.float32(eps * m))}:f32[]" in str(found.closed)


def test_an_operation_that_is_not_known_leaves_the_function_to_jax():
    from bncheck.adapters.jax_programs import Programs, Setting

    def call(setting, x, gamma, beta, state):
        return jax.lax.fori_loop(0, 3, lambda k, y: y * gamma + beta, x), state

    made = Programs(call, Setting(1e-3, 0.1, True), jit=False)
    x, one = jax.numpy.ones((2, 3)), jax.numpy.ones(3)
    run = made.forward(x, one, one, ())
    assert np.array_equal(run.answer[0], np.full((2, 3), 4))
    assert np.array_equal(run.gradients(x)[0], x)
