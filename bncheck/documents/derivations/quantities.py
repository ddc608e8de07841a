r"""Names for the mean, the variance and the normalized values of what is not x; and for the loss.

What is normalized gets a letter, z where it is free, and they are \mu_z, \sigma_z^2 and \hat z.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bncheck.documents.derivations.letters import Letters
from bncheck.documents.derivations.measure import GRADIENTS
from bncheck.documents.derivations.outlines import (
    Local,
    Outline,
    defined,
    opened,
    outline,
    printed,
    put,
)
from bncheck.symbolic.expression import (
    Add,
    Derivative,
    Element,
    Expr,
    Mul,
    Named,
    Power,
    Sum,
    Symbol,
    free_indices,
)
from bncheck.symbolic.printers.formula import is_usual
from bncheck.symbolic.printers.notation import Spelling
from bncheck.symbolic.trees import walk
from bncheck.symbolic.vocabulary import dy, eps

USUAL_LETTERS = {"xhat": r"\hat{x}", "y": "y", "dx": "g"}
LOSS = "the loss"


def natural(exprs: Iterable[Expr], letters: Letters) -> list[Local]:
    """Return local names for the quantities of the field that these expressions have."""
    exprs = list(exprs)
    found: dict[Outline, Local] = {}
    quantities = [
        (named, argument)
        for named in _quantities(exprs)
        if (argument := _argument(named)) is not None and free_indices(argument)
    ]
    for _, argument in sorted(quantities, key=lambda pair: len(list(printed(pair[1])))):
        _letter(argument, found, letters)  # the simplest is z
    for named, argument in quantities:
        base = _letter(argument, found, letters)
        body = opened(named.body)
        key = outline(body)[0]
        if key not in found:
            spelling = _spelled(named, base, letters)
            local = defined(body, f"{named.name} of {base} {len(found)}", spelling)
            found[key] = replace(local, role=named.name, of=base)
    loss = next(_losses(map(opened, exprs)), None)
    if loss is not None:
        found[outline(loss)[0]] = defined(loss, LOSS, Spelling(_of_loss(loss, exprs, letters)))
    return in_terms_of_one_another(found.values())


def _of_loss(loss: Expr, exprs: list[Expr], letters: Letters) -> str:
    r"""Return L, but another letter where ``\partial L`` is printed and is not of this loss."""
    own = any(isinstance(n, Symbol) and n.name == "L" for e in exprs for n in walk(e))
    gradients = any(
        isinstance(n, Named | Element) and n.name in GRADIENTS
        for expr in exprs
        for n in printed(opened(expr))
    )
    if not own and (is_any_loss(loss) or not gradients):
        return "L"
    return "K" if letters.asked("K") else letters.scalar()


def is_any_loss(loss: Expr) -> bool:
    """Whether it is <dy, y>, whose gradients are those of any loss."""
    match loss:
        case Sum(_, Mul(factors)):
            rest = [each for each in factors if not _is_dy(each)]
            inside = (node for each in rest for node in printed(each))
            return len(rest) == len(factors) - 1 and not any(
                isinstance(node, Named | Element) and node.name in GRADIENTS for node in inside
            )
    return False


def _is_dy(node: Expr) -> bool:
    return isinstance(node, Element) and node.name == dy.name


def _quantities(exprs: Iterable[Expr]) -> Iterator[Named]:
    """Yield the named quantities that are not those of x, what is inside first."""
    for expr in exprs:
        for node in reversed(list(walk(expr))):
            if not isinstance(node, Named) or node.name not in ("mu", "var", "xhat"):
                continue
            if not is_usual(node.name, node.indices, node.body):
                yield node


def _argument(named: Named) -> Expr | None:
    """Return what a mean is of; of a variance and of normalized values, what their mean is of."""
    if named.name != "mu":
        means = (n for n in walk(named.body) if isinstance(n, Named) and n.name == "mu")
        inside = next(means, None)
        return None if inside is None else _argument(inside)
    match named.body:
        case Mul((Sum(_, body), Power(Symbol(), _))):
            return opened(body)
    return None


def _letter(argument: Expr, found: dict[Outline, Local], letters: Letters) -> str:
    """Return the letter of what is normalized; a new one where it has none."""
    if isinstance(argument, Element) and len(argument.indices) == 1:
        return argument.name
    if isinstance(argument, Named) and argument.name in USUAL_LETTERS:
        return USUAL_LETTERS[argument.name]
    key = outline(argument)[0]
    if key not in found:
        spelling = Spelling(letters.vector())
        found[key] = defined(argument, f"the vector {spelling.base}", spelling)
    return found[key].spelling.base


def _spelled(named: Named, base: str, letters: Letters) -> Spelling:
    if named.name == "mu":
        wanted = Spelling(r"\mu", base)
    elif named.name == "var":
        wanted = Spelling(r"\sigma", base, "2")
    else:
        accent = r"\hat" if _eps(named) == eps else r"\tilde"
        wanted = Spelling(f"{accent}{{{base}}}")
    if base.startswith("\\") and named.name == "xhat":
        wanted = Spelling(letters.vector())
    return letters.decorated(wanted) or Spelling(
        letters.vector() if named.name == "xhat" else letters.scalar()
    )


def _eps(named: Named) -> Expr | None:
    """Return what is added to the variance under the root."""
    for node in named.body.children:
        match node:
            case Power(Add((Named(), added)), _):
                return added
    return None


def _losses(exprs: Iterable[Expr]) -> Iterator[Expr]:
    """Yield what derivatives are taken of, where it is a number that is a sum."""
    for expr in exprs:
        for node in printed(expr):
            if not isinstance(node, Derivative) or free_indices(node.body):
                continue
            if isinstance(node.body, Sum | Add):
                yield node.body


def in_terms_of_one_another(found: Iterable[Local]) -> list[Local]:
    """Return the names with bodies that are written in those before."""
    done: list[Local] = []
    for local in found:
        body = local.body
        for other in done:
            body = put(body, other)
        done.append(replace(local, body=body))
    return done
