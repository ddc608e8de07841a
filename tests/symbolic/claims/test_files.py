"""Claims files of strangers: each is judged as far as it can be, or refused in one sentence."""

import os

import golden_files
import pytest

from bncheck.cli import main
from bncheck.errors import UsageError
from bncheck.symbolic.claims import files

TRUE = "[[claim]]\nid = 'right'\nsource = 's'\nlatex = 'y_i = \\gamma \\hat{x}_i + \\beta'\n"


def claim(**parts):
    given = {"id": "'a'", "source": "'s'", "latex": "'y = x'"} | parts
    return "[[claim]]\n" + "".join(f"{k} = {v}\n" for k, v in given.items() if v is not None)


def table(x='["1", "3"]', xhat='["-1", "1"]', **parts):
    given = {"id": "'t'", "source": "'s'", "x": x, "xhat": xhat} | parts
    return "[[table]]\n" + "".join(f"{k} = {v}\n" for k, v in given.items() if v is not None)


def row(number, **parts):
    return table(f'["{number}", "3"]', **parts)


REFUSED = {
    "nothing": ("", "has no [[claim]]"),
    "a comment": ("# nothing\n", "has no [[claim]]"),
    "no TOML": ("[[claim]", "cannot be read as TOML"),
    "a control character": ("a = '\x1b[31m'", "cannot be read as TOML"),
    "another key": (TRUE + "[other]\n", "unknown key 'other'; known: claim, table"),
    "a key with escapes": (TRUE + '["\\u001b[31m"]\n', "unknown key '\\x1b[31m'"),
    "one table": ("[claim]\nid = 'a'\n", "should be a list of tables"),
    "a list of numbers": ("claim = [1]\n", "is not a table"),
    "a number": ("claim = 1\n", "should be a list of tables"),
    "no id": (claim(id=None), "the claim 'without an id' lacks 'id'"),
    "no source": (claim(source=None), "the claim 'a' lacks 'source'"),
    "no latex": (claim(latex=None), "the claim 'a' lacks 'latex'"),
    "no x": (table(x=None), "the table 't' lacks 'x'"),
    "an unknown key": (claim(latx="'x'"), "the claim 'a' has the unknown key 'latx'"),
    "an unknown key of a table": (table(sd="'1'"), "unknown key 'sd'"),
    "id twice": (claim() + claim(), "has the id 'a' more than once"),
    "id twice, in two kinds": (claim() + table(id="'a'"), "has the id 'a' more than once"),
    "id a number": (claim(id="3"), "has id=3, but should have a string"),
    "id a date": (claim(id="1979-05-27"), "has id=datetime.date(1979, 5, 27)"),
    "source a list": (claim(source="[1]"), "has source=[1], but should have a string"),
    "latex a list": (claim(latex="['y = x']"), "has latex=['y = x'], but should have a string"),
    "note a table": (claim(note="{a = 1}"), "has note={'a': 1}, but should have a string"),
    "verdict a boolean": (claim(verdict="true"), "has verdict=True, but should have a string"),
    "verdict a word": (
        claim(verdict="'flase'"),
        "has verdict='flase'; known: true, true-if, false",
    ),
    "where a list": (claim(where="['z']"), "has where=['z'], but should have a table of strings"),
    "where a number": (claim(where="{ z = 3 }"), "has where={'z': 3}, but should have a table"),
    "where nested": (claim(where="{ z = { a = 'x' } }"), "should have a table of strings"),
    "where of many names": (claim(**{"where.z": "{a.a.a.a.a.a.a.a.a = 'x'}"}), "with dots"),
    "x a text": (table(x="'123'"), "has x='123', but should have a list"),
    "x a table": (table(x="{a = 1}"), "has x={'a': 1}, but should have a list"),
    "x of lists": (table(x="[[1], [2]]"), "has [1] in x, but should have numbers"),
    "x of booleans": (table(x="[true, false]"), "has True in x, but should have numbers"),
    "x of dates": (table(x="[1979-05-27, 1]"), "in x, but should have numbers"),
    "gamma a list": (table(gamma="[1]"), "has [1] in gamma, but should have numbers"),
    "eps a list": (table(eps="[1]"), "has [1] in eps, but should have numbers"),
    "mu a list": (table(mu="[1, 2]"), "has [1, 2] in mu"),
    "xmu a number": (table(xmu="1"), "has xmu=1, but should have a list"),
    "nested lists": ("a = " + "[" * 10_000 + "]" * 10_000, "nested too deeply"),
    "nested tables": ("a = " + "{a = " * 10_000 + "1" + "}" * 10_000, "nested too deeply"),
    "names in names": ("a" + ".a" * 100_000 + " = 1", "too many names with dots between them"),
    "quoted names in names": ('"a\\"b"' + ".a" * 9 + " = 1", "too many names with dots"),
    "headers of names": ("[a" + ".a" * 1000 + "]", "too many names with dots between them"),
    "a huge file": ("#" * 300_000, "is too large: at most 250,000 bytes"),
    "a long integer": ("a = " + "9" * 10_000, "cannot be read as TOML"),
}
# undecided, with what the reason says
UNDECIDED = {
    "an exponent": (row("1e9999999999"), "row 1 of x is '1e9999999999', and exponents beyond 100"),
    "a smaller exponent": (row("1e999"), "exponents beyond 100"),
    "a negative exponent": (row("1e-999999999"), "exponents beyond 100"),
    "a long exponent": (row("1e" + "9" * 10_000), "numbers of more than 50 characters"),
    "an exponent in xhat": (table(xhat='["1e99999999", "1"]'), "row 1 of xhat"),
    "an exponent in y": (table(y='["1e99999999", "1"]'), "row 1 of y"),
    "an exponent in gamma": (table(gamma="'1e99999999'"), "row 1 of gamma"),
    "an exponent in beta": (table(beta="'1e99999999'"), "row 1 of beta"),
    "an exponent in eps": (table(eps="'1e99999999'"), "row 1 of eps"),
    "an exponent in mu": (table(mu="'1e99999999'"), "row 1 of mu"),
    "an exponent in xmu": (table(xmu='["1", "1e999"]'), "row 2 of xmu"),
    "nan in var": (table(var="nan"), "row 1 of var is 'nan', which is not a finite number"),
    "by zero in std": (table(std="'1/0'"), "row 1 of std is '1/0', which is divided by zero"),
    "eps below 0": (table(eps="'-1'"), "eps is less than 0"),
    "0/0": (table('["2", "2"]', '["0", "0"]', eps="0"), "xhat is 0/0"),
    "another length of xmu": (table(xmu='["1"]'), "must have the same length"),
    "no xhat": (table(xhat="[]"), "must have the same length"),
    "a long number": (row("9" * 100), "more than 50 characters"),
    "infinity": (row("inf"), "which is not a finite number"),
    "infinity of TOML": (table(x="[inf, 1]"), "which is not a finite number"),
    "too large for TOML": (table(x="[1e400, 1]"), "which is not a finite number"),
    "nan": (row("nan"), "which is not a finite number"),
    "by zero": (row("1/0"), "which is divided by zero"),
    "two slashes": (row("1/2/3"), "which is not a finite number"),
    "a power": (row("10**10**10"), "which is not a finite number"),
    "a call": (row("exit()"), "which is not a finite number"),
    "no number": (row(""), "which is not a finite number"),
    "hexadecimal": (row("0x10"), "which is not a finite number"),
    "a long integer of TOML": (table(x="[0x" + "f" * 9000 + ", 1]"), "is not a finite number"),
    "digits of another script": (row("\u0661"), "which is not a finite number"),
    "escapes": (row("\\u001b[31m"), "which is not a finite number"),
    "many numbers": (table(str(["1"] * 21_000), str(["1"] * 21_000)), "more than 20000 characters"),
    "many divisors": (
        table(str([f"1/{10**30 + n}" for n in range(400)]), str(["0"] * 400)),
        "fractions of so many different divisors",
    ),
    "columns of two lengths": (table(xhat='["1"]'), "must have the same length"),
    "no rows": (table("[]", "[]"), "at least one row"),
    "powers of powers": (claim(latex="'x = 10^{10^{10}}'"), "an exponent that is not a number"),
    "a large power": (claim(latex="'x = ((10^{24})^{24})^{24}'"), "a number that is too large"),
    "brackets": (claim(latex=f"'y = {'(' * 3000}x'"), "nested deeper than"),
    "symbols": (claim(latex=f"'y = {'x' * 10_000}'"), "more than 4000 symbols"),
    "characters": (claim(latex=f"'y = {'x' * 100_000}'"), "more than 20000 are not read"),
    "a sign": (claim(latex="'y = \u202e x'"), "is not known"),
    "an escape": (claim(latex='"y = \\u001b[31m x"'), "is not known"),
    "a symbol that is not one": (claim(where='{ "\\u001b" = "scalar" }'), "is not one symbol"),
    "a meaning that is not known": (claim(where='{ z = "\\u001b" }'), "but should be one of"),
    "no formula": (claim(latex="''"), "too early"),
}


