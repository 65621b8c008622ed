"""The way of one picture through several networks as a small table of pictures, in HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np

from explorer.architecture.plan import paper_name
from explorer.views.montage import mean_magnitude, thumbnail
from explorer.views.numbers import shape_text

STYLE = """<style>
.stages { overflow-x: auto; }
.stages table { border-collapse: collapse; font-size: 0.85rem; }
.stages th, .stages td { padding: 3px 10px 3px 0; text-align: left; vertical-align: top; font-weight: 400; }
.stages td img { width: 96px; height: auto; display: block; image-rendering: pixelated; }
.stages small { opacity: 0.75; white-space: nowrap; }
</style>"""


def matrix_html(
    ends: Mapping[str, Mapping[str, np.ndarray]],
    stages: Sequence[str],
    colour: Callable[[str], str],
    *,
    inputs: Mapping[str, bytes],
    outputs: Mapping[str, bytes],
) -> str:
    """Networks down, stages across: where each stage ends, the mean of |activation| over the channels.

    Args:
        ends: what each stage puts out, ``(C, H, W)``, by network and stage.
        stages: the columns.
        colour: the colour of a stage.
        inputs: the picture that each network gets, as PNG.
        outputs: the picture that each generator puts out, likewise; no column where there is none.
    """
    head = "".join(f'<th style="color:{colour(stage)}"><b>{escape(paper_name(stage))}</b></th>' for stage in stages)
    rows = [
        f"<tr><th scope='row'><b>{escape(name)}</b></th>{_image(inputs[name], f'{name}: the picture it gets', 'input')}"
        f"{_made(name, outputs)}{''.join(_cell(name, own, stage) for stage in stages)}</tr>"
        for name, own in ends.items()
    ]
    made = "<th><b>picture out</b></th>" if outputs else ""
    table = f"<thead><tr><th></th><th><b>input</b></th>{made}{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"{STYLE}<div class='stages'><table>{table}</table></div>"


def _cell(name: str, ends: Mapping[str, np.ndarray], stage: str) -> str:
    if stage not in ends:
        return "<td>–</td>"
    maps = ends[stage]
    return _image(
        thumbnail(mean_magnitude(maps)), f"{name}, {paper_name(stage)}: mean of |activation|", shape_text(maps.shape)
    )


def _made(name: str, outputs: Mapping[str, bytes]) -> str:
    if not outputs:
        return ""
    return _image(outputs[name], f"{name}: the picture it puts out", "output") if name in outputs else "<td>–</td>"


def _image(png: bytes, alt: str, words: str) -> str:
    source = base64.b64encode(png).decode("ascii")
    return (
        f'<td><img src="data:image/png;base64,{source}" alt="{escape(alt, quote=True)}">'
        f"<small>{escape(words)}</small></td>"
    )
