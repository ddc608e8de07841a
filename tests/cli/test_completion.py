"""The scripts by which shells complete commands, and what a shell makes of one."""

import importlib.util
import shutil
import subprocess
import sys

import pytest

from bncheck.cli import main
from bncheck.cli.completion import SHELLS

BASH = shutil.which("bash")


def script(shell, capsys):
    if importlib.util.find_spec("shtab") is None:
        pytest.skip("needs shtab")
    assert main(["completion", shell]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_commands_and_names(shell, capsys):
    text = script(shell, capsys)
    for word in ("fingerprint", "unbiased-variance", "running_var", "s03_welford", "X16c"):
        assert word in text


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("exp", "explain"),
        ("help fing", "fingerprint"),
        ("laws X16", "X16 X16c"),
        ("laws F00 B0", "B01 B02 B03 B04 B05 B06 B07 B08 B09"),
        ("explain torch-half-s", "torch-half-statistics"),
        ("explain running_v", "running_var"),
        ("conventions running_v", "running_var"),
        ("derive s03", "s03_welford"),
        ("prove s03", "s03_welford"),
        ("deviations no-sq", "no-square-root"),
        ("verify bn.py --profile torch-", "torch-autocast"),
        ("verify bn.py --dtype b", "bfloat16"),
        ("verify bn.py --format mark", "markdown"),
        ("verify bn.py --sav", "--save"),
        ("verify bn", "bn.py"),
        ("verify bn.py --expected bn", "bn.py"),
        ("replay bn", "bn.py"),
        ("claim bn", "bn.py"),
        ("completion z", "zsh"),
    ],
)
def test_bash_offers(typed, offered, capsys, tmp_path):
    (tmp_path / "complete.bash").write_text(script("bash", capsys), encoding="utf-8")
    (tmp_path / "bn.py").write_text("")
    *before, last = words = ["bncheck", *typed.split()]
    ask = (
        f"source complete.bash; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(before)}; "
        f"_shtab_bncheck bncheck {last} {before[-1]}; echo ${{COMPREPLY[*]}}"
    )
    done = subprocess.run(
        [str(BASH), "--norc", "-c", ask],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == offered.split()


def test_without_shtab(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "bncheck: error: the script is made by shtab, which is not installed; "
        "install it with pip install 'shtab>=1.7'\n"
    )


def test_another_shell(capsys):
    assert main(["completion", "cmd"]) == 2
    assert "invalid choice: 'cmd'" in capsys.readouterr().err
