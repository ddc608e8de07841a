"""onnxruntime 1.32.0: InstanceNormalization of a float16 x with no values in an instance ends the
process; in float32, or with one value, it does not."""

import subprocess
import sys

CODE = '''
import numpy as np, onnxruntime as ort
from onnx import parser

model = parser.parse_model("""<ir_version: 10, opset_import: ["": 22]>
    g (KIND[2,3,n] x, KIND[3] s, KIND[3] b) => (KIND[2,3,n] y)
    { y = InstanceNormalization(x, s, b) }""")
session = ort.InferenceSession(model.SerializeToString())
feeds = {"x": np.zeros((2, 3, SIZE)), "s": np.ones(3), "b": np.ones(3)}
y = session.run(None, {n: a.astype(np.DTYPE) for n, a in feeds.items()})[0]
assert y.shape == (2, 3, SIZE)
'''
for size in (1, 0):
    for kind, dtype in (("float", "float32"), ("float16", "float16")):
        code = CODE.replace("KIND", kind).replace("SIZE", str(size)).replace("DTYPE", dtype)
        done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 # CODE
        print(f"x (2, 3, {size}) in {dtype}: the process ended with {done.returncode}")
