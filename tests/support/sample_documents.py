"""Documents that have every block, nasty texts, and formulas that are too wide for a page."""

from __future__ import annotations

from bncheck.documents.model import (
    Box,
    Code,
    Derivation,
    Document,
    Equation,
    Formula,
    Heading,
    Items,
    Line,
    Link,
    Paragraph,
    Program,
    Reference,
    Strong,
    Table,
    Text,
)

NASTY = (
    "100% of $5 & #1_a {b} ~c ^d \\e <i>f</i> *g* _h_ `i` [j](k) |l| \"m\" 'n' -- --- @o :p: "
    "&amp; \\end{document} #quote[q] </script> ?` !` é ñ ø ß ≤ — “r” γ Σ 驗證 😀"
)
SHORT = r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}"
WIDE = (
    r"\frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} \left(\frac{\partial L}{\partial y_j} - \frac{1}{m}"
    r" \sum_{i=1}^{m} \frac{\partial L}{\partial y_i} - \frac{\hat{x}_j}{m} \sum_{i=1}^{m}"
    r" \frac{\partial L}{\partial y_i} \hat{x}_i\right) + \alpha + \beta - \lambda \rho + \left(x_1"
    r" + x_2\right)^2 - \frac{1}{2} \sum_{i=1}^{m} \left(x_i - \mu\right)^2"
)

CHAIN = Derivation(
    "dL/dx",
    Formula(r"\frac{\partial}{\partial x_j} \sum_{i=1}^{m} \frac{\partial L}{\partial y_i} y_i"),
    (
        Line(Formula(WIDE), "chain rule along xhat, var and mu, and then quite a few more words"),
        Line(Formula(r"\mark{\frac{\gamma}{s}} \left(x_j - \mu\right)"), "collect"),
        Line(Formula(r"s^{-3/2}"), "definition", r"\le", "at m = 2 the left side is 1"),
    ),
    "normal form, all m; SymPy at m = 2 and 3; exact rationals at random points",
    "eq-B01-2",
)
TABLE = Table(
    ((Text("what"),), (Text("formula"),), (Text("verdict"),)),
    tuple(
        (
            (Text(f"row {n} & more words that take some room"),),
            (Formula(SHORT),),
            (Strong("false"),),
        )
        for n in range(60)
    ),
    "Formulas | and verdicts",
)
EVERYTHING = Document(
    "Everything & more: 100%",
    (
        Paragraph((Text("Before any chapter: "), Reference("theorem-B01", "theorem B01"))),
        Heading("A chapter about γ & <things>", 1, "chapter-one"),
        Paragraph((Text(NASTY),), "Label $1"),
        Paragraph(
            (
                Text("See "),
                Reference("eq-B01-1", "the definition"),
                Text(", "),
                Reference("nowhere", "law F16"),
                Text(", "),
                Link("https://arxiv.org/abs/1502.03167", "arXiv:1502.03167"),
                Text(", "),
                Code("x[i] - `mu`"),
                Text(" and "),
                Formula(r"\gamma \ge 0"),
                Text("."),
            )
        ),
        Heading("B01. The gradients", 2, "theorem-B01"),
        Equation(Formula(SHORT), "eq-B01-1", (Text("for every i"),)),
        Equation(Formula(WIDE)),
        CHAIN,
        Items(((Text("one"),), (Text("two "), Formula(r"\sigma^2")))),
        Items(((Text("first"),), (Text("second"),)), ordered=True),
        Heading("", 4),
        TABLE,
        Program(
            "import numpy as np\nx = [1, 2]  # \\end{verbatim} ```\n" + "y = " + "1 + " * 50,
            "python",
        ),
        Box("remark", "On names", (Paragraph((Text(NASTY),)),)),
        Box("practice", "", (Equation(Formula(WIDE), "eq-in-box"),)),
        Box("answer", "Answer", (CHAIN.__class__("q", CHAIN.start, CHAIN.lines[1:2], "points"),)),
        Box("failed", "Not this one", (Paragraph((Text("no"),)), TABLE)),
        Heading("Another chapter", 1),
        Equation(Formula(r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}"), "eq-cases"),
        Paragraph((Text("Back to "), Reference("chapter-one", "the first chapter"))),
    ),
    "A subtitle with <tags> & 100%",
    contents=True,
)
