"""Documents of derivations: every format, from one model."""

import re
import shutil
import subprocess

import pytest

from bncheck.cli import main
from bncheck.documents import latex, markdown, text, theorems
from bncheck.symbolic.expression import Sum, Symbol, i, j, sqrt, vector
from bncheck.symbolic.library import find
from bncheck.symbolic.printers import formula
from bncheck.symbolic.programs import PROGRAMS
from bncheck.symbolic.proving import Outcome, prove
from bncheck.symbolic.vocabulary import dx, var, x, xhat

DOCUMENT = theorems.book(prove(["b03", "f13"]), "Some & more")


def test_text_has_every_line_with_its_rule_and_checkers():
    shown = text.render(DOCUMENT)
    assert shown.isascii()
    assert "[substitute; checked: normal form, all m]" in shown
    assert shown.count("random points; the statement as it is printed]") >= 2


def test_markdown_fences_are_closed_and_formulas_are_untouched():
    shown = markdown.render(DOCUMENT)
    assert len(re.findall(r"^```", shown, re.MULTILINE)) % 2 == 0
    assert r"\frac{\partial L}{\partial y_{i}}" in shown


def test_latex_is_balanced():
    shown = latex.render(DOCUMENT)
    assert shown.count("{") - shown.count(r"\{") == shown.count("}") - shown.count(r"\}")
    assert shown.count(r"\begin{") == shown.count(r"\end{")
    assert r"Some \& more" in shown


# every theorem, without waiting for its proof
WHOLE = latex.render(
    theorems.book((Outcome(proof, (), 0.0) for proof in find()), "All theorems & lemmas")
)
WORDS = """documentclass usepackage allowdisplaybreaks begin end section subsection noindent textbf
textasciicircum textasciitilde textless textgreater textbar textbackslash small text quad frac sqrt
sum left right partial hat mathrm mathcal to delta epsilon sigma mu gamma beta alpha rho lambda eta
_ $ & # % { } ; \\"""
COMMANDS = {f"\\{word}" for word in WORDS.split()}
PDFLATEX = shutil.which("pdflatex")


def test_latex_has_only_known_commands_and_closes_what_it_opens():
    assert set(re.findall(r"\\(?:[A-Za-z]+|.)", without_verbatim(WHOLE))) <= COMMANDS
    plain = re.sub(r"\\[{}]", "", without_verbatim(WHOLE))
    depth = 0
    for sign in plain:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    opened = re.findall(r"\\(begin|end)\{(\w+\*?)\}", WHOLE)
    for (first, name), (second, other) in zip(opened[1:-1:2], opened[2:-1:2], strict=True):
        assert (first, second, name) == ("begin", "end", other)
    assert len(re.findall(r"\\left\W", plain)) == len(re.findall(r"\\right\W", plain))


def without_verbatim(source: str) -> str:
    return re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", source, flags=re.DOTALL)


@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
def test_the_whole_book_compiles(tmp_path):
    (tmp_path / "book.tex").write_text(WHOLE, encoding="ascii")
    done = subprocess.run(
        [
            str(PDFLATEX),
            "-no-shell-escape",
            "-interaction=nonstopmode",
            "-halt-on-error",
            "book.tex",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "book.pdf").stat().st_size > 100_000


def test_a_quantity_is_named_only_where_it_is_that_quantity():
    assert formula.text(var()) == "var"
    assert formula.text(xhat()[j]) == "xhat_j"
    assert formula.text(dx()[j]) == "dx_j"
    assert "var" not in formula.text(var(2 * x))  # it would say var = 4 var
    assert "xhat" not in formula.text(xhat(eps=0))
    assert formula.text(dx(x)) != "dx_i"
    assert formula.latex(Symbol("eps_2", positive=True)) == r"\epsilon_{2}"


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (1 - Symbol("a"), "1 - a"),
        (vector("x") / (2 * Symbol("a")), "x_i / (2 a)"),
        (sqrt(Symbol("v") + 1) ** 3, "(v + 1)^(3/2)"),
        (Sum(i, vector("x")) / Symbol("m"), "(sum_{i=1..m} x_i) / m"),
        (Sum(i, vector("x")) * vector("y"), "(sum_{j=1..m} x_j) y_i"),
        (-(vector("x")[j] - Symbol("a")), "-(x_j - a)"),
        (Symbol("a") - (Symbol("b") - Symbol("c")), "a - (b - c)"),
    ],
)
def test_text_of_expressions(expr, shown):
    assert formula.text(expr) == shown


def test_the_command(tmp_path, capsys):
    assert main(["derive", "b03", "--format", "markdown"]) == 0
    assert "B03. The input gradient sums to zero" in capsys.readouterr().out
    assert main(["derive", "backward", "--format", "c"]) == 0
    assert "void bn_backward(" in capsys.readouterr().out
    assert main(["derive", "--format", "latex"]) == 2
    assert main(["derive", "--output", str(tmp_path / "list.txt")]) == 2
    assert main(["derive", "b03", "--all"]) == 2
    assert main(["derive", "nonsense"]) == 2
    assert main(["derive", "nonsense", "--format", "numpy"]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1] == (
        "bncheck: error: there is no code for 'nonsense'; there is for forward, backward (B01), "
        "inference (I01), inference_backward (B19), jvp (B12), double_backward (B21), "
        "running (I03)"
    )
    assert main(["claim", str(tmp_path / "missing.toml")]) == 2
    assert main(["prove", "b03", "--format", "json", "--output", str(tmp_path / "out.json")]) == 0
    assert (tmp_path / "out.json").read_text().startswith("{")


def test_without_a_name_the_theorems_are_listed(capsys):
    assert main(["derive"]) == 0
    told = capsys.readouterr().out
    stems = [
        line.split()[-1] for line in told.splitlines() if re.search("  [a-z]\\d+[a-z]?_", line)
    ]
    assert stems == [proof.stem for proof in find()]
    assert told.endswith(
        f"{len(stems)} theorems; bncheck derive ID prints the derivation of one, --all the book\n"
    )


@pytest.mark.parametrize("name", ["backward", "B01", "b01", "b01_backward"])
def test_code_by_a_laws_id_stands_on_its_own(name, capsys):
    assert main(["derive", name, "--format", "numpy"]) == 0
    source = capsys.readouterr().out
    assert "bncheck.model.formats" not in source
    namespace: dict[str, object] = {}
    exec(compile(source, name, "exec"), namespace)  # our own text
    assert {"backward", "Backward"} <= set(namespace)
    assert "forward" not in namespace


def test_every_law_of_a_program_has_a_theorem():
    known = {proof.theorem.id for proof in find()}
    assert {law for program in PROGRAMS for law in program.laws} <= known
    assert main(["derive", "B12", "jvp", "--format", "torch"]) == 0
