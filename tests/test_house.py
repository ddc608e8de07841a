"""The house: what may import what, and what no module of the library may say.

Read from the source, so that an import inside a function or under ``TYPE_CHECKING`` counts too.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bncheck"

# From the top down: a module imports from layers above its own, and inside its own. A name stands
# for a module or for a whole package; those on one line do not import one another.
NUMERIC = [
    {"version", "errors", "terminal"},
    {"files", "arguments", "progress", "blaming"},
    {"model"},
    {"truth"},
    {"cases"},
    {"trial"},
    {"laws"},
    {"deviations"},
    {"targets"},
    {"fingerprint", "diagnosis", "known"},
    {"engine"},
    {"killtable", "scoreboard"},
    {"lab"},
]
SYMBOLIC = [
    {"version", "errors", "terminal"},
    {"files", "arguments", "progress", "blaming"},
    {"symbolic"},
    {"documents"},
]
TOP = [
    {"reports"},
    {"api"},
    {"configuration"},
    {"cli"},
    {"pytest_plugin", "__main__"},
]

# Inside a room, likewise from the top down.
INSIDE = {
    "model": [
        {"formats"},
        {"arrays", "keys", "norm"},
        {"convention"},
        {"case", "layer", "report", "shard"},
        {"implementation"},
    ],
    "truth": [{"derived", "rounding"}, {"oracle", "conventions"}],
    "trial": [
        {"asking", "activation", "truths"},
        {"trial", "shelter"},
        {"law", "probes", "sums"},
        {"residuals", "raw"},
    ],
}

# Members of these packages are siblings that do not know one another; the listed ones are what
# the siblings share.
SIBLINGS = {
    "laws": set(),
    "reports": {"common"},
    "targets": {"common", "loading", "profiles"},
}
# Keras runs on torch or on JAX, and uses what is known about them.
BUILT_ON = {("targets.keras", "targets.jax"), ("targets.keras", "targets.torch")}


def modules():
    """All modules of the library, by their dotted names without ``bncheck``."""
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield dotted.removesuffix(".__init__") if dotted != "__init__" else dotted, path


MODULES = dict(modules())


def imported(source):
    """Yield the modules of bncheck that a source imports, without ``bncheck``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [a.value for a in node.args if isinstance(a, ast.Constant)]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root == "bncheck":
                yield module_of(rest)


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
    if other == "__init__":
        return "" if name == "__init__" else f"{name} imports the package itself: ask who has it"
    if top == "__init__" or top == other_top:
        return ""
    orders = [order for order in (NUMERIC + TOP, SYMBOLIC + TOP) if layer(name, order) is not None]
    if not orders:
        return f"{name} stands in no layer; give it its place in tests/test_house.py"
    places = [(layer(name, order), layer(other, order)) for order in orders]
    if any(above is not None and above < own for own, above in places):
        return ""
    return f"{name} imports {other}, which does not stand above it"


def inside(name, other):
    """Say why a module must not import another one of its room, or nothing."""
    (room, _, member), (other_room, _, other_member) = name.partition("."), other.partition(".")
    if room != other_room or room not in INSIDE or not member or not other_member:
        return ""
    own, above = layer(member, INSIDE[room]), layer(other_member, INSIDE[room])
    if own is None:
        return f"{name} has no place in its room; give it one in tests/test_house.py"
    if member.partition(".")[0] == other_member.partition(".")[0]:
        return ""
    return "" if above is not None and above < own else f"{name} imports {other}, not above it"


def siblings(name, other):
    (room, _, member), (other_room, _, other_member) = name.partition("."), other.partition(".")
    if room != other_room or room not in SIBLINGS or not member or not other_member:
        return ""
    family, other_family = member.partition(".")[0], other_member.partition(".")[0]
    if family == other_family or other_family in SIBLINGS[room]:
        return ""
    if (f"{room}.{family}", f"{room}.{other_family}") in BUILT_ON:
        return ""
    # `loading` names the nodes of a model before anything is adapted
    if family in SIBLINGS[room] and name == "targets.loading":
        return ""
    return f"{name} imports its sibling {other}"


def complaints(name, source):
    for other in imported(source):
        told = (wrong_direction(name, other), inside(name, other), siblings(name, other))
        yield from filter(None, told)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name):
    source = MODULES[name].read_text(encoding="utf-8")
    assert list(complaints(name, source)) == []