def judged(path, content, capsys):
    path.write_text(content, encoding="utf-8")
    code = main(["claim", str(path)])
    told = capsys.readouterr()
    for text in (told.out, told.err):
        assert all(c.isprintable() or c == "\n" for c in text)
        assert len(text) < 4000
    return code, told


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_refused(name, tmp_path, capsys):
    content, says = REFUSED[name]
    code, told = judged(tmp_path / "c.toml", content, capsys)
    assert (code, told.out) == (2, "")
    assert says in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("name", UNDECIDED)
def test_claims_that_are_not_decided_and_those_beside_them(name, tmp_path, capsys):
    content, says = UNDECIDED[name]
    code, told = judged(tmp_path / "c.toml", content, capsys)
    assert (code, told.err) == (2, "")
    assert told.out.startswith("undecided ")
    assert says in told.out
    code, told = judged(tmp_path / "c.toml", content + TRUE, capsys)
    assert code == 0
    assert "true      right\n" in told.out


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x07", "\u202e", "\x9b", "\n", "\r", "\u2028"])
def test_escapes_are_shown(sign, tmp_path, capsys):
    written = "".join(f"\\u{ord(c):04x}" for c in sign)
    content = claim(id=f'"a{written}"', source=f'"{written}"', note=f'"{written}"')
    code, told = judged(tmp_path / "c.toml", content, capsys)
    assert code == 1
    assert told.out.startswith(f"false     a{repr(sign)[1:-1]}\n")
    out = tmp_path / "out.txt"
    assert main(["claim", str(tmp_path / "c.toml"), "--output", str(out)]) == 1
    assert repr(sign)[1:-1] in out.read_text(encoding="utf-8")


