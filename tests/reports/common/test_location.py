"""Where a report points to: from the top of the checkout, and never outside of it."""

from pathlib import Path

import pytest

from bncheck.reports.common.location import Location, found, needed, subject


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "src").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


def test_of_a_file_in_the_checkout(checkout):
    assert found(f"{checkout}/src/bn.py:12", "src/bn.py:BN") == Location("src/bn.py", 12)
    assert found("src/bn.py:12", "any:thing") == Location("src/bn.py", 12)


def test_from_a_folder_below_it_is_the_same(checkout, monkeypatch):
    monkeypatch.chdir(checkout / "src")
    assert found(f"{checkout}/src/bn.py:12", "bn.py") == Location("src/bn.py", 12)
    assert found("", "../bn.py:BN") == Location("bn.py")
    assert subject("bn.py:BN") == subject("./bn.py:BN") == "src/bn.py:BN"
    monkeypatch.chdir(checkout)
    assert subject("src/bn.py:BN") == "src/bn.py:BN"


def test_without_a_checkout_it_is_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert found(f"{tmp_path}/a/bn.py:3", "a/bn.py") == Location("a/bn.py", 3)
    assert found(f"{tmp_path.parent}/bn.py:3", "../bn.py") is None


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "/usr/lib/python3/site-packages/torch/nn/modules/batchnorm.py:40",
        "a runtime 1.2, operator set 15",
        "<string>:1",
        "bn\x00.py:5",
        "bn.py:x",
        "\ud800.py:5",
        "src/..:5",
    ],
)
def test_what_is_in_no_file_of_it_points_to_the_target(origin, checkout):
    assert found(origin, "src/bn.py:BN") == Location("src/bn.py")
    assert found(origin, "torch.nn:BatchNorm2d") is None


def test_links_out_of_it_are_where_they_stand(checkout):
    (checkout.parent / "elsewhere" / "bn.py").touch()
    (checkout / "bn.py").symlink_to(checkout.parent / "elsewhere" / "bn.py")
    assert found("", "bn.py") == Location("bn.py")


def test_a_way_into_it_by_a_link_counts(checkout, tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(checkout)
    assert found(f"{tmp_path}/link/src/bn.py:2", "src/bn.py") == Location("src/bn.py", 2)


def test_hosts_need_a_place_in_any_case(checkout, monkeypatch):
    assert needed("", "torch.nn:BatchNorm2d") == Location("torch.nn:BatchNorm2d")
    assert needed("", f"{checkout.parent}/bn.py:BN") == Location("bn.py:BN")
    assert needed("", "../../a/b") == Location("a.b")
    assert needed("", "") == Location("target")
    (checkout / "pyproject.toml").touch()
    monkeypatch.chdir(checkout / "src")
    assert needed("", "torch.nn:BatchNorm2d") == Location("pyproject.toml")
    assert needed("src.py:3", "x") == Location("src/src.py", 3)
    assert needed("", "") == Location("pyproject.toml")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c:d,100%.py", "a%20b/c%3Ad%2C100%25.py"),
        ("слой.py", "%D1%81%D0%BB%D0%BE%D0%B9.py"),
        ("\udcff.py", "%FF.py"),
    ],
)
def test_a_uri_is_a_relative_reference(path, uri):
    assert Location(path).uri == uri


@pytest.mark.parametrize(("digits", "line"), [("0", 1), ("7", 7), ("9" * 99, 1)])
def test_lines_begin_at_one(digits, line, checkout):
    assert found(f"bn.py:{digits}", "").line == line
    assert not Path("bn.py").exists()
