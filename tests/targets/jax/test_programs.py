"""Layers of JAX as lists of operations: the bits of a plain call, and traces that are not made."""

import itertools

import numpy as np
import pytest

from bncheck.targets import adapt, load

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
# shapes, eps and momentum; the last is of the same kind as the first
GIVEN = [
    ((5, 3), (1e-3, 0.25)),
    ((7, 1), (1e-5, 0.9)),
    ((2, 66, 1, 5), (1e-3, 0.25)),
    ((4, 2), (1e-5, 0.9)),
]
NAMES = ("of_y", "of_gradients", "jvp", "double_backward")


def pure(target):
    pytest.importorskip(target.partition(":")[0].split(".")[0])
    return adapt(load(target), name=target).make


def programs(layer, *, uniform=None):
    from bncheck.targets.jax.programs import Programs

    uniform = layer.uniform if uniform is None else uniform
    return Programs(layer.call, layer.axis, uniform=uniform)


def setting(eps=1e-3, momentum=0.25, *, training=True):
    from bncheck.targets.jax.templates import Setting

    return Setting(eps, momentum, training)


def arguments(layer, name, shape, dtype, values=None):
    """What a function of the programs is given; ``values(shape) -> array``."""
    values = values or np.ones
    channels = shape[layer.axis]
    arrays = [jax.numpy.array(values(shape).astype(dtype)) for _ in range(3)]
    gamma, beta, mean = (jax.numpy.array(values((channels,)).astype(dtype)) for _ in range(3))
    more = {"of_y": 0, "of_gradients": 1, "jvp": 1, "double_backward": 2}[name]
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


@pytest.mark.rows(5)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_list_of_operations_gives_the_bits_of_plain_operations(target, dtype):
    """Far from zero, where an operation contracted into another would show; tiny; with NaN.

    Also at shapes and settings that were not traced, but put into a template.
    """
    from jax.extend.core import jaxpr_as_fun

    layer, draws = pure(target), np.random.default_rng(0)
    made = programs(layer)
    with jax.enable_x64(dtype == "float64"):
        for (name, training), (shape, told) in itertools.product(functions(layer), GIVEN):
            program, at = getattr(made, name), setting(*told, training=training)
            closed = None
            for scale in (1, 1e-22, 1e30):
                given = arguments(layer, name, shape, dtype, noisy(scale, draws))
                closed = closed or jax.make_jaxpr(
                    lambda *given, f=program.function, at=at: f(at, *given)
                )(*given)
                plain = jaxpr_as_fun(closed)(*jax.tree.leaves(given))
                # a constant result is a plain number there
                plain = [
                    np.asarray(v, a.dtype) for v, a in zip(plain, closed.out_avals, strict=True)
                ]
                assert program.made(at, given).plain is None  # no operation is unknown
                found = jax.tree.leaves(program(at, *given))
                assert list(map(bits, found)) == list(map(bits, plain)), (name, shape, told, scale)


@pytest.mark.parametrize("target", TARGETS)
def test_a_template_is_what_tracing_finds_at_every_shape_and_setting(target, monkeypatch):
    from bncheck.targets.jax.templates import Family, Numbers, same

    layer, made = pure(target), []
    traced = Family._traced
    monkeypatch.setattr(Family, "_traced", lambda *given: made.append(given) or traced(*given))
    asked = 0
    for name, training in functions(layer):
        family = getattr(programs(layer), name).family
        for shape, eps, momentum in itertools.product(
            ((5, 3), (2, 7), (3, 3), (2000, 4), (1, 3), (2, 3, 5), (7, 3, 3)),
            (1e-3, 0.5),
            (0.25, 0.0),
        ):
            at = setting(eps, momentum, training=training)
            given = arguments(layer, name, shape, "float32")
            found = family.trace(at, given)
            wanted = traced(family, at, given)
            assert found.names is not None
            there = found.names.at(found.closed, Numbers(shape, eps, momentum))
            assert same(there, wanted.closed), (name, shape, at)
            assert found.tree == wanted.tree
            asked += 1
    assert len(made) < 0.3 * asked


def test_one_number_more_or_less_is_another_trace():
    from bncheck.targets.jax.templates import same

    def traced(function, shape=(3, 2)):
        return jax.make_jaxpr(function)(np.ones(shape, np.float32))

    one = traced(lambda x: x * 2 + x.sum(0))
    assert same(one, traced(lambda x: x * 2 + x.sum(0)))
    for other in (
        traced(lambda x: x * np.nextafter(np.float32(2), np.float32(3)) + x.sum(0)),
        traced(lambda x: x * 2 + x.sum(0), (3, 3)),
        traced(lambda x: x * 2 - x.sum(0)),
        traced(lambda x: x.sum(0) + x * 2),
        traced(lambda x: x * 2 + x.sum(1)[:2]),
    ):
        assert not same(one, other)


