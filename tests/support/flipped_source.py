"""Flips every sign in the source of a proof, one at a time, and says what is still proved.

For all proofs (some minutes): ``python -m tests.symbolic.flipped_source``. What survives should
be as true as before: the sign of an unknown shift, of a term that is zero, of a random range.
"""

import ast
import sys
from collections.abc import Iterator

from bncheck.symbolic.library import folder, stems
from bncheck.symbolic.theorem import check


def signs(tree: ast.AST) -> list[ast.AST]:
    """Return the sums, differences and negations of a module."""
    return [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub))
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub))
    ]


class _Flip(ast.NodeTransformer):
    def __init__(self, target: ast.AST) -> None:
        self.target = target

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if node is not self.target:
            return node
        if isinstance(node, ast.UnaryOp):
            return node.operand
        assert isinstance(node, ast.BinOp)
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return ast.copy_location(ast.BinOp(node.left, other, node.right), node)


def flipped(source: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield where a sign was flipped, and the module."""
    for number in range(len(signs(ast.parse(source)))):
        tree = ast.parse(source)
        target = signs(tree)[number]
        where = f"line {target.lineno}: {ast.unparse(target)}"
        yield where, ast.fix_missing_locations(_Flip(target).visit(tree))


def is_proved(tree: ast.Module, name: str) -> bool:
    """Whether the theorem of a module is still proved; one that cannot be made is not."""
    namespace: dict[str, object] = {"__name__": name}
    try:
        exec(compile(tree, name, "exec"), namespace)  # our own proofs
        return all(c.refuted is None for c in check(namespace["theorem"]))
    except Exception:  # a proof that cannot be read is red too
        return False


def survivors(stem: str) -> list[str]:
    """Return the flipped signs of a proof with which it is still proved."""
    source = (folder() / f"{stem}.py").read_text(encoding="utf-8")
    return [where for where, tree in flipped(source) if is_proved(tree, stem)]


if __name__ == "__main__":
    for stem in sys.argv[1:] or stems():
        for where in survivors(stem):
            sys.stdout.write(f"{stem}, {where}\n")
