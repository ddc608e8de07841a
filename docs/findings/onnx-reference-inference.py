"""onnx 1.23.2, ReferenceEvaluator: inference is wrong at operator sets 9 to 13, raises at 7, 8."""

import sys

import numpy as np
from onnx import checker, parser
from onnx.reference import ReferenceEvaluator

TEXT = """<ir_version: 8, opset_import: ["": %d]>
g (float[8,3] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[8,3] y)
{ y = BatchNormalization(x, s, b, m, v) }"""
draw = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 0).standard_normal
x, m, s = draw((8, 3), np.float32), draw(3, np.float32), np.ones(3, np.float32)
exact = (x - m.astype(float)) / np.sqrt(2 + float(np.float32(1e-5)))
allowed = 8 * 2.0**-24 * np.max(np.abs(x) + np.abs(m))  # a few roundings of x and m, each times 1/s
for opset in (7, 8, 9, 12, 13, 14, 15):
    checker.check_model(model := parser.parse_model(TEXT % opset))
    try:
        y = ReferenceEvaluator(model).run(None, {"x": x, "s": s, "b": 0 * s, "m": m, "v": 2 * s})[0]
        at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
        print(f"opset {opset}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
    except TypeError as error:
        print(f"opset {opset}: TypeError: {str(error)[:60]}..., exact {exact[0, 0]:.7g}")
