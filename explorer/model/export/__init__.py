"""A network as files that other programs load: weights under their names, ONNX."""
