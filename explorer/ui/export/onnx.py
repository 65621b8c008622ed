"""The network as ONNX, checked before it is given out."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.own import OwnSpec
from explorer.errors import ExplorerError
from explorer.ui import cached, slow, state, widgets
from explorer.ui.components.listing import listing
from explorer.ui.export.ask import asked
from explorer.ui.export.weights import OWN, weights_key
from explorer.ui.markup import without_markup
from explorer.ui.shell import say_error, weights_words
from explorer.views.export.loading import load_onnx
from explorer.views.export.names import file_stem
from explorer.views.numbers import in_bytes, shape_text, written

_WHAT = "ONNX file"


def section() -> None:
    """Draw the section."""
    spec, plan = state.spec(), state.plan()
    if isinstance(spec, OwnSpec):
        st.caption(OWN)
        return
    file = f"{file_stem(spec)}.onnx"
    left, right = st.columns([2, 3], gap="medium")
    with left:
        size, pictures = in_bytes(plan.weights_bytes), shape_text((plan.network.in_channels, *plan.input_size))
        st.markdown(
            without_markup(f"{file}: {size}, pictures of {pictures}, any number at a time. Weights: {weights_words()}.")
        )
        if plan.weights_bytes > cached.RESULTS_BYTES:
            st.caption(
                f"More than {in_bytes(cached.RESULTS_BYTES)} is not made here, as all sessions share the memory; "
                "`resnet-explorer export` writes it from a terminal."
            )
            return
        _file(file)
    with right:
        listing(load_onnx(file, plan.network.in_channels, plan.input_size), language="python")


def _file(file: str) -> None:
    key = ("onnx", state.plan().input_size, *weights_key())
    if not asked("onnx", key, help="It takes about half a minute, and the page says how far it is."):
        return
    from explorer.model.export.onnx_file import OnnxFile, onnx_file
    from explorer.model.export.samples import pictures_to_check
    from explorer.ui import models  # torch is imported only once a file is asked for

    spec, plan = state.spec(), state.plan()

    def make(progress: slow.Progress) -> OnnxFile:
        ready = models.ready()
        pictures = pictures_to_check(spec, plan.input_size, ready.loaded.preprocess)
        return onnx_file(ready.model, spec, ready.loaded, pictures, plan=plan, progress=progress)

    try:
        made = slow.slowly(key, make, lambda made: len(made.data), name="onnx", what=_WHAT)
    except ExplorerError as error:
        say_error(error)
        return
    if made is None:
        return
    widgets.save(_WHAT, made.data, file, key="save_onnx", help="Save as ONNX.")
    st.caption(
        f"Checked by onnxruntime on {made.pictures} pictures: it is at most {written(made.difference, 2)} from "
        f"PyTorch, where the largest output is {written(made.largest)}. Opset {made.opset}, {made.nodes:,} operations, "
        "called as the rows are here; norms stand alone until a runtime folds them into the convolutions."
    )
