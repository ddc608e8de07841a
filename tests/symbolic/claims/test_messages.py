"""What is said about a claim of each kind, character by character."""

import golden_files

from bncheck.symbolic.claims.files import judge_file, lines

CLAIMS = {
    "shown": r"y_i = \gamma \hat{x}_i + \beta + 7 \epsilon",
    "shown-twice": r"y_i = \gamma^2 \hat{x}_i + 2 \beta",
    "hidden": r"\frac{1}{m} \sum_i \hat{x}_i^2 = 1",
    "sign": r"\sqrt{\gamma^2} = \gamma",
    "domain": r"\frac{m - 2}{m - 2} = 1",
    "domain-and-value": r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}",
    "partial": r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}",
    "total": r"\frac{\partial L}{\partial x_j} = "
    r"\sum_i \frac{\partial L}{\partial y_i} \frac{\partial y_i}{\partial x_j}",
    "neither": r"\frac{\partial y_i}{\partial x_i} = \frac{2 \gamma}{\sqrt{\sigma^2 + \epsilon}}",
    "update": r"\sigma^2_{run} \leftarrow (1 - a) \sigma^2_{run} + \frac{a m}{m - 1} \sigma_B^2",
    "wrong-update": r"\mu_{run} = 0.9 \mu_{run} + 0.2 \mu_B",
    "mixed-update": r"\mu_{run} = 0.9 \mu_{run} + 0.1 \sigma_B^2",
    "no-update": r"x = x - \mu",
    "definition": r"\mu := \frac{1}{m} \sum_i x_i",
    "new-symbol": r"\rho := \frac{\sigma^2}{\sigma^2 + \epsilon}",
    "nonnegative": r"\sigma^2 \ge 0",
    "theorem": r"\hat{x}_i^2 \le m - 1",
    "strict": r"\hat{x}_i^2 < m - 1",
    "refuted": r"\hat{x}_i \le 3",
    "open": r"\sqrt{\sigma^2 + \epsilon} \le \sqrt{\sigma^2} + \sqrt{\epsilon}",
}


def test_what_is_said_about_each_kind(tmp_path, monkeypatch):
    monkeypatch.setattr("bncheck.symbolic.claims.judge.repaired", lambda *sides: None)
    path = tmp_path / "claims.toml"
    entries = "[[claim]]\nid = '{}'\nsource = ''\nlatex = '{}'\n"
    path.write_text("".join(entries.format(*claim) for claim in CLAIMS.items()))
    told = "\n".join(line for one in judge_file(path) for line in lines(one))
    golden_files.check("claims.txt", told + "\n")