def circles(graph):
    """Return the circles of a graph: sets of files each of which reaches each other one."""
    reach = {name: set(others) for name, others in graph.items()}
    grown = True
    while grown:
        grown = False
        for others in reach.values():
            more = set().union(*(reach[o] for o in others)) - others if others else set()
            others |= more
            grown = grown or bool(more)
    return {
        frozenset(o for o in reach[name] | {name} if name in reach[o])
        for name in reach
        if name in reach[name]
    }


def test_there_is_no_circle_of_files():
    graph = {
        name: set(imported(path.read_text(encoding="utf-8"))) - {name}
        for name, path in MODULES.items()
    }
    assert circles(graph) == set()


def test_a_planted_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == set()
    late = "if TYPE_CHECKING:\n    from bncheck.engine import run"
    assert list(imported(late)) == ["engine.run"]
    assert list(imported("def f():\n    from bncheck.engine import run")) == ["engine.run"]
    assert list(imported("import_module('bncheck.engine.run')")) == ["engine.run"]


@pytest.mark.parametrize(
    ("name", "source", "complaint"),
    [
        ("model.case", "from bncheck.trial.trial import Trial", "does not stand above it"),
        ("model.case", "import bncheck.engine.run", "engine.run, which does not stand above it"),
        ("model.case", "from bncheck.model.report import Report", "model.report, not above it"),
        ("truth.rounding.ball", "from bncheck.truth import oracle", "truth.oracle, not above it"),
        ("trial.trial", "from bncheck.trial.law import Law", "trial.law, not above it"),
        ("trial.newcomer", "from bncheck.trial.law import Law", "has no place in its room"),
        ("model.case", "def f():\n    from bncheck.laws import LAWS", "case imports laws, which"),
        ("model.case", "if TYPE_CHECKING:\n    from bncheck.laws import LAWS", "imports laws"),
        ("engine.run", "from bncheck.reports import json", "engine.run imports reports.json"),
        ("engine.run", "from bncheck import verify", "imports the package itself"),
        ("truth.derived", "from bncheck.symbolic.algebra import x", "imports symbolic.algebra"),
        ("symbolic.algebra", "from bncheck.truth.derived import forward", "imports truth.derived"),
        ("laws.forward", "from bncheck.laws.backward import b", "laws.forward imports its sibling"),
        ("laws.forward", "from bncheck.laws import backward", "laws.forward imports its sibling"),
        ("targets.plain.homework", "from bncheck.targets.torch import tools", "its sibling"),
        ("targets.mlx", "import_module('bncheck.targets.torch.tools')", "its sibling"),
        ("reports.json", "from bncheck.reports.text import render", "imports its sibling"),
        ("newcomer", "from bncheck.model import Case", "newcomer stands in no layer"),
    ],
)
def test_a_planted_import_is_seen(name, source, complaint):
    assert any(complaint in told for told in complaints(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("cli.verify", "from bncheck.engine import run"),
        ("targets.plain.homework", "from bncheck.targets.common import answers"),
        ("targets.plain.homework", "from bncheck.targets.plain import plan"),
        ("targets.keras.jax", "from bncheck.targets.jax import tools"),
        ("reports.text.table", "from bncheck.reports.text import grouping"),
    ],
)
def test_what_may_be_imported_is_not_complained_about(name, source):
    assert list(complaints(name, source)) == []


def folders(place):
    return {p.name for p in place.iterdir() if p.is_dir() and any(p.rglob("*.py"))}


def test_the_picture_shows_the_rooms_that_there_are():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    picture = page.split("```")[1]
    shown = set(re.findall(r"\b([a-z_]+)/", picture))
    assert folders(PACKAGE) - shown == set(), "rooms that the picture lacks"
    there = folders(PACKAGE) | folders(ROOT) | {p.parent.name for p in PACKAGE.rglob("*.py")}
    assert shown - there - {"docs"} == set(), "rooms that the picture invents"


def test_pages_name_places_that_there_are():
    for page in ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "proofs/README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named = re.findall(r"`((?:bncheck|tests|docs|benchmarks|examples|proofs)/[\w./-]*)`", text)
        assert [place for place in named if not (ROOT / place).exists()] == []


def test_tests_mirror_the_library():
    places = {p.parent.relative_to(ROOT / "tests") for p in (ROOT / "tests").rglob("test_*.py")}
    strange = {
        str(place)
        for place in places
        if str(place) not in (".", "docs", "docs/findings") and not (PACKAGE / place).is_dir()
    }
    assert strange == set()
    assert not list((ROOT / "tests").rglob("__init__.py")), "tests/.../torch must not shadow torch"


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
