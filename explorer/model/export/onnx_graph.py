"""A module as ONNX, with a node for each row that is called as the row is."""

from __future__ import annotations

import ast
import logging
import warnings
from collections.abc import Iterator

import onnx_ir
import torch
from onnxscript import optimizer
from onnxscript.rewriter import rewrite
from onnxscript.rewriter.rules.common import (
    materialize_reshape_shape_rule,
    remove_optional_bias_from_conv_rule,
    remove_optional_bias_from_conv_transpose_rule,
)
from torch import Tensor, nn

OPSET = 18
"""The oldest in which every operation here has its present form; older and newer runtimes read it."""
INPUT, OUTPUT, BATCH = "input", "output", "batch"
_RULES = (
    remove_optional_bias_from_conv_rule,
    remove_optional_bias_from_conv_transpose_rule,
    materialize_reshape_shape_rule,
)
"""What torch writes for a convolution without a bias is one with a bias of zeros."""
_SCOPES = "pkg.torch.onnx.name_scopes"
"""Where torch writes the modules that a node comes from, the outermost first and the operation last."""


def graph_of(module: nn.Module, pictures: Tensor) -> onnx_ir.Model:
    """The ONNX model of a module in evaluation mode, for any number of pictures at a time.

    Norms stay nodes of their own and weights keep their names: a runtime folds the norms into the convolutions when it
    loads the file.

    Args:
        module: one input, one output.
        pictures: two at least, ``(N, C, H, W)``; height and width are then fixed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch's own, on what will be another way in later versions
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            module.eval(),
            (pictures,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim(BATCH, min=1)},),
            opset_version=OPSET,
            dynamo=True,
            optimize=False,  # it would fold the norms away
            verbose=False,
        )
    assert program is not None, "only the old way gives nothing"
    model = program.model
    optimizer.fold_constants(model)
    rewrite(model, pattern_rewrite_rules=_RULES)
    optimizer.remove_unused_nodes(model)
    _name_rows(model.graph)
    _forget_this_machine(model)
    return model


def _name_rows(graph: onnx_ir.Graph) -> None:
    """Call each node and what it puts out as its row; of a row of several nodes the last one."""
    kept = {value.name for value in (*graph.inputs, *graph.outputs)}
    taken = {name for name in (*kept, *graph.initializers) if name}
    for node in reversed(list(graph)):
        name = next(name for name in _names(node) if name not in taken)
        taken.add(name)
        node.name = name
        for number, value in enumerate(node.outputs):
            if value.name not in kept:
                value.name = f"{name}:{number}" if number else name


def _names(node: onnx_ir.Node) -> Iterator[str]:
    """What a node may be called, the best name first."""
    scopes = ast.literal_eval(node.metadata_props.get(_SCOPES, "[]"))
    row = scopes[-2] if len(scopes) > 1 else ""
    if row:
        yield row
    yield f"{row}/{node.op_type}".removeprefix("/")
    number = 2
    while True:
        yield f"{row}/{node.op_type}_{number}".removeprefix("/")
        number += 1


def _forget_this_machine(model: onnx_ir.Model) -> None:
    """Take away what torch notes of the source it followed, with the folders that it lies in."""
    model.metadata_props.clear()
    model.graph.metadata_props.clear()
    values = [*model.graph.inputs, *model.graph.outputs, *model.graph.initializers.values()]
    for node in model.graph:
        node.metadata_props.clear()
        node.doc_string = None
        values += node.outputs
    for value in values:
        value.metadata_props.clear()