def asked_twice(call, first, then):
    """Ask a layer that is taken for uniform at two shapes and settings; return both answers."""
    from bncheck.targets.jax.programs import Programs

    made = Programs(call, 1, uniform=True)
    one = np.ones
    return [
        np.asarray(
            made.forward(at, one(shape, np.float32), one(shape[1], np.float32), (), ()).answer[0]
        )
        for shape, at in (first, then)
    ]


@pytest.mark.parametrize(
    "factor",
    [
        lambda at, m: at.eps * m,
        lambda at, m: at.eps**0.5,
        lambda at, m: m / (m - 1),
        lambda at, m: m + 1,
        lambda at, m: 1.0 if m < 9 else 2.0,
        lambda at, m: 1.0 if at.eps > 0.01 else 2.0,
        lambda at, m: 13.0,
    ],
)
def test_a_number_of_which_it_is_not_known_what_it_stands_for_is_traced(factor):
    def call(at, x, gamma, beta, state):
        return x * factor(at, x.shape[0]) + gamma, state

    shapes = ((5, 2), setting(0.5)), ((3, 4), setting(0.1))
    for (shape, at), answer in zip(shapes, asked_twice(call, *shapes), strict=True):
        wanted = np.float32(factor(at, shape[0])) + np.float32(1)
        assert np.array_equal(answer, np.full(shape, wanted, np.float32))


def test_layers_of_other_kinds_are_traced_for_every_shape_and_setting():
    """Of a derived class it is not known what it decides by."""
    nn = pytest.importorskip("flax.linen")
    from bncheck.targets.jax.programs import Programs

    class Derived(nn.BatchNorm):
        pass

    assert adapt(load("flax.linen:BatchNorm"), name="own").make.uniform
    layer = adapt(Derived, name="derived").make
    assert not layer.uniform
    program = Programs(layer.call, layer.axis).of_y
    for shape, at in itertools.product(((5, 3), (4, 3)), (setting(0.5), setting(0.1))):
        found = program.family.trace(at, arguments(layer, "of_y", shape, "float32"))
        assert found.names is None
        assert str(float(np.float32(at.eps))) in str(found.closed)
        assert f"f32[{shape[0]},3]" in str(found.closed)


def test_an_operation_that_is_not_known_leaves_the_function_to_jax():
    from bncheck.targets.jax.programs import Programs

    def call(at, x, gamma, beta, state):
        return jax.lax.fori_loop(0, 3, lambda k, y: y * gamma + beta + at.eps, x), state

    for uniform in (False, True):
        made = Programs(call, 1, uniform=uniform)
        for shape, eps in (((2, 3), 1.0), ((4, 2), 2.0)):
            x, one = jax.numpy.ones(shape), jax.numpy.ones(shape[1])
            run = made.forward(setting(eps), x, one, one, ())
            assert np.array_equal(run.answer[0], np.full(shape, 4 + 3 * eps))
            assert np.array_equal(run.gradients(x)[0], x)


# -- operations that go element by element ---------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_at_the_end_of_the_normal_range_are_seen(dtype):
    from bncheck.targets.jax.elements import has_tiny

    info = np.finfo(dtype)
    tiny = info.tiny
    for value in (tiny, -tiny, tiny / 2, info.smallest_subnormal, -info.smallest_subnormal):
        assert has_tiny(np.array([1, value, 0], dtype))
        assert has_tiny(np.array(value, dtype))
    for value in (0.0, -0.0, np.nextafter(tiny, info.dtype.type(1)), 1, np.inf, np.nan, info.max):
        assert not has_tiny(np.array([1, value, -value], dtype))
    assert not has_tiny(np.ones((0, 2), dtype))
    assert not has_tiny(np.ones(2, bool))


