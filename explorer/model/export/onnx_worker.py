"""The process that makes an ONNX file: ``python -m explorer.model.export.onnx_worker FOLDER``.

In the folder lie the module (``module.pt``), the pictures (``pictures.npy``) and the words for the file
(``metadata.json``), all written by ``explorer.model.export.onnx_file``. It leaves ``network.onnx`` there and
``done.json``, and writes a line to its standard output with each step that begins.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

MODULE, PICTURES, METADATA = "module.pt", "pictures.npy", "metadata.json"
NETWORK, DONE = "network.onnx", "done.json"
STEPS = ("load", "follow", "check")
"""What begins, in this order."""
_NICE = 5
"""How much it steps back behind whoever is being served meanwhile."""


def main(folder: Path) -> None:
    """Make the file."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    _begin("load")
    import numpy as np

    shown = np.load(folder / PICTURES)
    import onnx_ir
    import torch

    from explorer.model.export.onnx_graph import BATCH, INPUT, OPSET, OUTPUT, graph_of

    # written by the process that started this one, for this one alone
    module = torch.load(folder / MODULE, map_location="cpu", weights_only=False).eval()
    pictures = torch.from_numpy(shown)
    _begin("follow")
    model = graph_of(module, pictures)
    model.producer_name = "ResNet Explorer"
    model.metadata_props.update(json.loads((folder / METADATA).read_text(encoding="utf-8")))
    nodes = len(model.graph)
    onnx_ir.save(model, folder / NETWORK)
    del model
    _begin("check")
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / NETWORK, providers=["CPUExecutionProvider"])
    difference = largest = 0.0
    for count in (len(pictures), 1):  # the number of pictures is free
        theirs = session.run([OUTPUT], {INPUT: pictures[:count].numpy()})[0]
        with torch.no_grad():
            ours = module(pictures[:count]).numpy()
        difference = max(difference, float(np.abs(theirs - ours).max()))
        largest = max(largest, float(np.abs(ours).max()))
    said = {"opset": OPSET, "nodes": nodes, "difference": difference, "largest": largest, "batch": BATCH}
    (folder / DONE).write_text(json.dumps(said), encoding="utf-8")


def _begin(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
