"""True formulas as pages print them, of each kind that has a verdict of its own."""

SQUARES = "a sum of squares and of what is positive"
ROOT = r"\sqrt{\sigma^2 + \epsilon}"
DX2 = r"\sum_i (\frac{\partial L}{\partial x_i})^2"
DY2 = r"\sum_i (\frac{\partial L}{\partial y_i})^2"
CAUCHY = "Cauchy and Schwarz, as in theorem F14"

VARIANCE = r"\sigma^2_{\text{running}}"

INEQUALITIES = [
    (r"\sigma^2 \ge 0", SQUARES),
    (r"\sigma^2 + \epsilon > 0", SQUARES),
    (rf"{ROOT} > \sqrt{{\sigma^2}}", SQUARES),
    (rf"\frac{{1}}{{{ROOT}}} \le \frac{{1}}{{\sqrt{{\epsilon}}}}", SQUARES),
    (r"0 \le \frac{\sigma^2}{\sigma^2 + \epsilon} < 1", SQUARES),
    (r"\sum_i \hat{x}_i^2 \le m", SQUARES),
    (r"\mathrm{Var}[\hat{x}] < 1", SQUARES),
    (r"\mathrm{E}[x]^2 \le \mathrm{E}[x^2]", SQUARES),
    (r"(\sum_i x_i)^2 \le m \sum_i x_i^2", SQUARES),
    (r"\mathrm{E}[\hat{x}^4] \ge \mathrm{E}[\hat{x}^2]^2", SQUARES),
    (r"m \ge 1", SQUARES),
    (r"\hat{x}_i^2 \le m - 1", "theorem F13"),
    (r"\hat{x}_i^2 < m", "theorem F13"),
    (r"|\hat{x}_i| \le \sqrt{m - 1}", "theorem F13"),
    (r"-\sqrt{m - 1} \le \hat{x}_i \le \sqrt{m - 1}", "theorem F13"),
    (r"(x_i - \mu)^2 \le (m - 1) \sigma^2", "theorem F13"),
    (r"\hat{x}_i^2 \le \frac{(m - 1) \sigma^2}{\sigma^2 + \epsilon}", "theorem F13"),
    (r"(y_i - \beta)^2 \le \gamma^2 (m - 1)", "theorem F13"),
    (r"(\hat{x}_i - \hat{x}_j)^2 \le 2 m", "theorem F14"),
    (r"\frac{1}{m} \sum_i \hat{x}_i^4 \le m", SQUARES),
    (r"\mathrm{E}[\hat{x}^3] \le m", "theorem F15"),
    (r"x_i^2 \le \sum_j x_j^2", SQUARES),
    (r"\sum_i |\hat{x}_i| \le m", f"{CAUCHY}; {SQUARES}"),
    (rf"{DX2} \le \frac{{\gamma^2}}{{\sigma^2 + \epsilon}} {DY2}", "theorem B09"),
    (rf"{DX2} \le \frac{{\gamma^2}}{{\epsilon}} {DY2}", "theorem B09"),
]
"""Each with what it is proved from."""

