"""Known faults of frameworks annotate what is found; with --known they are expected."""

import pathlib

import pytest
import reports_of

from bncheck.errors import UsageError
from bncheck.known import NEEDED, annotated, faults, read
from bncheck.laws import LAWS
from bncheck.reports.json import as_data
from bncheck.reports.text import explain

ROOT = pathlib.Path(__file__).parents[2]
TORCH = "torch.nn:BatchNorm2d"
ENTRY = """
[[expected]]
target = "a:Batch*"
versions = "torch==2.13.*"
law = ["F0?", "B01"]
dtype = "*float16"
reason = "because"
page = "a-page.md"
"""


@pytest.fixture
def versions(monkeypatch):
    def install(**installed):
        monkeypatch.setattr("bncheck.known.entry.metadata.version", installed.__getitem__)

    return install


@pytest.fixture
def entry(tmp_path):
    def make(text=ENTRY):
        (tmp_path / "known.toml").write_text(text)
        return read(tmp_path / "known.toml", NEEDED)

    return make


def test_every_entry_has_its_page_and_its_laws():
    ids = {law.id for law in LAWS}
    for fault in faults():
        assert (ROOT / "docs" / "findings" / fault.page).is_file()
        assert set(fault.laws) <= ids
        assert fault.reason


def test_patterns(entry):
    (fault,) = entry()

    assert fault.name == "a-page"
    assert fault.about("a:BatchNorm", "F01", "float16")
    assert fault.about("a:BatchNorm", "B01", "bfloat16")
    assert not fault.about("a:BatchNorm", "F10", "float16")
    assert not fault.about("a:BatchNorm", "F01", "float32")
    assert not fault.about("b:BatchNorm", "F01", "float16")


@pytest.mark.parametrize(
    ("installed", "here"), [("2.13.0+cpu", True), ("2.13.1", True), ("2.14.0", False)]
)
def test_an_entry_for_another_version_says_nothing(entry, versions, installed, here):
    versions(torch=installed)

    assert entry()[0].is_here() is here


def test_what_is_set_counts(entry, versions, monkeypatch):
    versions(torch="2.13.0")
    (fault,) = entry(ENTRY + 'where = { KERAS_BACKEND = "torch" }\n')
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert not fault.is_here()
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert fault.is_here()


def test_a_finding_is_annotated_and_its_verdict_stays(versions):
    versions(torch="2.13.0")
    found = annotated(TORCH, reports_of.fails("F00", "float16"))

    assert (found.verdict, found.known) == ("fails", "torch-half-statistics")
    told = "known     torch-half-statistics, see bncheck explain torch-half-statistics"
    assert told in explain(found)


def test_a_fault_of_a_kind_of_graph_is_found_whatever_the_file_is_called(versions):
    versions(onnxruntime="1.32.0")
    kind = "onnxruntime, training: statistics unused, parameters are constants"
    finding = reports_of.fails("F00", "float32")
    assert annotated("any.onnx:bn", finding).known == ""
    found = annotated("any.onnx:bn", finding, shows=(kind,), expect=True)
    assert (found.verdict, found.known) == ("expected", "onnxruntime-unused-statistics")
    assert annotated("any.onnx:bn", finding, shows=(kind.replace("un", ""),)).known == ""


def test_known_ones_may_be_expected(versions):
    versions(torch="2.13.0")
    found = annotated(TORCH, reports_of.fails("F00", "float16"), expect=True)

    assert (found.verdict, found.known) == ("expected", "torch-half-statistics")
    assert "half precision" in found.reason


def test_others_are_left_alone(versions):
    versions(torch="2.14.0")
    for finding in (reports_of.fails("F00", "float16"), reports_of.holds("F00", "float16")):
        assert annotated(TORCH, finding, expect=True) is finding


def test_it_is_data(versions):
    versions(torch="2.13.0")
    report = reports_of.wrong()

    assert {f["known"] for f in as_data(report)["findings"]} == {""}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('target = "a:Batch*"', ""), "needs a target"),
        (('law = ["F0?", "B01"]', ""), "needs a law"),
        (('law = ["F0?", "B01"]', "law = 3"), "has law=3"),
        (('"torch==2.13.*"', '"2.13"'), "should have one such as torch"),
        (('"*float16"', '"*float16"\nlnik = "x"'), "unknown key 'lnik'; did you mean 'link'"),
        (("[[expected]]", "[[expcted]]"), "entries only"),
        (("[[expected]]", "[[expected]"), "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused(entry, change, told):
    with pytest.raises(UsageError, match=told):
        entry(ENTRY.replace(*change))
