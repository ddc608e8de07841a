"""onnxruntime 1.31.1, 1.32.0, BatchNormalization, training_mode = 1: unused statistics overwrite
mean and var, and with them scale and B, where equal initializers are merged into one array."""

import sys

import numpy as np
import onnxruntime as ort
from onnx import checker, parser

TEXT = """<ir_version: 8, opset_import: ["": 15]> g (T[8,3] x) => (T[8,3] y OUTPUTS)
<T[3] s = {1,1,1}, T[3] b = {0,0,0}, T[3] m = {0,0,0}, T[3] v = {1,1,1}>
{ y, rm, rv = BatchNormalization<training_mode = 1>(x, s, b, m, v) }"""
seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
for kind, dtype, u in (("float", np.float32, 2.0**-24), ("float16", np.float16, 2.0**-11)):
    x = (3 * np.random.default_rng(seed).standard_normal((8, 3))).astype(dtype)
    exact = (x - x.mean(0, np.float64)) / np.sqrt(x.var(0, np.float64) + np.float32(1e-5))
    allowed = 16 * u * np.max(np.abs(x)) / np.min(x.std(0, np.float64))  # 8 terms and a few steps
    for outputs in (", T[3] rm, T[3] rv", ""):
        model = parser.parse_model(TEXT.replace("OUTPUTS", outputs).replace("T[", f"{kind}["))
        checker.check_model(model)
        y = ort.InferenceSession(model.SerializeToString()).run(None, {"x": x})[0]
        at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
        print(f"{kind}, {'' if outputs else 'un'}used: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, {kind} allows {allowed:.1e}")  # fmt: skip