def test_the_processor_is_as_it_was_after_an_operation_and_after_an_error():
    from bncheck.targets.jax import flushing

    if not flushing.IS_KNOWN:
        pytest.skip("this processor cannot be told")
    half = np.array([2.0**-1022]) * 0.5

    def doubled():
        return float((half * 2)[0])

    assert doubled() == 2.0**-1022
    with flushing.scope():
        assert doubled() == 0
        with flushing.as_called():
            assert doubled() == 2.0**-1022
        assert doubled() == 0
    assert doubled() == 2.0**-1022
    with pytest.raises(KeyError), flushing.scope():
        raise KeyError
    assert doubled() == 2.0**-1022


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numpy_is_asked_only_where_jax_agrees_on_subnormal_numbers(dtype, monkeypatch):
    from bncheck.targets.jax import elements, flushing

    if not flushing.IS_KNOWN:
        pytest.skip("this processor cannot be told")
    monkeypatch.setattr(flushing, "scope", flushing.as_called)  # in name only
    with jax.enable_x64(dtype == "float64"):
        for name in ("add", "sub", "mul", "div", "sqrt", "eq", "lt"):
            elements._agrees.cache_clear()
            assert elements.numpys(name, dtype) is None, name
    elements._agrees.cache_clear()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_without_a_word_to_the_processor_such_numbers_are_looked_for(dtype, monkeypatch):
    from bncheck.targets.jax import elements, flushing, sums

    monkeypatch.setattr(flushing, "IS_KNOWN", False)
    elements._agrees.cache_clear()
    sums._agrees.cache_clear()
    draws, tiny = np.random.default_rng(0), float(np.finfo(dtype).tiny)
    one, other = (np.asarray(draws.normal(size=(9, 3)) * 2 * tiny, dtype) for _ in range(2))
    with jax.enable_x64(dtype == "float64"):
        for primitive in (jax.lax.add_p, jax.lax.sub_p):
            ours, theirs = run_alone(primitive, {}, one, other)
            assert bits(ours) == bits(theirs)
        assert bits(our_sum(one, (0,))) == bits(jaxs_sum(one, (0,)))
    elements._agrees.cache_clear()
    sums._agrees.cache_clear()


@pytest.mark.parametrize("dtype", ["float32", "float64", "bool"])
def test_numpy_is_asked_only_where_jax_agrees(dtype, monkeypatch):
    from bncheck.targets.jax import elements

    names = ("and", "or", "not") if dtype == "bool" else ("add", "sub", "mul", "div", "sqrt", "lt")
    with jax.enable_x64(dtype == "float64"):
        for name in names:
            elements._agrees.cache_clear()
            assert elements.numpys(name, dtype) is not None
            own = elements._UFUNCS[name]

            def wrong(*given, own=own):
                found = own(*given)
                some = slice(1700, 1720)  # of which not all are NaN
                whole = found.dtype == bool
                found[some] = ~found[some] if whole else np.nextafter(found[some], 0 * found[some])
                return found

            monkeypatch.setitem(elements._UFUNCS, name, wrong)
            elements._agrees.cache_clear()
            assert elements.numpys(name, dtype) is None
            monkeypatch.setitem(elements._UFUNCS, name, own)
    elements._agrees.cache_clear()


def run_alone(primitive, params, *arrays):
    """Run one operation as a sheet does, and as JAX does."""
    from bncheck.targets.jax import flushing
    from bncheck.targets.jax.elements import has_tiny
    from bncheck.targets.jax.operations import listed, run_of

    def plain(*given):
        return primitive.bind(*given, **params)

    equation = jax.make_jaxpr(plain)(*arrays).eqns[0]
    operation = equation.primitive.name, listed(equation.params)
    with np.errstate(all="ignore"), flushing.scope():
        tiny = any(map(has_tiny, arrays))
        ((found,), _) = run_of(operation, equation, None)(None, list(arrays), tiny)
    return np.asarray(found), np.asarray(jax.jit(plain)(*arrays))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shapes",
    [
        *[((n,), ()) for n in (1, 2, 7, 33, 4097)],
        *[((8, 3, 2), (1, 3, 1)), ((5, 7), (1, 7)), ((1, 7), (1, 7)), ((9, 1), (1, 1))],
        *[((), (5,)), ((), ()), ((1, 1), ()), ((4, 3), (4, 3)), ((2, 1, 4), (1, 1, 1))],
    ],
)
def test_a_division_has_the_bits_of_jax(shapes, dtype):
    draws = np.random.default_rng(0)
    one, other = (np.asarray(draws.normal(size=shape) * 100, dtype) for shape in shapes)
    huge = np.asarray(np.finfo(dtype).max, dtype)
    with jax.enable_x64(dtype == "float64"):
        for divisor in (other, other * 0, np.full_like(other, huge), np.full_like(other, 1 / huge)):
            ours, theirs = run_alone(jax.lax.div_p, {}, one, divisor)
            assert bits(ours) == bits(theirs)
            assert ours.shape == theirs.shape


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_whole_powers_and_maxima_have_the_bits_of_jax(dtype):
    draws = np.random.default_rng(0)
    shapes = ((3,), (70,), (2, 5, 3), (1, 1))
    values = [np.asarray(draws.normal(size=shape), dtype) for shape in shapes]
    with jax.enable_x64(dtype == "float64"):
        for array in values:
            for power in (-2, -1, 2, 3):
                ours, theirs = run_alone(jax.lax.integer_pow_p, {"y": power}, array)
                assert bits(ours) == bits(theirs)
            for limit in (0.0, -0.0, np.nan):
                ours, theirs = run_alone(jax.lax.max_p, {}, np.asarray(limit, dtype), array)
                assert bits(ours) == bits(theirs)


