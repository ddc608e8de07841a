"""onnx 1.23.2, reference evaluator, float16: LayerNormalization and RMSNormalization are computed
in float16, although stash_type = 1 says that the first stage is in float32."""

import sys

import numpy as np
from onnx import parser
from onnx.reference import ReferenceEvaluator

seed, n = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8
draw = 300 + np.random.default_rng(seed).standard_normal((4, n))
for kind, u in (("float16", 2.0**-11), ("float", 2.0**-24)):
    x = draw.astype(np.float16).astype(np.float16 if kind == "float16" else np.float32)
    for name, opset in (("LayerNormalization", 17), ("RMSNormalization", 23)):
        c = x - x.mean(1, dtype=np.float64, keepdims=True) * (opset == 17)
        s = np.sqrt((c * c).mean(1, keepdims=True) + 1e-5)
        model = parser.parse_model(f"""<ir_version: 11, opset_import: ["": {opset}]>
            g ({kind}[4,{n}] x, {kind}[{n}] s) => ({kind}[4,{n}] y) {{ y = {name}(x, s) }}""")
        y = ReferenceEvaluator(model).run(None, {"x": x, "s": np.ones(n, x.dtype)})[0] + 0.0 * c
        # one rounding to x's format; float32 before it: n + 8 roundings of numbers below max|x|/s
        allowed = u * np.abs(c / s).max() + 2 * (n + 8) * 2.0**-24 * x.max() / s.min()
        at = np.unravel_index(np.argmax(np.abs(y - c / s)), y.shape)
        print(f"{name}, {kind}: got {y[at]:.7g}, exact {(c / s)[at]:.7g}, error "
              f"{np.abs(y - c / s)[at]:.1e}, float32 allows {allowed:.1e}")  # fmt: skip
