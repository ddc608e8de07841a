"""onnx 1.23.2: the functions that define GroupNormalization and MeanVarianceNormalization have the
variance E[x^2] - E[x]^2. onnxruntime 1.32.0 runs the first, onnx's reference evaluator both."""

import numpy as np
import onnxruntime as ort
from onnx import parser
from onnx.reference import ReferenceEvaluator

CALLS = {18: "GroupNormalization<num_groups = 1>(x, s, z)"}
CALLS |= {21: CALLS[18], 13: "MeanVarianceNormalization<axes = [1]>(x)"}
CALLS |= {17: "LayerNormalization<axis = 1>(x, w)"}
x = np.float32([[4096, 4097]])  # deviations of 1/2: neither mean nor variance is rounded
ort.set_default_logger_severity(3)  # else it tells which of the parameters are not used
for opset, call in CALLS.items():
    exact = -0.5 / np.sqrt(0.25 + (0 if opset == 13 else 1e-5))
    model = parser.parse_model(f"""<ir_version: 8, opset_import: ["": {opset}]> g (float[1,2] x)
        => (float[1,2] y) <float[1] s = {{1}}, float[1] z = {{0}}, float[2] w = {{1, 1}}>
        {{ y = {call} }}""")
    session = ort.InferenceSession(model.SerializeToString())
    for name, run in (("onnxruntime", session.run), ("reference", ReferenceEvaluator(model).run)):
        got = run(None, {"x": x})[0][0, 0]
        print(f"{name}, {call.partition('<')[0]}-{opset}: got {got:.7g}, exact {exact:.7g}, "
              f"error {abs(got - exact):.1e}, float32 allows {8 * 2.0**-24:.1e}")  # fmt: skip
