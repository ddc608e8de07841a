"""Tables made by every rule: never called wrong, and the rule that is named gives every digit."""

from decimal import Decimal, localcontext

import pytest
from printed_tables import PRECISION, keep, number

from bncheck.symbolic.claims.tables import search, verdict
from bncheck.symbolic.claims.tables.columns import table
from bncheck.symbolic.claims.tables.keeping import Keep

SEEDS = 80
WAY = {"rounded": "rounded", "rounded, halves to even,": "even", "cut": "cut"}


def unstated(rng, made, single):
    """Leave eps out now and then."""
    if rng.random() < 0.5:
        return single
    return single | {"eps": str(made.eps)}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_right_table_is_never_called_wrong(seed):
    rng, made, columns, single = number(seed)
    single = unstated(rng, made, single)
    found = verdict.judge_table(table(columns, single))
    assert found.verdict in ("true", "true-if")
    if made.standard and ("eps" in single or not made.eps):
        assert found.verdict == "true"
    rule = search.simplest(table(columns, single))
    with localcontext() as context:
        context.prec = PRECISION
        assert list(contradictions(rule, columns, single)) == []


def contradictions(rule, columns, single):
    """Compute a table again by the rule that was named, with decimals: what comes out otherwise."""
    kept = dict(rule.kept)
    x = [exact(t) for t in columns["x"]]

    def cells(name):
        return [single[name]] if name in single else columns.get(name, [])

    def use(name, values, final=False):
        choice = kept.get(name, "exact")
        after = values
        if isinstance(choice, Keep):
            after = [keep(v, choice.digits, WAY[choice.mode], choice.kind) for v in values]
        others = [*zip(values, after, cells(name), strict=True)] if cells(name) else []
        for value, rounded, text in others:
            if not any(printed_so(v, text, name in rule.cut) for v in (value, rounded)):
                wrong.append((name, value, text))
        return [exact(t) for t in cells(name)] if choice == "printed" else after

    wrong = []
    m = len(x)
    (mean,) = use("mu", [sum(x) / m])
    deviations = use("xmu", [v - mean for v in x])
    squares = use("xmu2", [v * v for v in deviations])
    exact_mean = sum(x) / m
    total = {
        "same": sum(squares),
        "apart": sum((v - exact_mean) ** 2 for v in x),
        "one pass": sum(v * v for v in x) - m * mean**2,
    }[rule.source]
    (var,) = use("var", [total / (m - rule.bessel)])
    eps = some_eps(rule)
    root = (var + eps).sqrt()
    if rule.bare:
        assert printed_so(var.sqrt(), single["std"], "std" in rule.cut)
        std = exact(single["std"]) if kept.get("std") == "printed" else root
    else:
        (std,) = use("std", [root])
    (inverse,) = use("inv", [1 / std])
    quotients = [v * inverse if "inv" in kept else v / std for v in deviations]
    xhat = use("xhat", quotients)
    use("y", [exact(single.get("gamma", "1")) * v + exact(single.get("beta", "0")) for v in xhat])
    return wrong


def exact(text):
    above, _, below = text.partition("/")
    return Decimal(above) / Decimal(below or 1)


def some_eps(rule):
    """Return an eps that the rule names: one that people use, or the middle of those that fit."""
    if rule.eps is not None:
        return Decimal(rule.eps.numerator) / rule.eps.denominator
    low = rule.span.low
    high = low + 1 if rule.span.high is None else rule.span.high
    middle = (low + high) / 2
    return Decimal(middle.numerator) / middle.denominator


def printed_so(value, text, cut):
    """Whether a number is printed as this text; what is as good as a tie goes either way."""
    unit = Decimal(1).scaleb(Decimal(text).as_tuple().exponent)
    off = abs(value - Decimal(text))
    tiny = unit.scaleb(-40)
    if not cut:
        return off <= unit / 2 + tiny
    if Decimal(text) == 0:
        return off < unit
    return off < unit and (off <= tiny or (abs(value) > abs(Decimal(text))))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_changed_cell_is_never_right(seed):
    rng, made, columns, single = number(seed)
    single |= {"eps": str(made.eps)}
    change(rng, columns, single)
    found = verdict.judge_table(table(columns, single))
    assert found.verdict != "true"
    if found.repair is not None:
        place, _, value = found.repair.corrected.partition(" = ")
        column = place.split()[-1]
        row = int(place.split()[1]) - 1 if place.startswith("row") else 0
        cells = columns[column] if column in columns else [single[column]]
        cells[row] = value
        if column in single:
            single[column] = value
        assert verdict.judge_table(table(columns, single)).verdict in ("true", "true-if")


def change(rng, columns, single):
    """Change one printed cell by some units of its last digit."""
    names = [n for n in (*columns, *single) if n not in ("x", "gamma", "beta", "eps")]
    name = rng.choice(names)
    cells = columns[name] if name in columns else [single[name]]
    row, off = rng.randrange(len(cells)), rng.choice((2, 3, 5, 10))
    mantissa, mark, exponent = cells[row].partition("e")
    unit = Decimal(1).scaleb(Decimal(mantissa).as_tuple().exponent)
    cells[row] = f"{Decimal(mantissa) + rng.choice((-1, 1)) * off * unit:f}{mark}{exponent}"
    if name in single:
        single[name] = cells[row]


def test_most_changed_cells_are_called_wrong():
    """A rule that explains everything says nothing."""
    verdicts = []
    for seed in range(60):
        rng, made, columns, single = number(1000 + seed)
        single |= {"eps": str(made.eps)}
        change(rng, columns, single)
        verdicts.append(verdict.judge_table(table(columns, single)))
    assert sum(v.verdict == "false" for v in verdicts) > 50
