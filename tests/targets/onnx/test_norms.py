"""ONNX nodes of layer, RMS, group and instance normalization, by each runtime that has them."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bncheck import verify
from bncheck.cases import Recipe, build
from bncheck.errors import TargetError, UsageError
from bncheck.targets import adapt, load
from bncheck.targets.onnx.every import expanded

onnx = pytest.importorskip("onnx")

import onnx_models as models  # noqa: E402 # needs onnx

pytestmark = pytest.mark.onnx

RUNTIMES = [
    pytest.param(r, marks=pytest.mark.skipif(find_spec(p) is None, reason=f"needs {p}"))
    for r, p in (("onnxruntime", "onnxruntime"), ("reference", "onnx"), ("openvino", "openvino"))
]
# kind -> operator set and the rest of the node
KINDS = {
    "LayerNormalization": (17, {}),
    "RMSNormalization": (23, {"bias": False}),
    "GroupNormalization-18": (18, {"scale": (2,), "num_groups": 2}),
    "GroupNormalization-21": (21, {"scale": (4,), "num_groups": 2}),
    "InstanceNormalization": (22, {"scale": (4,)}),
}


def written(path, kind, **changes):
    opset, settings = KINDS[kind]
    return models.relative(
        path / "m.onnx", kind.partition("-")[0], opset, **{**settings, **changes}
    )


@pytest.mark.parametrize(
    ("runtime", "fails"),
    [pytest.param(*p.values, p.values[0] != "openvino", marks=p.marks) for p in RUNTIMES[::2]],
)
def test_a_group_normalization_holds_or_its_variance_is_one_pass(runtime, fails, tmp_path):
    """Scale and bias are for each group: the laws about both know it."""
    report = verify(
        f"{written(tmp_path, 'GroupNormalization-18')}:{runtime}",
        **{"budget": "quick", "save": None, "laws": ("F00", "N09"), "shrink": False},
    )
    assert {f.verdict for f in report.findings if f.law == "F00"} == {"fails" if fails else "holds"}
    assert [c["deviation"] for c in report.causes] == ["one-pass-variance"] * fails
    known = {f.known for f in report.findings if f.verdict == "fails"}
    assert known == ({"onnx-one-pass-functions"} if fails else set())
    assert report.environment["norm"] == "group"
    assert report.untried[0].startswith("own weights")


@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_gamma_and_beta(runtime, kind, simple, tmp_path):
    made = adapt(load(f"{written(tmp_path, kind, constant=simple)}:{runtime}"), name="m")
    norm = made.domain.norm
    shape = (5, 6, 3)[: 2 if norm.owner == "value" else 3]
    # scale and bias of one for each set, and the norm's own
    case = build(
        Recipe(shape=shape, gamma=(2.0, -1.0, 0.5), beta=(1.0, 0.0)),
        norm.simple if simple else norm,
    )
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    wide = np.moveaxis(x.astype(float), 1, -1).reshape(-1, shape[1])
    mean = wide.mean(0) if norm.centred else 0
    xhat = (wide - mean) / np.sqrt(((wide - mean) ** 2).mean(0) + made.domain.fixed_eps)
    y = xhat * case.norm.spread(case.gamma.astype(float), shape)
    if norm.shifted:
        y += case.norm.spread(case.beta.astype(float), shape)
    got = np.moveaxis(made.make(case).train(x), 1, -1).reshape(-1, shape[1])
    # some ten roundings of numbers below 8; a wrong layout is off by 1
    assert np.max(abs(got - y)) <= 100 * 8 * 2.0**-24


@pytest.mark.parametrize(
    ("axis", "x", "ranks", "channels"),
    [
        (-1, ("N", 4, 3), (2,), None),
        (1, ("N", 4, 3), (3,), None),
        (-2, ("N", 4, 3), (3,), None),
        (2, (2, "N", 4, 3), (3,), None),
        (0, (2, 3), (3,), 1),
        (-2, (2, 3), (3,), 1),
    ],
)
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_axis_is_read_from_the_node(runtime, axis, x, ranks, channels, tmp_path):
    first = axis % len(x)
    path = models.relative(
        tmp_path / "m.onnx", "LayerNormalization", 17, x=x, scale=x[first:], axis=axis
    )
    made = adapt(load(f"{path}:{runtime}"), name="m")
    assert (made.domain.ranks, made.domain.channels) == (ranks, channels)
    shape = (3, channels or 4, 5)[: ranks[0]]
    case = build(Recipe(shape=shape, gamma=(2.0, -1.0, 0.5)), made.domain.norm)
    rows = np.moveaxis(case.x.astype(float), 1, 0).reshape(shape[1], -1)
    xhat = rows - rows.mean(1, keepdims=True)
    xhat /= np.sqrt(rows.var(1, keepdims=True) + made.domain.fixed_eps)
    got = np.moveaxis(made.make(case).train(case.x), 1, 0).reshape(rows.shape)
    assert np.max(abs(got - xhat * case.gamma - case.beta)) <= 100 * 8 * 2.0**-24


def test_settings_of_a_node(tmp_path):
    outputs = {"outputs": ("Y", "", "InvStdDev"), "epsilon": 0.5, "bias": False}
    path = models.relative(tmp_path / "m.onnx", "LayerNormalization", 17, **outputs)
    made = adapt(load(path), name="m")
    assert made.domain.fixed_eps == 0.5
    assert not made.domain.norm.shifted
    assert made.untried[1].startswith("Mean and InvStdDev")
    case = build(Recipe(shape=(5, 3)), made.domain.norm)
    assert made.make(case).train(case.x).shape == (5, 3)


def test_what_nobody_promises_is_not_tried(tmp_path):
    """Statistics are in float32 where the node does not say otherwise."""
    domain = adapt(load(written(tmp_path, "LayerNormalization")), name="m").domain
    assert (domain.dtypes, domain.takes) == (("float32",), ())
    path = written(tmp_path, "InstanceNormalization")
    domain = adapt(load(f"{path}:reference"), name="m").domain
    assert (domain.dtypes, domain.takes) == (("float32", "float64"), ("float16",))
    if find_spec("onnxruntime"):
        path = written(tmp_path, "LayerNormalization", stash_type=11)
        assert adapt(load(path), name="m").domain.dtypes == ("float32", "float64")


@pytest.mark.skipif(find_spec("openvino") is None, reason="needs openvino")
def test_an_epsilon_that_is_not_written_stays_so(tmp_path):
    """OpenVINO takes another one than onnxruntime, whose operator it is: docs/findings."""
    x = np.full((3, 1), 1e-3, np.float32)
    for written_eps, right in (({}, False), ({"epsilon": 1e-5}, True)):
        path = models.relative(
            tmp_path / "m.onnx", "SimplifiedLayerNormalization", 17, bias=False, **written_eps
        )
        made = adapt(load(f"{path}:openvino"), name="m")
        y = made.make(build(Recipe(shape=(3, 1)), made.domain.norm)).train(x)
        # 1e-3 / sqrt(1e-6 + 1e-5)
        assert (abs(y[0, 0] - 0.30151134) < 1e-5) == right
        assert made.shows == (
            "openvino, SimplifiedLayerNormalization" + ", no epsilon" * (not right),
        )


def test_several_nodes_ask_for_a_name(tmp_path):
    make = onnx.helper
    path = models.relative(tmp_path / "m.onnx", "LayerNormalization", 17, x=("N", 3))
    model = onnx.load(path)
    batch = make.make_node("BatchNormalization", ["X", *["scale"] * 4], ["Z"], name="bn")
    model.graph.node.append(batch)
    onnx.save(model, path)
    with pytest.raises(TargetError) as caught:
        load(path)
    assert str(caught.value).startswith(
        f"{path} has 2 nodes of type LayerNormalization or BatchNormalization: 'norm', 'bn'; name"
    )
    assert adapt(load(f"{path}:reference:norm"), name="m").domain.norm.name == "layer"
    assert expanded(f"{path}:reference:*") == [f"{path}:reference:{n}" for n in ("norm", "bn")]


REFUSED = {
    "opset of layer": (("LayerNormalization", 16), {}, "operator set 16, but LayerNormalization"),
    "opset of RMS": (("RMSNormalization", 17), {"bias": False}, "is checked from 23 on; convert"),
    "opset of group": (("GroupNormalization", 17), {"num_groups": 2}, "is checked from 18 on"),
    "opset of instance": (("InstanceNormalization", 1), {}, "is checked from 6 on"),
    "no groups": (("GroupNormalization", 21), {}, "num_groups = None, but it should be positive"),
    "axis": (("LayerNormalization", 17), {"axis": 3}, "axis = 3 of an x of rank 3, but it should"),
    "axes": (("LayerNormalization", 17), {"axis": 1, "x": (2,) * 6}, "over 5 axes, but at most 4"),
    "stash": (("LayerNormalization", 17), {"stash_type": 10}, "stash_type = 10, but statistics"),
    "a text": (("LayerNormalization", 17), {"axis": "last"}, "axis = b'last', but it should be an"),
    "epsilon": (("RMSNormalization", 23), {"epsilon": 0.0, "bias": False}, "should be positive"),
    "not here": (
        ("SimplifiedLayerNormalization", 17),
        {"bias": False},
        "onnxruntime's own operator, and onnx's reference evaluator has none",
    ),
    "double": (("LayerNormalization", 17), {"stash_type": 11}, "evaluator has float32 (1) alone"),
    "length": (("LpNormalization", 17), {"bias": False}, "Its LpNormalization divides by"),
    "deviation": (("MeanVarianceNormalization", 17), {}, "adds 1e-9 to the deviation"),
    "fused": (("SkipLayerNormalization", 17), {}, "is an operator of onnxruntime that fuses"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_in_one_sentence(name, tmp_path):
    (kind, opset), settings, told = REFUSED[name]
    path = models.relative(tmp_path / "m.onnx", kind, opset, **settings)
    with pytest.raises(TargetError) as caught:
        load(f"{path}:reference")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_changed_at_random(tmp_path, record_property):
    """Whatever a model becomes, it is taken or refused: nothing else is raised."""
    contents = [Path(written(tmp_path, kind)).read_bytes() for kind in KINDS]
    random, path = np.random.default_rng(21), tmp_path / "m.onnx"
    record_property("inputs", 60)
    for number in range(60):
        mutated = bytearray(contents[number % len(contents)])
        for _ in range(random.integers(1, 4)):
            mutated[random.integers(len(mutated))] = random.integers(256)
        path.write_bytes(bytes(mutated))
        try:
            adapt(load(f"{path}:reference"), name="m")
        except (TargetError, UsageError) as error:
            assert str(error).isprintable()  # noqa: PT017 # some are taken
