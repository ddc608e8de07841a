"""Libraries that are there, and those that are not."""

import re

import pytest
from compiled import library as build

from bncheck.errors import TargetError, UsageError
from bncheck.targets.native import library
from bncheck.targets.native.prototypes import read

SOURCE = """\
int add(int a, long long b) { return a + (int)b; }
static int hidden(void) { return 1; }
int seen(void) { return hidden(); }
int _Z7mangledi(void) { return 2; }
"""


@pytest.fixture
def built(tmp_path):
    return build(SOURCE, tmp_path, name="adding")


def refused(call, *arguments):
    with pytest.raises(TargetError) as caught:
        call(*arguments)
    return str(caught.value)


def called(path, text):
    return library.function(library.opened(path), path, read(text)[0])


def test_a_function(built):
    assert called(built, "int add(int a, long long b);")(2, 3) == 5
    assert called(built, "void add(int a, long long b);")(2, 3) is None


def test_the_working_folder_then_that_of_the_caller(built, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)

    assert library.found("libadding.so", tmp_path) == built
    assert library.found(built, other) == built
    (other / "libadding.so").touch()
    assert library.found("libadding.so", tmp_path) == other / "libadding.so"


def test_no_such_file(built, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    told = refused(library.found, "libading.so", tmp_path)
    assert told == f"libading.so is not in {tmp_path}; did you mean libadding.so?"
    told = refused(library.found, "build/none.so", tmp_path)
    assert told == f"none.so is not in {tmp_path}/build; build it first, or give its whole path"


def test_no_path():
    with pytest.raises(UsageError, match="library=3, but should be the path of a shared library"):
        library.found(3, None)


def test_a_file_that_is_no_library(tmp_path):
    (tmp_path / "text.so").write_text("text")

    told = refused(library.opened, tmp_path / "text.so")
    assert re.match(r"text\.so does not load: .+;\nit should be a shared library for this", told)


def test_no_such_function(built):
    told = "libadding.so has no function"

    assert refused(called, built, "int ad(int a);") == f"{told} ad; did you mean add?"
    assert refused(called, built, "int zzzz(int a);") == f"{told} zzzz; is it static, or hidden?"
    assert refused(called, built, "int mangled(int a);") == (
        f'{told} mangled, but _Z7mangledi, a name of C++; declare it extern "C" and build it again'
    )