@pytest.mark.parametrize("axes", [(), (0,), (1,), (0, 2)])
def test_a_sum_over_a_mapped_axis_has_the_bits_of_jax(axes):
    from jax.extend.core.primitives import psum_p

    array = np.random.default_rng(0).normal(size=(5, 3, 40)).astype(np.float32)
    ours, theirs = run_alone(psum_p, {"axes": axes, "axis_index_groups": None}, array)
    assert bits(ours) == bits(theirs)
    assert ours.shape == theirs.shape


# -- sums ------------------------------------------------------------------------------------------


def jaxs_sum(array, axes):
    function = jax.jit(lambda a: jax.lax.reduce_sum_p.bind(a, axes=axes, out_sharding=None))
    return np.asarray(function(array))


def our_sum(array, axes):
    from bncheck.targets.jax import flushing
    from bncheck.targets.jax.elements import has_tiny
    from bncheck.targets.jax.operations import run_of

    equation = jax.make_jaxpr(lambda a: jax.lax.reduce_sum_p.bind(a, axes=axes, out_sharding=None))(
        array
    ).eqns[0]
    with np.errstate(all="ignore"), flushing.scope():  # as on a sheet
        ((found,), _) = run_of(("reduce_sum", ""), equation, None)(None, [array], has_tiny(array))
    return np.asarray(found)


@pytest.mark.rows(40)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        *[((m, c), (0,)) for m in (1, 2, 31, 32, 33, 70) for c in (1, 3, 17)],
        *[((3, m), (1,)) for m in (1, 5, 32, 40)],
        *[((4, 1, 3, 1), axes) for axes in ((0,), (0, 1, 3), (1,), (0, 2), (0, 1, 2, 3))],
        *[((4, 3, 2, 5), axes) for axes in ((0, 2, 3), (2,), (0, 1, 2), ())],
        *[((0, 3), (0,)), ((2, 0), (0,)), ((2, 0), (0, 1))],
    ],
)
def test_a_sum_has_the_bits_of_jax(shape, axes, dtype):
    draws = np.random.default_rng(0)
    with jax.enable_x64(dtype == "float64"):
        for scale in (1, 1e-3, float(np.finfo(dtype).tiny)):
            array = (draws.normal(300 * (scale == 1), 1, shape) * scale).astype(dtype)
            assert bits(our_sum(array, axes)) == bits(jaxs_sum(array, axes))
            assert our_sum(array, axes).shape == jaxs_sum(array, axes).shape
        for values in ([-0.0], [np.inf, -np.inf, 1], [np.nan, 2]):
            array = np.resize(np.array(values, dtype), shape)
            assert bits(our_sum(array, axes)) == bits(jaxs_sum(array, axes))


def test_partial_sums_below_the_normal_range_are_zero_as_in_jax():
    tiny = np.finfo(np.float32).tiny
    array = np.array([[1.5 * tiny], [-1.25 * tiny], [4 * tiny]], np.float32)
    assert bits(our_sum(array, (0,))) == bits(jaxs_sum(array, (0,)))


def test_numpys_sums_are_used_only_where_jax_agrees(monkeypatch):
    from bncheck.targets.jax import sums

    array = np.ones((5, 3), np.float32)
    sums._agrees.cache_clear()
    assert sums.running(array, (0,)) is not None
    assert sums.running(np.ones((33, 3), np.float32), (0,)) is None
    assert sums.running(array, (0, 1)) is None
    own = sums._running

    def wrong(array, axis):
        return own(array[::-1], axis)  # the other way round

    monkeypatch.setattr(sums, "_running", wrong)
    sums._agrees.cache_clear()
    assert sums.running(array, (0,)) is None
    sums._agrees.cache_clear()