UPDATES = [
    rf"{VARIANCE} \leftarrow (1 - \alpha) \cdot {VARIANCE} + \alpha \cdot \sigma^2_\mathcal{{B}}",
    r"\mu_{run} = 0.9 \mu_{run} + 0.1 \mu_B",
    r"\mu_{run} := 0.99 \mu_{run} + (1 - 0.99) \mu",
    r"\mu_{run} \gets \mu_{run} + \alpha (\mu_B - \mu_{run})",
    r"\mu_{run} \leftarrow \mu_{run} - \alpha (\mu_{run} - \mu_B)",
    r"\mu_{run} \leftarrow \frac{(t - 1) \mu_{run} + \mu_B}{t}",
    r"\mu_{run} \leftarrow \frac{9 \mu_{run} + \mu_B}{10}",
    r"\mu_{\text{moving}} \leftarrow p \mu_{\text{moving}} + (1 - p) \mu_{\text{batch}}",
    r"\mu_{ema} = \beta \mu_{ema} + (1 - \beta) \bar{x}",
    r"\mu_{run} = \rho \mu_{run} + \frac{1 - \rho}{m} \sum_i x_i",
    r"\mu_{new} = (1 - \alpha) \mu_{old} + \alpha \mu_B",
    r"\mu_t = 0.99 \mu_{t-1} + 0.01 \mu_B",
    r"\mu_{run}^{(t)} = (1 - \alpha) \mu_{run}^{(t-1)} + \alpha \mu_B^{(t)}",
    r"\mu = 0.9 \mu + 0.1 \mu_B",
    r"r_t = (1 - a) r_{t-1} + a s_t",
    r"r_{t+1} = (1 - a) r_t + a s",
    r"\hat\mu \leftarrow (1 - \eta) \hat\mu + \eta \mu_B",
    r"\hat{\sigma}^2 \leftarrow (1 - \eta) \hat{\sigma}^2 + \eta \sigma_B^2",
    r"\text{moving\_mean} = \text{moving\_mean} \text{momentum} + \mu_B (1 - \text{momentum})",
    r"\text{running\_var} = 0.9 \text{running\_var} + 0.1 \text{batch\_var}",
]
UNBIASED = [
    r"\sigma^2_{run} \leftarrow (1 - a) \sigma^2_{run} + a \frac{m}{m-1} \sigma_B^2",
    r"\sigma^2_{run} = 0.9 \sigma^2_{run} + 0.1 \frac{1}{m-1} \sum_i (x_i - \mu)^2",
    r"\hat{\sigma}^2 \leftarrow (1 - \eta) \hat{\sigma}^2 + \frac{\eta N}{N-1} \sigma_B^2",
]

EQUATIONS = [
    r"\mu = \frac{1}{m} \sum_i x_i",
    r"\sigma^2 = \frac{1}{m} \sum_i (x_i - \mu)^2",
    r"\sigma^2 = \frac{1}{m} \sum_i x_i^2 - \mu^2",
    rf"\hat{{x}}_i = \frac{{x_i - \mu}}{{{ROOT}}}",
    r"y_i = \gamma \hat{x}_i + \beta",
    r"\frac{1}{m-1} \sum_i (x_i - \mu)^2 = \frac{m}{m-1} \sigma^2",
    rf"\frac{{\partial L}}{{\partial x_i}} = \frac{{\gamma}}{{m {ROOT}}} "
    r"( m \frac{\partial L}{\partial y_i} - \sum_j \frac{\partial L}{\partial y_j} "
    r"- \hat{x}_i \sum_j \frac{\partial L}{\partial y_j} \hat{x}_j )",
    r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} "
    r"\frac{\partial \hat{x}_i}{\partial x_i} + \frac{\partial L}{\partial \sigma^2} "
    r"\frac{\partial \sigma^2}{\partial x_i} + \frac{\partial L}{\partial \mu} "
    r"\frac{\partial \mu}{\partial x_i}",
    rf"\frac{{\partial \hat{{x}}_i}}{{\partial x_j}} = \frac{{1}}{{{ROOT}}} "
    r"(\delta_{ij} - \frac{1}{m} - \frac{\hat{x}_i \hat{x}_j}{m})",
    rf"\frac{{\partial y_i}}{{\partial x_i}} = \frac{{\gamma}}{{{ROOT}}}",
    r"\mathrm{Var}[\frac{x - \mu}{\sqrt{\sigma^2}}] = 1",
    r"\sum_i \hat{x}_i^2 = \frac{m \sigma^2}{\sigma^2 + \epsilon}",
    r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2}{m} (x_i - \mu)",
    r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} \hat{x}_i",
    r"\frac{\gamma^2 + \mu^2}{\sqrt{\gamma^2 + \mu^2}} = \sqrt{\gamma^2 + \mu^2}",
    r"\frac{y_i - \beta}{\gamma} = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}",
]
