"""One schema of what is known to fail: what is read, and what is refused in one sentence."""

from datetime import date
from pathlib import Path

import pytest

from bncheck.errors import UsageError
from bncheck.known import faults, of, read

GOOD = {"law": "F00", "reason": "known"}


def entry(**keys):
    (made,) = of([GOOD | keys], "known.toml", Path())
    return made


def test_all_keys_of_an_entry(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text(
        """
[[expected]]
target = ["bn.py", "torch.nn:*"]
law = ["F0?", "B01"]
dtype = "*float16"
versions = "torch==2.13.*, numpy==2.*"
reason = "because"
link = "https://example.org/5"
expires = 2027-01-31
where = { KERAS_BACKEND = "torch" }
""",
        encoding="utf-8",
    )
    (made,) = read(path)
    assert (made.targets, made.laws) == (("bn.py", "torch.nn:*"), ("F0?", "B01"))
    assert made.versions == (("torch", "2.13.*"), ("numpy", "2.*"))
    assert (made.dtypes, made.expires) == (("*float16",), date(2027, 1, 31))
    assert made.told == "because (https://example.org/5)"


def test_a_day_may_be_a_text():
    assert entry(expires="2027-01-31").expires == date(2027, 1, 31)


def test_the_file_of_the_package_is_one_of_a_user():
    import bncheck.known

    path = Path(bncheck.known.__file__).with_name("faults.toml")
    assert read(path) == faults()


def test_entries_in_the_configuration(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n[[tool.bncheck.expected]]\nlaw = "F00"\nreason = "y"\n')
    (made,) = read(path)
    assert (made.laws, made.folder) == (("F00",), tmp_path)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"law": []}, "has law=[], but should have a pattern, or a list of them"),
        ({"law": "F0"}, "has law='F0', which does not exist; did you mean 'F"),
        ({"law": ["F00", "Z*"]}, "has law='Z*', which does not exist; `bncheck laws` lists them"),
        ({"dtype": "flaot32"}, "has dtype='flaot32', which does not exist; did you mean 'float32'"),
        ({"dtype": ["float32", 3]}, "has dtype=['float32', 3], but should have a pattern"),
        ({"target": ""}, "has target='', but should have a pattern"),
        ({"reason": " "}, "has reason=' ', but should have a text there"),
        ({"link": 3}, "has link=3, but should have a text there"),
        ({"versions": "torch>=2"}, "has versions='torch>=2', but should have one such as torch=="),
        ({"versions": "torch==2,"}, "has versions='torch==2,', but should have one such as"),
        ({"versions": "torch==2==3"}, "but should have one such as torch==2.13.*"),
        ({"expires": "soon"}, "has expires='soon', but should have a day such as 2027-01-31"),
        ({"expires": 20270131}, "has expires=20270131, but should have a day"),
        ({"where": {"A": 1}}, "has where={'A': 1}, but should have names and texts"),
        ({"resaon": "x"}, "has the unknown key 'resaon'; did you mean 'reason'?"),
    ],
)
def test_what_is_wrong_is_named(keys, told):
    with pytest.raises(UsageError) as caught:
        entry(**keys)
    assert str(caught.value).startswith("known.toml, entry 1 ")
    assert told in str(caught.value)


@pytest.mark.parametrize("needed", ["law", "reason"])
def test_what_each_entry_needs(needed):
    with pytest.raises(UsageError, match=f"entry 1 needs a {needed}"):
        of([{key: value for key, value in GOOD.items() if key != needed}], "x", Path())
