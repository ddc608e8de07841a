"""Targets as text: what they name, and one sentence for each way in which they name nothing."""

import sys
from pathlib import Path

import pytest

from bncheck.errors import TargetError, UsageError
from bncheck.targets import load


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder; what a load adds to the import path is taken back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("path", ["bn.py", "my-net/bn.v2.py", "a:b.py"])
def test_a_file_is_a_module(folder, path):
    write(folder, path, "def forward(): return 1")
    assert load(path).forward() == 1


def test_names_in_files_and_modules_may_be_dotted(folder):
    write(folder, "bn.py", "class A:\n    class B:\n        tag = 'inner'")
    assert load("bn.py:A.B").tag == "inner"
    assert load("bn:A.B").tag == "inner"


def test_a_package_is_found_in_the_working_folder(folder):
    write(folder, "package_x/__init__.py", "")
    write(folder, "package_x/layer.py", "from . import __name__ as home")
    assert load("package_x.layer").home == "package_x"


def test_each_load_of_a_file_is_fresh_and_hides_nothing(folder):
    write(folder, "json.py", "tag = []")
    first, second = load("json.py"), load("json.py")
    assert first.tag is not second.tag
    import json

    assert hasattr(json, "dumps")


def test_siblings_are_imported_also_late(folder):
    write(folder, "net/helper_one.py", "one = 1")
    write(folder, "net/helper_two.py", "two = 2")
    write(
        folder,
        "net/bn.py",
        "import helper_one\ndef forward():\n    import helper_two\n    return helper_two.two",
    )
    module = load("net/bn.py")
    assert (module.helper_one.one, module.forward()) == (1, 2)


def test_a_sibling_does_not_hide_installed_modules_later(folder):
    write(folder, "net/wave.py", "mine = True")
    write(folder, "net/bn.py", "x = 1")
    load("net/bn.py")
    import wave

    assert not hasattr(wave, "mine")


def test_nothing_is_written(folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    write(folder, "helper_three.py", "")
    write(folder, "bn.py", "import helper_three")
    load("bn.py")
    assert sorted(p.name for p in folder.iterdir()) == ["bn.py", "helper_three.py"]
    assert not sys.dont_write_bytecode


def test_dataclasses_work_in_a_file(folder):
    text = """
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Layer:
    eps: float = 1.0
"""
    write(folder, "bn.py", text)
    assert load("bn.py:Layer")().eps == 1.0


TARGET_ERRORS = [
    ("syntax", "x = (\n", "bn.py does not import: bn.py, line 1: '(' was never closed"),
    ("raises", "raise ValueError('no data')", "bn.py does not import: ValueError: no data"),
    ("silent", "raise ValueError", "bn.py does not import: ValueError"),
    (
        "exits",
        "import sys\nsys.exit(3)",
        "bn.py does not import: it calls sys.exit(3); a target should define "
        "its functions and do nothing else",
    ),
    (
        "needs",
        "import numpyy",
        "bn.py does not import: ModuleNotFoundError: No module named 'numpyy'",
    ),
    (
        "relative",
        "from . import helper",
        "bn.py does not import: ImportError: attempted relative import with no known parent "
        "package; give it as package.module instead of as a file",
    ),
]


@pytest.mark.parametrize(("text", "message"), [e[1:] for e in TARGET_ERRORS], ids=lambda v: v[:12])
def test_a_file_that_does_not_import(folder, text, message):
    write(folder, "bn.py", text)
    with pytest.raises(TargetError) as caught:
        load("bn.py")
    assert str(caught.value) == message


def test_keyboard_interrupt_is_not_a_fault_of_the_target(folder):
    write(folder, "bn.py", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load("bn.py")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "absent_x",
            "absent_x does not import: there is no module 'absent_x'; "
            "is a file meant, absent_x.py?",
        ),
        ("absent_x.y:Z", "absent_x.y:Z does not import: there is no module 'absent_x'"),
        (
            "xml.dom.Node",
            "xml.dom.Node does not import: there is no module 'xml.dom.Node', but 'xml.dom' has a "
            "name 'Node'; did you mean xml.dom:Node?",
        ),
        ("os.absent_x", "os.absent_x does not import: there is no module 'os.absent_x'"),
        ("bn.py:BatchNrom", "bn.py has no name 'BatchNrom'; did you mean 'BatchNorm'?"),
        ("bn.py:BatchNorm.forwrd", "bn.py:BatchNorm has no name 'forwrd'; did you mean 'forward'?"),
        ("bn.py:zzz", "bn.py has no name 'zzz'; it has BatchNorm"),
    ],
)
def test_what_is_not_there(folder, target, message):
    write(folder, "bn.py", "class BatchNorm:\n    def forward(self): ...")
    with pytest.raises(TargetError) as caught:
        load(target)
    assert str(caught.value).startswith(message)  # dir() of a class goes on after it
    assert "\n" not in str(caught.value)


def test_a_missing_framework_is_told_how_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "haiku", None)  # as if not installed
    with pytest.raises(TargetError) as caught:
        load("haiku:BatchNorm")
    assert str(caught.value) == (
        "haiku:BatchNorm does not import: there is no module 'haiku'; "
        "install it with pip install dm-haiku"
    )


FORMS = (
    "path/to/file.py, path/to/file.py:NAME, package.module, package.module:NAME, "
    "path/to/model.onnx or path/to/model.onnx:RUNTIME"
)


@pytest.mark.parametrize(
    "target", ["", ":", ":X", "bn.py:", "module:", "a b", "1x", "bn.py:x-y", "a..b"]
)
def test_what_is_no_target(folder, target):
    with pytest.raises(UsageError) as caught:
        load(target)
    assert str(caught.value) == f"target={target!r}, but should be {FORMS}"


@pytest.mark.parametrize("target", ["bn.txt", "bn.txt:X", "net"])
def test_what_is_there_but_no_python_file(folder, target):
    write(folder, "bn.txt", "")
    write(folder, "net/notes.txt", "")
    with pytest.raises(UsageError) as caught:
        load(target)
    where = target.partition(":")[0]
    kind = "folder" if where == "net" else "file"
    assert str(caught.value) == f"{where} is a {kind} but no Python file; should be {FORMS}"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("a.tex", "a page of formulas is for `bncheck check`"),
        ("a.md:BN", "a page of formulas is for `bncheck check`"),
        ("a.ipynb", "a layer in it for bncheck.verify(LAYER) there"),
        ("a.toml", "a file of claims is for `bncheck claim`"),
    ],
)
def test_what_another_command_takes(folder, target, told):
    where = target.partition(":")[0]
    write(folder, where, "")
    with pytest.raises(UsageError) as caught:
        load(target)
    assert str(caught.value).startswith(f"{where} is no Python file; ")
    assert str(caught.value).endswith(told)


def test_an_onnx_file_without_onnx(folder, monkeypatch):
    write(folder, "model.onnx", "")
    monkeypatch.setitem(sys.modules, "onnx", None)  # as if not installed
    monkeypatch.delitem(sys.modules, "bncheck.targets.onnx.nodes", raising=False)
    with pytest.raises(TargetError) as caught:
        load("model.onnx")
    message = "model.onnx cannot be read without onnx; install it with pip install onnx"
    assert str(caught.value) == message


def test_a_missing_file_is_told_the_nearest(folder):
    write(folder, "my_bn.py", "")
    with pytest.raises(UsageError, match=r"^my_nb.py is not a file; did you mean my_bn.py\?$"):
        load("my_nb.py")
    with pytest.raises(
        UsageError, match=r"^nowhere/x.py is not a file; there is no folder nowhere$"
    ):
        load("nowhere/x.py:X")
