"""The cells that check a theorem again: they run, with NumPy and SymPy alone, and they can fail."""

import json
import sys

import pytest

from bncheck.documents.formats import notebook
from bncheck.documents.model import Document, Heading, Program
from bncheck.documents.recomputing import cells
from bncheck.documents.recomputing.python import identifier
from bncheck.documents.recomputing.tools import TOOLS
from bncheck.symbolic.expression import Symbol, j, sqrt
from bncheck.symbolic.library import find, stems
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    eps,
    gamma,
    gradient,
    loss,
    m,
    mean,
    mu,
    square,
    total,
    var,
    x,
    xhat,
)


def run(theorem, capsys):
    """Run what is printed for a theorem; return what it says."""
    space: dict[str, object] = {}
    exec(compile(TOOLS, "tools", "exec"), space)  # our own text
    exec(compile(cells.program(theorem).text, theorem.id, "exec"), space)
    return capsys.readouterr().out.splitlines()


@pytest.mark.rows(12)
@pytest.mark.parametrize("stem", stems())
def test_every_theorem_is_computed_again(stem, capsys):
    (proof,) = find([stem])
    told = run(proof.theorem, capsys)
    assert len(told) == len(list(cells.equations(proof.theorem)))
    assert all(
        line.endswith("NumPy agrees to 6 digits at 5 points, SymPy to 40 digits") for line in told
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(xhat() ** 2), m),  # eps is forgotten
        (var(), total(square(x - mu())) / (m - 1)),
        (gradient(loss(), x, j), gamma / sqrt(var() + eps) * x[j]),
        (sqrt(square(Symbol("a"))), Symbol("a")),  # false where a is negative
        (mean(x) * (1 + Symbol("tiny", positive=True) / 10**5), mean(x)),
    ],
)
def test_what_is_false_is_seen(left, right, capsys):
    wrong = Theorem("X1", "wrong", (derive("wrong", left, ("expand", right)),))
    with pytest.raises(AssertionError, match="X1, wrong: "):
        run(wrong, capsys)


def test_names_are_those_of_python():
    assert [identifier(n) for n in ("x", "lambda", "sum", "2a", "a b", "")] == [
        "x",
        "lambda_",
        "sum_",
        "_2a" if identifier("2a") == "_2a" else "2a_",
        "a_b",
        "_",
    ]


def test_cells_follow_the_section_of_their_theorem():
    (proof,) = find(["b03"])
    blocks = (
        Heading("B03", 2, "theorem-B03"),
        Heading("a part", 3, "part"),
        Heading("B04", 2, "theorem-B04"),
    )
    made = cells.with_cells(Document("t", blocks), [proof.theorem])
    kinds = [type(block).__name__ for block in made.blocks]
    assert kinds == ["Program", "Heading", "Heading", "Paragraph", "Program", "Heading"]
    assert isinstance(made.blocks[4], Program)
    assert made.blocks[4].runs


def test_a_notebook_runs_from_its_first_cell_to_its_last(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    proofs = list(find(["b03", "f13"]))
    blocks = tuple(Heading(p.theorem.id, 1, f"theorem-{p.theorem.id}") for p in proofs)
    document = cells.with_cells(Document("t", blocks), [p.theorem for p in proofs])
    made = nbformat.reads(notebook.render(document), as_version=4)
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec |= {"display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    import jupyter_client

    manager = jupyter_client.kernelspec.KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    client = nbclient.NotebookClient(
        made, timeout=100, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.km = client.kernel_manager_class(kernel_spec_manager=manager, kernel_name="python3")
    client.execute()
    outputs = [cell.outputs for cell in made.cells if cell.cell_type == "code"]
    assert len(outputs) == 3
    assert all("NumPy agrees" in out[0].text for out in outputs[1:])
