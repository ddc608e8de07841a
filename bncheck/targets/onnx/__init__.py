"""The BatchNormalization node of an ``.onnx`` file, and the runtimes that run it."""
