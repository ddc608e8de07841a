"""The house: what may import what, and what no module of the library may say.

Read from the source, so that an import inside a function counts too. An import that only types
need (``if TYPE_CHECKING``) does not.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "bncheck"

# From the top down: a module imports from layers above its own, and inside its own. A name stands
# for a module or for a whole package; those on one line do not import one another.
NUMERIC = [
    {"errors", "terminal"},
    {"formats"},
    {"arrays"},
    {"promises"},
    {"model"},
    {"rounding"},
    {"derived"},
    {"oracle"},
    {"cases"},
    {"conventions"},
    {"asking"},
    {"trial"},
    {"residuals", "statement"},
    {"probes"},
    {"laws"},
    {"deviations"},
    {"adapters"},
    {"fingerprint", "diagnosis"},
    {"engine"},
    {"killtable", "scoreboard"},
]
SYMBOLIC = [
    {"errors", "terminal"},
    {"symbolic"},
    {"documents"},
]
TOP = [
    {"reports"},
    {"assertions"},
    {"cli"},
    {"pytest_plugin", "__main__"},
]
# The version is read from the package itself, which imports the rest late.
ANYWHERE = {"__init__"}

# Members of these packages are siblings that do not know one another; the listed ones are what
# the siblings share.
SIBLINGS = {
    "laws": {"__init__"},
    "reports": {"__init__"},
    "adapters": {
        "__init__", "answers", "calls", "defaults", "jax_elements", "jax_operations",
        "jax_programs", "jax_sheets", "jax_sums", "jax_templates", "jax_tools", "keras_jax",
        "loading",
        "onnx_nodes", "onnx_runtimes", "plain", "probing", "profiles", "roles", "tensors",
        "torch_compiled", "torch_tools",
    },
}  # fmt: skip


def modules():
    """All modules of the library, by their dotted names without ``bncheck``."""
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield dotted.removesuffix(".__init__") if dotted != "__init__" else dotted, path


MODULES = dict(modules())


def imported(source):
    """Yield the modules of bncheck that a source imports, without ``bncheck``."""
    tree = ast.parse(source)
    for node in walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root == "bncheck":
                yield module_of(rest)


def walk(node):
    """All nodes but those that only a type checker sees."""
    yield node
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        children = node.orelse
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        yield from walk(child)


def module_of(dotted):
    """Cut a name that is imported from a module off, so that the module is left."""
    while dotted and dotted not in MODULES:
        dotted = dotted.rpartition(".")[0]
    return dotted or "__init__"


def layer(name, order):
    top = name.partition(".")[0]
    return next((number for number, names in enumerate(order) if top in names), None)


def wrong_direction(name, other):
    """Say why a module must not import another one, or nothing."""
    top, other_top = name.partition(".")[0], other.partition(".")[0]
    if top == other_top or other_top in ANYWHERE or top in ANYWHERE:
        return ""
    orders = [order for order in (NUMERIC + TOP, SYMBOLIC + TOP) if layer(name, order) is not None]
    if not orders:
        return f"{name} stands in no layer; give it its place in tests/test_layers.py"
    places = [(layer(name, order), layer(other, order)) for order in orders]
    if any(above is not None and above < own for own, above in places):
        return ""
    return f"{name} imports {other}, which does not stand above it"


def siblings(name, other):
    package, _, member = name.partition(".")
    other_package, _, other_member = other.partition(".")
    if package != other_package or package not in SIBLINGS or not member:
        return ""
    family, other_family = member.partition(".")[0], other_member.partition(".")[0]
    if not other_family or family == other_family or family in SIBLINGS[package]:
        return ""
    if other_family in SIBLINGS[package]:
        return ""
    return f"{name} imports its sibling {other}"


def complaints(name, source):
    for other in imported(source):
        yield from filter(None, (wrong_direction(name, other), siblings(name, other)))


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name):
    source = MODULES[name].read_text(encoding="utf-8")
    assert list(complaints(name, source)) == []


@pytest.mark.parametrize(
    ("name", "source", "complaint"),
    [
        (
            "model",
            "from bncheck.trial.trial import Trial",
            "model imports trial, which does not stand",
        ),
        ("model", "import bncheck.engine.run", "model imports engine.run, which does not stand"),
        ("formats", "from bncheck import oracle", "formats imports oracle, which does not stand"),
        ("model", "def f():\n    from bncheck.laws import LAWS", "model imports laws, which"),
        ("engine.run", "from bncheck.reports import json", "engine.run imports reports.json"),
        ("derived", "from bncheck.symbolic.algebra import x", "derived imports symbolic.algebra"),
        (
            "symbolic.algebra",
            "from bncheck.truth.derived import forward",
            "symbolic.algebra imports",
        ),
        ("laws.forward", "from bncheck.laws.backward import b", "laws.forward imports its sibling"),
        ("laws.forward", "from bncheck.laws import backward", "laws.forward imports its sibling"),
        ("adapters.homework", "from bncheck.targets import functions", "imports its sibling"),
        ("reports.json", "from bncheck.reports.text import render", "imports its sibling"),
        ("newcomer", "from bncheck.model import Case", "newcomer stands in no layer"),
    ],
)
def test_a_planted_import_is_seen(name, source, complaint):
    assert any(complaint in told for told in complaints(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("model", "if TYPE_CHECKING:\n    from bncheck.trial.trial import Trial"),
        (
            "model",
            "import typing\nif typing.TYPE_CHECKING:\n    from bncheck.trial.trial import Trial",
        ),
        ("cli.verify", "from bncheck.engine import run"),
        ("adapters.homework", "from bncheck.targets import answers"),
        ("reports.text.table", "from bncheck.reports.text import grouping"),
    ],
)
def test_what_may_be_imported_is_not_complained_about(name, source):
    assert list(complaints(name, source)) == []


# -- what no module says ------------------------------------------------------------------------

CALLS = {"print", "eval", "exec", "compile", "__import__", "sympify", "breakpoint"}
MODULES_NOT_USED = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}


def sayings(source):
    """Yield what a library must not do: print, assert, run or unpickle what it is given."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            yield "assert"
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                yield called.id
            if isinstance(called, ast.Attribute) and called.attr == "sympify":
                yield "sympify"
            yield from (k.arg for k in node.keywords if k.arg == "allow_pickle")
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(alias.name for alias in node.names)]
        yield from (n for n in names if n.partition(".")[0] in MODULES_NOT_USED | {"sympify"})


@pytest.mark.parametrize("name", MODULES)
def test_no_module_prints_asserts_or_runs_what_it_reads(name):
    assert list(sayings(MODULES[name].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("print('x')", "print"),
        ("assert x > 0", "assert"),
        ("def f(x):\n    return eval(x)", "eval"),
        ("exec(source)", "exec"),
        ("sympy.sympify(text)", "sympify"),
        ("from sympy import sympify", "sympify"),
        ("import pickle", "pickle"),
        ("np.load(path, allow_pickle=True)", "allow_pickle"),
    ],
)
def test_a_planted_word_is_seen(source, said):
    assert said in list(sayings(source))


def test_methods_that_are_called_so_are_no_offence():
    assert list(sayings("layer.eval(x)\nmodel.compile()\nstyle.print(x)")) == []
