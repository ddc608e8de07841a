"""Formulas as people type them in chats and in code."""

import pytest

from bncheck.symbolic.claims.judge import judge

DX = "dL/dx = gamma/sqrt(var+eps) * (dL/dy - mean(dL/dy) - x_hat * mean(dL/dy * x_hat))"
CODE = "mu = x.mean(axis=0)\nvar = x.var(axis=0)\nxhat = (x - mu) / np.sqrt(var + eps)\n"
WANTED = {
    "true": [
        DX,
        "dL/dx_i = (gamma / sqrt(sigma^2 + eps)) * (dL/dy_i - (1/m) * sum_j dL/dy_j"
        " - (x_hat_i/m) * sum_j (dL/dy_j * x_hat_j))",
        "mu_B = 1/m * sum_{i=1}^m x_i",
        "mu = (1/m) * sum_{i=1..m} x_i",
        CODE + "out = gamma * xhat + beta  # scale and shift",
        "var = ((x - mu)**2).mean(0)",
        "dgamma = (dout * xhat).sum(0)",
        "dx = (1. / N) * gamma * (var + eps)**(-1. / 2.) * (N * dout - np.sum(dout, axis=0)"
        " - (x - mu) * (var + eps)**(-1.0) * np.sum(dout * (x - mu), axis=0))",
        "xhat = (x - mean) * rsqrt(var + eps)",
        "dy/dgamma = xhat",
        "dy / dbeta = 1",
        "dvar/dx_i = 2*(x_i - mu)/m",
        "∂L/∂γ = sum(∂L/∂y * x̂)",
        "∂L/∂x = (γ/√(σ²+ε)) * (∂L/∂y − mean(∂L/∂y) − x̂·mean(∂L/∂y·x̂))",
        "var = np.sum((x - mu)**2/m)",
        "divar = np.sum(dxhat * xmu, axis=0)",
        "t1 = x - mu\nt2 = t1**2\nvar = t2.mean(axis=0)",
        "dxmu1 = dxhat * ivar, dx = dxmu1 + dvar * 2 * xmu / m + dmu / m",
        "mu = (x1 + x2)/2 if m = 2",
        # one of the first codes that went node by node, as its blog has it
        "dxmu1 = dxhat * ivar\ndsq = 1. / N * np.ones((N, D)) * dvar\ndxmu2 = 2 * xmu * dsq\n"
        "dx1 = dxmu1 + dxmu2\ndmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)\n"
        "dx2 = 1. / N * np.ones((N, D)) * dmu\ndx = dx1 + dx2",
        "xm = x - mu\nsq = xm**2\nvar = sq.mean(axis=0)",
        "dsqrtvar = -1. / (sqrtvar**2) * divar",
        "dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar",
        "d_inv_std = np.sum(dxhat * xmu, axis=0)",
        "dx = dxhat*ivar + 2/m * np.ones((N, D)) * xmu * dvar + 1/m * np.ones_like(x) * dmu",
        "var = sum((x-mu)^2/m)",
        "var(y) = gamma**2 * var(x) / (var(x) + eps)",
        "std = sqrt(var + eps), xhat = (x - mean)/std",
        "y = xhat if gamma = 1 and beta = 0",
        "gamma=1, beta=0 => y = xhat",
        "eps = 1e-5, y = gamma * (x - mu)/sqrt(var + 1e-5) + beta",
        "y[i] = gamma * xhat[i] + beta",
        "d_gamma = sum(d_out * x_hat)",
        "dL/dσ² = -0.5 * ∑ᵢ dL/dx̂ᵢ * (xᵢ − μ) * (σ² + ε)^(-3/2)",
        "||x_hat||^2 = m * var/(var + eps)",
        "|x_hat| <= sqrt(m - 1)",
        "mu = 1/m sum(x)",
        r"dL/dx_i = \frac{\gamma}{\sqrt{\sigma^2+\epsilon}} (dL/dy_i - \frac1m\sum_j dL/dy_j -"
        r" \frac{\hat{x}_i}{m} \sum_j dL/dy_j \cdot \hat{x}_j)",
        r"dy_i/d\gamma = \hat{x}_i",
        r"\sigma^2 = \frac1m \sum (x_i - \mu)^2",
    ],
    "false": [
        DX.replace("- x_hat", "+ x_hat"),
        CODE + "out = gamma * xhat - beta",
        "sigma^2 = (1/(m-1)) * sum_i (x_i - mu)^2",
        "dbeta = dout.mean(axis=0)",
        "divar = np.sum(dxhat * xhat, axis=0)",
        "t1 = x - mu\nt2 = t1**3\nvar = t2.mean(axis=0)",
        "xm = x - mu\nsq = xm**2\nvar = sq.sum(axis=0)",
        "dsqrtvar = -1. / sqrtvar * divar",
        "var = np.sum(x - mu)**2 / m",
        "xhat = (x-mu)*(var+eps)**-1/2",
        "x_hat = x - mean / sqrt(var + eps)",
        "x̂ = (x − μ)/√(σ²) + ε",
        "dy/dbeta = 0",
        "dL/dgamma = sum(dL/dy) * xhat",
        "mean(xhat)**2 = var / (var + eps)",
        "BN(ax) = aBN(x)",
        "running_mean = momentum * running_mean + momentum * sample_mean",
        "eps = 1e-5, y = gamma * (x - mu)/sqrt(var + 1e-3) + beta",
        "std = sqrt(var) + eps, xhat = (x - mean)/std",
        r"\sigma^2 = \frac1m \sum (x_i - \mu)",
        r"dy_i/d\gamma = x_i",
    ],
    "update": [
        "running_mean = momentum * running_mean + (1 - momentum) * sample_mean",
        "running_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)",
    ],
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for wanted, texts in WANTED.items() for text in texts]
)
def test_plain_text_is_read_as_it_is_meant(text, wanted):
    verdict = judge(text, repair=False)
    assert verdict.verdict == wanted, verdict.reason


