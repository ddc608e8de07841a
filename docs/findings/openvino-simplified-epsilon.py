"""openvino 2026.4.1: SimplifiedLayerNormalization without the attribute epsilon has 1e-12, where
onnxruntime, whose operator it is, has 1e-5; where epsilon is written, both are right."""

import numpy as np
import onnxruntime as ort
import openvino as ov
from onnx import parser

ort.set_default_logger_severity(3)
for value in (1e-3, 1e-6):
    x = np.full((1, 2), value, np.float32)
    for written in ("", "<epsilon = 0.00001>"):
        model = parser.parse_model(f"""<ir_version: 8, opset_import: ["": 17]>
            g (float[1,2] x, float[2] s) => (float[1,2] y)
            {{ y = SimplifiedLayerNormalization {written} (x, s) }}""").SerializeToString()
        feeds = {"x": x, "s": np.ones(2, np.float32)}
        # 16 roundings of numbers below 1
        exact = value / np.sqrt(value**2 + 1e-5)
        of_ov = ov.Core().compile_model(ov.Core().read_model(model, b""), "CPU")(feeds)[0]
        of_ort = ort.InferenceSession(model).run(None, feeds)[0]
        for name, y in (("openvino", of_ov), ("onnxruntime", of_ort)):
            told = f"got {y[0, 0]:.7g}, exact {exact:.7g}, error {abs(y[0, 0] - exact):.1e}"
            print(f"{name}, x = {value:g}, {written or 'no epsilon'}: {told}, float32 allows 1e-6")
