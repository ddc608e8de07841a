"""True formulas in three notations, and slips made in their text: not with the tool's own edits."""

import re

SHORT = {
    "mean": r"\mu = \frac{1}{m} \sum_{i=1}^m x_i",
    "variance": r"\sigma^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2",
    "one pass": r"\sigma^2 = \frac{1}{m} \sum_{i=1}^m x_i^2 - \mu^2",
    "normalized": r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}",
    "output": r"y_i = \gamma \hat{x}_i + \beta",
    "output at once": r"y_i = \gamma \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta",
    "dxhat": r"D<\hat{x}_i> = D<y_i> \gamma",
    "dvar": r"D<\sigma^2> = -\frac{1}{2} \sum_{i=1}^m D<\hat{x}_i> (x_i - \mu) "
    r"(\sigma^2 + \epsilon)^{-3/2}",
    "dmu": r"D<\mu> = -\frac{1}{\sqrt{\sigma^2 + \epsilon}} \sum_{i=1}^m D<\hat{x}_i>",
    "dx": r"D<x_i> = D<\hat{x}_i> \frac{1}{\sqrt{\sigma^2 + \epsilon}} + "
    r"D<\sigma^2> \frac{2 (x_i - \mu)}{m} + D<\mu> \frac{1}{m}",
    "dx compact": r"D<x_i> = \frac{\gamma}{m \sqrt{\sigma^2 + \epsilon}} (m D<y_i> - "
    r"\sum_{j=1}^m D<y_j> - \hat{x}_i \sum_{j=1}^m D<y_j> \hat{x}_j)",
    "dgamma": r"D<\gamma> = \sum_{i=1}^m D<y_i> \hat{x}_i",
    "dbeta": r"D<\beta> = \sum_{i=1}^m D<y_i>",
}
PAPER = {
    name: re.sub("D<(.*?)>", r"\\frac{\\partial L}{\\partial \1}", text)
    for name, text in SHORT.items()
}
FOLDED = (
    r"y = \frac{\gamma}{\sqrt{\mathrm{Var}[x] + \epsilon}} x + "
    r"(\beta - \frac{\gamma \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}})"
)


def _in_parentheses(text):
    text = re.sub(r"(\\hat\{x\}|[xy])_([ij])", r"\1^{(\2)}", text)
    return re.sub(r"x\^\{\((.)\)\}\^2", r"(x^{(\1)})^2", text).replace(r"\epsilon", r"\varepsilon")


def _of_a_course(text):
    text = re.sub(r"\bm\b", "N", text).replace("x", "z")
    text = text.replace(r"\beta", r"\beta_k").replace(r"\gamma", r"\gamma_k")
    text = text.replace(r"\sigma^2", r"\sigma_{\mathcal{B}}^2")
    return text.replace(r"\mu", r"\mu_{\mathcal{B}}")


NOTATIONS = {"paper": str, "parentheses": _in_parentheses, "course": _of_a_course}
SLIPS = (
    ("sign", r" - ", " + "),
    ("sign", r" \+ ", " - "),
    ("sign", r"= -", "= "),
    ("factor", r"\\frac\{1\}\{(m|N)\} (?=\\sum)", ""),
    ("factor", r"\\frac\{1\}\{(m|N)\}", r"\\frac{2}{\1}"),
    ("factor", r"\\frac\{1\}\{2\} ", ""),
    ("factor", r"(?<!\^)\b2 ", ""),
    ("factor", r"\\gamma(_k)? (?=\\)", ""),
    ("size", r"\\frac\{([^{}]*)\}\{(m|N)\}", r"\\frac{\1}{\2 - 1}"),
    ("size", r"(?<!\^)\b(m|N) (?=\\frac)", r"(\1 - 1) "),
    ("power", r"-3/2", "-1/2"),
    ("power", r"-3/2", "3/2"),
    ("power", r"\)\^2", ")"),
    ("root", r"\\sqrt\{([^{}]*(?:\{[^{}]*(?:\{[^{}]*\})*\})?[^{}]*)\}", r"(\1)"),
    ("eps", r" \+ \\(var)?epsilon", ""),
    ("eps", r" \+ \\((?:var)?epsilon)\}", r"} + \\\1"),
    ("symbol", r"\\hat\{([xz])\}", r"\1"),
    ("symbol", r"\\mu", r"\\beta"),
    ("symbol", r"\\gamma", r"\\beta"),
    ("gradient", r"\\partial y", r"\\partial \\hat{LETTER}"),
    ("gradient", r"\\partial \\hat\{[xz]\}", r"\\partial y"),
    ("gradient", r"\\partial \\mu", r"\\partial \\sigma^2"),
    ("index", r"(?<=y)(_|\^\{\()j", r"\1i"),
    ("sum", r"\\sum_\{.=1\}\^. ", ""),
    ("term", r" [-+] \\mu(_\{\\mathcal\{B\}\})?(\^2)?", ""),
    ("term", r" \+ \\beta(_k)?$", ""),
    ("bracket", r"\((z|x)(.*?) - (.*?)\)\^2", r"\1\2 - \3^2"),
    ("bracket", r"(?<=\} )\((.*)\)$", r"\1"),
)


def mutants():
    """Yield a name, the true formula, and one with a slip on its right side."""
    formulas = {**PAPER, "folded": FOLDED}
    for notation, rewritten in NOTATIONS.items():
        for name, text in formulas.items():
            true = rewritten(text)
            left, right = true.split(" = ", 1)
            seen = set()
            for slip, pattern, new in SLIPS:
                letter = "z" if notation == "course" else "x"
                for match in re.finditer(pattern, right):
                    put = match.expand(new.replace("LETTER", letter))
                    wrong = right[: match.start()] + put + right[match.end() :]
                    if wrong not in seen:
                        seen.add(wrong)
                        yield f"{notation}: {name}: {slip}", true, f"{left} = {wrong}"


def twice():
    """Yield a true formula and one with the same slip at several places."""
    for notation, rewritten in NOTATIONS.items():
        true = rewritten(PAPER["dx compact"])
        size = "N" if notation == "course" else "m"
        left, right = true.split(" = ", 1)
        spread = right.replace(f"{size} \\sqrt", r"\sqrt").replace(f"({size} ", "(")
        for old in ("- \\sum", "- \\hat"):
            spread = spread.replace(old, rf"- \frac{{1}}{{{size}}} {old[2:]}")
        wrong = spread.replace(rf"\frac{{1}}{{{size}}}", rf"\frac{{1}}{{{size} - 1}}")
        yield f"{notation}: size twice", f"{left} = {spread}", f"{left} = {wrong}"
        bare = right.replace(r"\hat{x}", "x").replace(r"\hat{z}", "z")
        yield f"{notation}: hat twice", true, f"{left} = {bare}"
