"""True formulas in the spellings that people use."""

TRUE = [
    # delimiters, environments, labels, comments
    r"$\mu = \frac{1}{m}\sum_{i=1}^{m} x_i$",
    r"$$ y_i = \gamma \hat{x}_i + \beta. $$",
    r"\[ \sigma^2 = \frac1m \sum_i (x_i - \mu)^2 \]",
    r"\begin{equation} \label{eq:bn} y_i = \gamma\hat{x}_i + \beta \tag{3} \end{equation}",
    r"""\begin{align*}
        \mu_B &= \frac{1}{m} \sum_{i=1}^m x_i, \\ % the mean
        \sigma_B^2 &= \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2, \\
        \hat{x}_i &= \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}, \nonumber \\
        y_i &= \gamma \hat{x}_i + \beta.
    \end{align*}""",
    r"\begin{aligned} \sigma^2 &= \frac1m \sum_i (x_i-\mu)^2 \\ &= \frac1m \sum_i x_i^2 - \mu^2"
    r"\end{aligned}",
    r"\begin{gather} \mu = \frac1N \sum_n x_n \\ y_n = \gamma \hat{x}_n + \beta \end{gather}",
    r"\left\{\begin{aligned} \mu &= \frac1m\sum_i x_i \\ y_i &= \gamma\hat{x}_i + \beta"
    r"\end{aligned}\right.",
    r"\begin{cases} \mu = \frac1m\sum_i x_i \\ y_i = \gamma\hat{x}_i + \beta \end{cases}",
    r"\boxed{ \frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} }",
    r"\begin{split} y_i &= \gamma \hat{x}_i \\ &\quad + \beta \end{split}",
    # equation numbers, ranges, conditions
    r"y_i = \gamma \hat{x}_i + \beta \qquad (2.1)",
    r"y_i = \gamma \hat{x}_i + \beta, \quad i = 1, \dots, m",
    r"y_i = \gamma \hat{x}_i + \beta \quad \text{for all } i",
    r"y_i = \gamma \hat{x}_i + \beta \qquad \forall i \in \{1, \ldots, m\}",
    r"y_i = \hat{x}_i \quad \text{if } \gamma = 1, \beta = 0",
    r"\text{For } \gamma = 1, \beta = 0 \text{ we have } y_i = \hat{x}_i",
    r"\gamma = 1 \Rightarrow \frac{\partial L}{\partial \hat{x}_i} = "
    r"\frac{\partial L}{\partial y_i}",
    r"\hat{x}_i = \frac{x_i - \mu}{s}, \quad s = \sqrt{\sigma^2 + \epsilon}",
    r"\hat{x}_i = \frac{c_i}{s} \text{ where } c_i = x_i - \mu \text{ and } "
    r"s = \sqrt{\sigma^2+\epsilon}",
    r"\gamma = \sqrt{\sigma^2+\epsilon},\ \beta = \mu \Rightarrow y_i = x_i",
    r"\begin{aligned} \mu &= \frac1m\sum_i x_i && \text{(mini-batch mean)} \\ y_i &= \gamma"
    r"\hat{x}_i + \beta && \text{// output} \end{aligned}",
    r"\mu = \frac1m\sum_i x_i \qquad \text{batch mean}",
    # indices
    r"y_{i,j} = \gamma_j \hat{x}_{i,j} + \beta_j",
    r"y_{ij} = \gamma_j \hat{x}_{ij} + \beta_j",
    r"\mu_j = \frac1m \sum_{i=1}^m x_{ij}",
    r"\mu = \frac1m \sum_i x_{i,c}",
    r"y_i^{(k)} = \gamma^{(k)} \hat{x}_i^{(k)} + \beta^{(k)}",
    r"\hat{x_i} = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}",
    r"\mathbf{\hat{x}}_i = \frac{\mathbf{x}_i - \boldsymbol{\mu}}"
    r"{\sqrt{\boldsymbol{\sigma}^2 + \epsilon}}",
    r"\mu_{\mathcal{B}} \leftarrow \frac{1}{m} \sum_{i=1}^m x_i",
    r"\mu_B = \frac{1}{|B|} \sum_{x \in B} x",
    r"\mu_{\mathcal B} = \frac{1}{|\mathcal{B}|} \sum_{i \in \mathcal{B}} x_i",
    r"\sigma_B^2 = \frac{1}{|B|} \sum_{x \in B} (x - \mu_B)^2",
    r"\mu = \frac1m \sum_{i=0}^{m-1} x_i",
    r"\mu = \frac1m \sum\limits_{i=1}^m x_i",
    # operators and words
    r"\mathbb{E}[\hat{x}] = 0",
    r"\mathrm{Var}(x) = \mathbb{E}[x^2] - \mathbb{E}[x]^2",
    r"\operatorname{Var}[x] = \mathbb{E}[(x - \mathbb{E}[x])^2]",
    r"y = \frac{x - \mathrm{E}[x]}{\sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma + \beta",
    r"y_i = BN_{\gamma,\beta}(x_i)",
    r"y_i = \text{BN}(x_i)",
    r"\nabla_{\beta} L = \sum_i \nabla_{y_i} L",
    r"\partial L / \partial \beta = \sum_i \partial L / \partial y_i",
    r"\mathrm{dxhat}_i = \gamma \cdot \mathrm{dout}_i",
    r"\hat{x}_i = \text{xmu}_i \cdot \text{ivar}",
    r"dgamma = \sum_i dout_i \hat{x}_i",
    r"|\gamma| = \sqrt{\gamma^2}",
    r"|\gamma||\beta| = |\gamma\beta|",
    r"||\hat{x}||^2 = \frac{m \sigma^2}{\sigma^2+\epsilon}",
    r"\left|\left|\hat{x}\right|\right|^2 = \frac{m \sigma^2}{\sigma^2+\epsilon}",
    # Unicode
    "μ = 1/m Σᵢ xᵢ",
    "x̂ᵢ = (xᵢ − μ) / √(σ² + ε)",
    "∂L/∂β = ∑ᵢ ∂L/∂yᵢ",
    "yᵢ = γ·x̂ᵢ + β",
    "σ² = 1/m ∑ᵢ (xᵢ − μ)²",
    "E[x̂] = 0",
    # the gradient in four hands
    r"\frac{\partial \mathcal{L}}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}}\left("
    r"\frac{\partial \mathcal{L}}{\partial y_i} - \frac1m \sum_j \frac{\partial \mathcal{L}}"
    r"{\partial y_j} - \frac{\hat{x}_i}{m} \sum_j \frac{\partial \mathcal{L}}{\partial y_j} "
    r"\hat{x}_j \right)",
    r"dx_i = \frac{\gamma}{N} (\sigma^2 + \epsilon)^{-1/2} \left( N dy_i - \sum_{j=1}^N dy_j "
    r"- (x_i - \mu) (\sigma^2+\epsilon)^{-1} \sum_{j=1}^N dy_j (x_j - \mu) \right)",
    r"\frac{dL}{dx_i} = \frac{1}{m\sqrt{\sigma^2+\epsilon}} \Big( m \frac{dL}{d\hat{x}_i} "
    r"- \sum_{j=1}^m \frac{dL}{d\hat{x}_j} - \hat{x}_i \sum_{j=1}^m \frac{dL}{d\hat{x}_j} \hat{x}_j"
    r"\Big)",
    # vectors and matrices
    r"\mathbf{1}^T \mathbf{1} = m",
    r"\mu = \frac1m \mathbf{1}^\top x",
    r"x - \mu \mathbf{1} = (I - \frac1m \mathbf{1}\mathbf{1}^T) x",
    r"(I - \frac1m \mathbf{1}\mathbf{1}^T)^2 = I - \frac1m \mathbf{1}\mathbf{1}^T",
    r"\sigma^2 = \frac1m \|x - \mu \mathbf{1}\|^2",
    r"\sigma^2 = \frac1m (x - \mu)^T (x - \mu)",
    r"\langle x - \mu, \mathbf{1} \rangle = 0",
    r"\frac{\partial L}{\partial \gamma} = \hat{x}^T \nabla_y L",
    r"y = \operatorname{diag}(\hat{x}) \mathbf{1} \gamma + \beta",
    r"\operatorname{tr}(\hat{x} \hat{x}^T) = \sum_i \hat{x}_i^2",
    r"\hat{X} = \frac{X - \mathbf{1}\mu^T}{\sqrt{\sigma^2+\epsilon}}",
    r"\nabla_x L = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} \left( I - \frac1m \mathbf{1}"
    r"\mathbf{1}^T - \frac1m \hat{x} \hat{x}^T \right) \nabla_y L",
    r"\frac{\partial \hat{x}}{\partial x} = \frac{1}{\sqrt{\sigma^2+\epsilon}} \left( I - "
    r"\frac1m \mathbf{1} \mathbf{1}^T - \frac1m \hat{x} \hat{x}^T \right)",
]
