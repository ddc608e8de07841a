"""onnxruntime 1.31.1, 1.32.0, BatchNormalization, training_mode = 1, mean and var as inputs: where
running statistics are no outputs of the model, they are written into the caller's own arrays."""

import sys

import numpy as np
import onnxruntime as ort
from onnx import checker, parser

TEXT = """<ir_version: 8, opset_import: ["": 15]>
g (float[8,3] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[8,3] y%s)
{ y, rm, rv = BatchNormalization<training_mode = 1>(x, s, b, m, v) }"""
seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
x = np.random.default_rng(seed).standard_normal((8, 3), np.float32)
for outputs in (", float[3] rm, float[3] rv", ""):
    checker.check_model(model := parser.parse_model(TEXT % outputs))
    ones = np.ones(3, np.float32)
    feeds = {"x": x, "s": ones.copy(), "b": 0 * ones, "m": 2 * ones, "v": 3 * ones}
    ort.InferenceSession(model.SerializeToString()).run(None, feeds)
    shown = "y, rm, rv" if outputs else "y"
    print(f"outputs {shown}: got mean {feeds['m']}, var {feeds['v']}; exact [2. 2. 2.], [3. 3. 3.]")
