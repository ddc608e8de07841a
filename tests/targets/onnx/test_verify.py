"""Known faults of ONNX runtimes come out by themselves; what is right is not blamed."""

from importlib.util import find_spec

import pytest

from bncheck import verify
from bncheck.__main__ import main
from bncheck.engine import Options, compare
from bncheck.targets import adapt

pytest.importorskip("onnx")

import onnx_models as models  # needs onnx

from bncheck.targets.onnx.nodes import Node  # needs onnx

pytestmark = pytest.mark.onnx

needs_onnxruntime = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="needs onnxruntime")
needs_openvino = pytest.mark.skipif(find_spec("openvino") is None, reason="needs openvino")


def checked(target, **options):
    return verify(target, budget="quick", save=None, shrink=False, diagnose=False, **options)


def failing(target, **options):
    report = checked(target, **options)
    bad = {f.law for f in report.findings if f.verdict in ("fails", "error")}
    assert report.exit_code == (1 if bad else 0)
    return bad


@needs_onnxruntime
@pytest.mark.parametrize("opset", [7, 8, 9, 12, 13, 14, 15])
def test_onnxruntime_infers_rightly(opset, tmp_path):
    path = models.inference(tmp_path / "m.onnx", opset)
    assert failing(path, laws=("I*", "P*", "X*")) == set()


@needs_onnxruntime
@pytest.mark.parametrize("opset", [14, 15])
def test_onnxruntime_trains_rightly(opset, tmp_path):
    path = models.training(tmp_path / "m.onnx", opset=opset)
    assert failing(path) == set()


@needs_onnxruntime
def test_onnxruntime_writes_to_inputs_if_running_statistics_are_unused(tmp_path):
    path = models.training(tmp_path / "m.onnx", used=False)
    assert failing(path, laws=("P01", "P06", "P07", "X16")) == {"P01"}


@needs_onnxruntime
def test_onnxruntime_mixes_equal_initializers_if_running_statistics_are_unused(tmp_path):
    path = models.training(tmp_path / "m.onnx", used=False, constant=True)
    assert "F00" in failing(path, laws=("F00",), dtypes=("float32",))
    used = models.training(tmp_path / "used.onnx", constant=True)
    assert failing(used, laws=("F00",), dtypes=("float32", "float64")) == set()


@needs_onnxruntime
@pytest.mark.parametrize(
    ("constant", "law", "name"),
    [
        (True, "F00", "onnxruntime-unused-statistics"),
        (False, "P01", "onnxruntime-writes-to-inputs"),
    ],
)
def test_what_is_known_of_onnxruntime_is_named_for_any_file(tmp_path, constant, law, name):
    path = models.training(tmp_path / "mine.onnx", used=False, constant=constant)
    options = {"budget": "quick", "save": None, "laws": (law,), "dtypes": ("float32",)}
    report = verify(path, shrink=False, **options)
    (finding,) = (f for f in report.findings if f.verdict != "skipped")
    assert (finding.verdict, finding.known) == ("fails", name)
    # by its own name where nothing else explains it
    assert finding.causes == ((name,) if constant else ("mutates-running-statistics",))
    assert {cause["deviation"] for cause in report.causes} == set(finding.causes)
    assert verify(path, known=True, **options).exit_code == 0
    used = models.training(tmp_path / "used.onnx", constant=constant)
    assert checked(used, laws=(law,), dtypes=("float32",)).exit_code == 0


@needs_onnxruntime
@pytest.mark.parametrize("constant", [True, False])
def test_what_fails_by_itself_does_not_agree_with_what_is_right(constant, tmp_path):
    path = models.training(tmp_path / "m.onnx", used=False, constant=constant)
    wanted = Options(dtypes=("float32",))
    for sides in ((path, f"{path}:reference"), (path, path)):
        found = compare(*sides, wanted)
        assert any(note.startswith("A is off by itself: y (float32)") for note in found.notes)
        assert (found.exit_code, "Not compared" in found.notes[-1]) == (
            (0, True) if sides == (path, path) else (1, False)
        )
    used = models.training(tmp_path / "used.onnx", constant=constant)
    found = compare(used, f"{used}:reference", wanted)
    assert (found.exit_code, any("off by itself" in note for note in found.notes)) == (0, False)


@pytest.mark.parametrize("opset", [14, 15])
def test_the_reference_evaluator_infers_rightly_from_14_on(opset, tmp_path):
    path = models.inference(tmp_path / "m.onnx", opset)
    assert failing(f"{path}:reference", dtypes=("float32", "float64")) == set()


@pytest.mark.parametrize("opset", [9, 12, 13])
def test_the_reference_evaluator_mixes_batch_statistics_into_inference(opset, tmp_path):
    path = models.inference(tmp_path / "m.onnx", opset)
    report = checked(f"{path}:reference", laws=("I01",))
    assert {f.verdict for f in report.findings} == {"fails"}


@pytest.mark.parametrize("opset", [7, 8])
def test_the_reference_evaluator_raises_at_7_and_8(opset, tmp_path):
    path = models.inference(tmp_path / "m.onnx", opset)
    report = checked(f"{path}:reference", laws=("P07",))
    assert {f.verdict for f in report.findings} == {"error"}
    assert "raised TypeError" in report.findings[0].reason


@needs_openvino
def test_openvino(tmp_path):
    target = f"{models.inference(tmp_path / 'm.onnx')}:openvino"
    assert failing(target) == set()


@pytest.mark.parametrize("content", [b"", b"no model"])
def test_the_command_refuses_what_is_no_file_with_exit_code_2(content, tmp_path, capsys):
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "is not an ONNX file" in captured.err


@needs_onnxruntime
def test_inference_agrees_with_what_trains_too_and_what_was_left_out_is_told(tmp_path):
    found = compare(
        models.inference(tmp_path / "m.onnx"),
        "onnx.reference:ReferenceEvaluator",
        Options(dtypes=("float32",)),
    )
    assert (found.exit_code, found.unanswered, found.left_out) == (0, (), ["training"])
    assert found.differing == []


@needs_onnxruntime
@pytest.mark.parametrize(("momentum", "differs"), [(0.9, False), (0.1, True)])
def test_the_momentum_of_a_node_weighs_the_old_whether_or_not_it_can_be_seen(
    tmp_path, momentum, differs
):
    made = models.node(training=True, outputs=3, momentum=momentum)
    found = compare(
        models.write(tmp_path / "m.onnx", made),
        adapt(Node(momentum=0.9, runtime="reference", training=True), name="right"),
        Options(dtypes=("float32",)),
    )
    assert found.a.weighs == {"old"}
    assert ("momentum" in found.differing) is differs