def test_what_is_no_file(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        files.read(tmp_path / "none.toml")
    with pytest.raises(UsageError):
        files.read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UsageError, match="a pipe or a device"):
            files.read(tmp_path / "pipe")


TABLES = {
    "x = 1, 2, 3 by pandas": (
        ("-1.0", "0.0", "1.0"),
        {},
        "true-if",
        "the variance divides by m - 1",
    ),
    "by the variance": (("-1.5", "0.0", "1.5"), {}, "false", "a division by the variance"),
    "numbers of TOML": ((-1.2247, 0.0, 1.2247), {}, "true", ""),
    "rounded": (("-1.225", "0.000", "1.225"), {}, "true", ""),
    "digits of many lengths": (("-1.22", "0", "1.22"), {}, "true", ""),
    "scientific": (("-1.22e0", "0", "1.22e0"), {}, "true", ""),
    "y of the exact xhat": (
        ("-1.2", "0", "1.2"),
        {"y": ["-1.337", "0.5", "2.337"], "gamma": "1.5", "beta": "0.5"},
        "true",
        "",
    ),
    "every key": (
        ("-1.22", "0.00", "1.22"),
        {"mu": 2, "xmu": [-1, 0, 1], "xmu2": [1, 0, 1], "var": "0.67", "std": "0.82", "eps": 1e-5},
        "true",
        "",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables(name, tmp_path, capsys):
    xhat, others, verdict, says = TABLES[name]
    written = {key: repr(value) for key, value in others.items()}
    content = table("[1, 2, 3]", repr(list(xhat)), **written)
    code, told = judged(tmp_path / "c.toml", content, capsys)
    assert (code, told.out.split()[0]) == (int(verdict == "false"), verdict)
    assert says in told.out


def test_one_cell_is_corrected_in_the_report(tmp_path, capsys):
    content = table('["1", "2", "3"]', '["-1.22", "0", "1.32"]')
    _, told = judged(tmp_path / "c.toml", content, capsys)
    assert told.out == (
        "false     t\n"
        "          source: s\n"
        "          what is wrong: row 3 of xhat is '1.32', but should be 1.22\n"
        "          corrected: row 3 of xhat = 1.22\n"
        "          with that one changed the table is right (eps = 0)\n"
        "1 claim: 1 false\n"
    )


def test_the_largest_number_that_is_told(tmp_path, capsys):
    small = f"0.{'0' * 46}1"
    content = table('["1e100", "-1e100"]', f'["{small}", "-{small}"]')
    code, told = judged(tmp_path / "c.toml", content, capsys)
    assert (code, "e+29" in told.out) == (0, True)


TOLD = r"""
[[claim]]
id = "output"
source = "a paper"
latex = 'y_i = \gamma \hat{x}_i + \beta'

[[claim]]
id = "input-for-normalized"
source = "a course"
latex = 'y_i = \gamma x_i + \beta'
verdict = "false"

[[claim]]
id = "chain"
source = "a blog"
latex = 'y_i = \gamma \hat{x}_i + \beta = \gamma x_i + \beta'
verdict = "true"

[[claim]]
id = "without-eps"
source = ""
latex = '\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}'

[[claim]]
id = "two"
source = "slides"
latex = '\mu = \frac1m \sum_i x_i, \quad \sigma^2 = \frac{1}{m-1} \sum_i (x_i - \mu)^2'
"""


def test_what_is_told(tmp_path, capsys):
    code, told = judged(tmp_path / "c.toml", TOLD, capsys)
    assert code == 1
    golden_files.check("claims-told.txt", told.out)


def test_the_same_as_data(tmp_path):
    (tmp_path / "c.toml").write_text(TOLD)
    data = files.as_data(files.judge_file(tmp_path / "c.toml"), "c.toml")
    by_id = {finding["law"]: finding for finding in data["findings"]}
    assert (by_id["chain"]["expected"], by_id["chain"]["part"]) == ("true", "the second =")
    assert by_id["output"]["expected"] is None
    assert by_id["output"]["source"] == "a paper"
    assert by_id["two"]["part"] == "relation 2 of 2"
    assert by_id["two"]["causes"] == ["m - 1 where m belongs"]
    assert data["counts"]["false"] == 3


FALSE = TRUE.replace("right", "wrong").replace(r"\hat{x}_i", "x_i")
UNREAD = TRUE.replace("right", "unread").replace(r"\beta", "q")


@pytest.mark.parametrize(
    ("content", "code", "last"),
    [
        (TRUE, 0, "1 claim: 1 true"),
        (TRUE + "verdict = 'true'\n", 0, "1 claim: 1 true"),
        (TRUE + "verdict = 'false'\n", 1, "1 claim: 1 true; 1 not as expected"),
        (FALSE, 1, "1 claim: 1 false"),
        (FALSE + "verdict = 'false'\n", 1, "1 claim: 1 false"),
        (FALSE + "verdict = 'false'\n" + TRUE, 1, "2 claims: 1 true, 1 false"),
        (FALSE + "verdict = 'true'\n", 1, "1 claim: 1 false; 1 not as expected"),
        (UNREAD, 2, "1 claim: 1 undecided"),
        (UNREAD + TRUE, 0, "2 claims: 1 true, 1 undecided"),
        (UNREAD + "verdict = 'true'\n" + TRUE, 1, "1 not as expected"),
        (UNREAD + "verdict = 'undecided'\n", 2, "1 claim: 1 undecided"),
    ],
)
def test_a_verdict_in_the_file_is_a_test(content, code, last, tmp_path, capsys):
    got, told = judged(tmp_path / "c.toml", content, capsys)
    assert got == code
    assert told.out.splitlines()[-1].endswith(last)
    assert ("(expected " in told.out) == ("not as expected" in last)
