"""Checkpoint: what is in a file of weights, which network it is, and how healthy its weights are."""

import streamlit as st

from explorer.ui.checkpoint.against import against
from explorer.ui.checkpoint.health import health
from explorer.ui.checkpoint.opening import offer
from explorer.ui.checkpoint.repair import repair
from explorer.ui.checkpoint.running import upload
from explorer.ui.checkpoint.source import choose
from explorer.ui.checkpoint.tensors import everything
from explorer.ui.checkpoint.what import what_it_is

INTRODUCTION = (
    "**What is in this file?** Drop a checkpoint of a residual network or of one of torchvision's classifiers, as "
    "torch.save or safetensors wrote it: weights alone, a training script's state, a whole model, with any ending, up "
    "to {megabytes} MB. It is read without running anything in it, recognised and examined; one click opens it "
    "everywhere."
)


def show() -> None:
    """Draw the page."""
    st.markdown(INTRODUCTION.format(megabytes=st.get_option("server.maxUploadSize")))
    opened = choose()
    if opened is None:
        return
    match = what_it_is(opened)
    if match is not None:
        own = offer(match, opened)
        health(match.checkpoint.tensors, match.spec, match.checkpoint.sha256)
        upload()
        against(match, opened, own)
        repair(match, opened, own)
    elif not opened.finding.candidates:
        group = opened.contents.groups[0]
        health(group.tensors, None, f"{opened.contents.sha256} {group.where}")
    everything(opened.contents)