REFUSED = {
    "dx = sum(dy, axis=1)": "what is sum with axis=1? (at character 9)",
    "sigma^2 = var(x, axis=1)": "what is var with axis=1?",
    "xhat = (x - x.mean(0)) / sqrt(x.var(0) + eps)": "is var NumPy's, over m, or torch's, over m -",
    "x_hat = (x - mean(x)) / x.std()": "is std NumPy's, over m, or torch's, over m - 1?",
    "sigma^2 = np.var(torch.var(x, dim=0), axis=0)": "is var NumPy's, over m, or torch's",
    "dvar = -1/2*sum(dxhat*(x-mu))*(var+eps)^-3/2": "does ^-3/2 mean ^(-3/2)? Write the brackets",
    "xhat = (x - mu) / (var + eps)^1/2": "does ^1/2 mean ^(1/2)?",
    "var_y = var": "what is var_{y}?",
    "y = gama * xhat + beta": "what is gama?",
    "x_hat = (x - mu) * sqrt var": "what is sqrt?",
    "mu = 1/m * sum(x_i * y_j)": "the sum names no index",
    "y = gamma * xhat + beta +": "ends too early (at character 26)",
}


# torch divides by m - 1 unless told otherwise; NumPy, JAX and TensorFlow do not
VARIANCES = {
    "true": (
        "np.var(x, axis=0)",
        "x.var(axis=0)",
        "jnp.var(x, axis=(0, 2, 3), keepdims=True)",
        "tf.reduce_variance(x, axis=0)",
        "torch.var(x, dim=0, unbiased=False)",
        "x.var(dim=(0, 2, 3), correction=0)",
        "x.std(axis=0)**2",
        "var(x)",
    ),
    "false": (
        "torch.var(x, dim=0)",
        "torch.var(x)",
        "x.var(dim=0, keepdim=True)",
        "x.var(0, unbiased=True)",
        "np.var(x, axis=0, ddof=1)",
        "x.std(dim=0)**2",
        "torch.std(x, dim=(0, 2, 3), correction=1)**2",
    ),
}


@pytest.mark.parametrize(
    ("text", "wanted"), [(text, wanted) for wanted, texts in VARIANCES.items() for text in texts]
)
def test_whose_variance_it_is(text, wanted):
    assert judge(f"sigma^2 = {text}", repair=False).verdict == wanted
    layer = f"y = gamma * (x - mean(x)) / sqrt({text} + eps) + beta"
    assert judge(layer, repair=False).verdict == wanted
    other = judge(f"(m - 1) / m * {text} = sigma^2", repair=False).verdict
    assert other == {"true": "false", "false": "true-if"}[wanted]  # if m > 1


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_unclear_is_refused_with_its_place(text):
    verdict = judge(text)
    assert verdict.verdict == "undecided"
    assert REFUSED[text] in verdict.reason


CORRECTED = {
    "dgamma = sum(dy * x)": "dgamma = sum(dy * x_hat)",
    "dbeta = sum(dout * xhat)": "dbeta = sum(dout)",
    "dL/dxhat = dL/dy * beta": "dL/dxhat = dL/dy * gamma",
    "x_hat = (x - mean(x)) / (sqrt(var(x)) + eps)": "x_hat = (x - mean(x)) / sqrt(var(x) + eps)",
    "var = mean(x - mean)**2": "var = mean((x - mean)**2)",
    "dvar = sum(dxhat * (x - mean)) * -0.5 * (var + eps)**(-0.5)": "dvar = sum(dxhat * (x - mean))"
    " * (-0.5) * (var + eps)**(-3/2)",
    "sigma^2 = (1/(m-1)) * sum_i (x_i - mu)^2": "sigma^2 = 1 / m * (sum_i (x_i - mu)**2)",
    "y = 2*xhat - beta if gamma = 2": "y = 2 * xhat + beta if gamma = 2",
    "m_run = 1": None,
}


@pytest.mark.parametrize("text", CORRECTED)
def test_a_correction_is_typed_as_its_author_types(text):
    found = judge(text).repair
    assert (found and found.corrected) == CORRECTED[text]
    assert found is None or judge(found.corrected).verdict == "true"
