"""What a report shows of one picture in a network: numbers of every row, maps of some, what the norms hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.architecture.plan import Plan
from explorer.model.batchnorm import norm_numbers, norm_states
from explorer.model.build import ObservableModule
from explorer.model.images import Prepared
from explorer.model.layout import drawable
from explorer.model.probe import layer_statistics, record, residual_ratios
from explorer.model.weights import Loaded
from explorer.views.depth import Measured
from explorer.views.export.report.inside import Inside
from explorer.views.generated import generated_picture
from explorer.views.montage import picture_png

MOST_ROWS = 8
"""Rows whose maps are shown, at most."""
_SEEN_PIXELS = 448
"""Of the picture's longer side, at most."""
Answer = Callable[[np.ndarray], tuple[tuple[tuple[str, str], ...], str]]


def no_answer(_output: np.ndarray) -> tuple[tuple[tuple[str, str], ...], str]:
    """Nothing is said of what leaves the network."""
    return (), ""


def inside_of(
    model: ObservableModule,
    loaded: Loaded,
    prepared: Prepared,
    plan: Plan,
    *,
    picture: str,
    device: str,
    preprocessing: str,
    answer: Answer = no_answer,
    progress: Callable[[float, str], None] = lambda share, what: None,
) -> Inside:
    """Run a picture through a network in eval mode, and keep what a report shows of it.

    Args:
        model: the network with its weights.
        loaded: what it was filled with.
        prepared: the picture as the network gets it.
        plan: of the network, at the picture's size.
        picture: the picture's title.
        device: where the network is.
        preprocessing: what the picture went through, in words.
        answer: what is said of the outputs, ``(classes,)``: classes with their shares, and a sentence.
        progress: told the share that is done, 0 to 1, and what is worked on.
    """
    progress(0.0, "Every layer in numbers")
    statistics = layer_statistics(model, prepared.tensor)
    progress(0.4, "What each block adds")
    ratios = {one.block: one.ratio for one in residual_ratios(model, prepared.tensor)}
    progress(0.6, "Feature maps")
    last = plan.layers[-1].layer
    taps = record(model, prepared.tensor, [*shown_rows(plan), last], to="cpu")
    output = taps[last][0].numpy()
    answers, said = ((), "") if plan.makes_pictures else answer(output.reshape(-1))
    return Inside(
        weights=loaded.label,
        picture=picture,
        seen=_png(prepared),
        how=f"Mode: eval. Device: {device}. Preprocessing: {preprocessing}.",
        answers=answers,
        said=said,
        returned=picture_png(generated_picture(output)) if plan.makes_pictures else b"",
        maps={row: drawable(plan.rows[row].op, taps[row])[0].numpy() for row in shown_rows(plan)},
        norms=tuple(norm_numbers(plan, one) for one in norm_states(model)),
        measured=tuple(
            Measured(row=plan.rows[one.layer], mean=one.mean, std=one.std, zeros=one.zeros, silent=one.silent_channels)
            for one in statistics
        ),
        ratios=ratios,
    )


def shown_rows(plan: Plan) -> tuple[str, ...]:
    """The rows whose maps a report shows: where each stage ends, and where the size changes in one without blocks.

    Args:
        plan: of the network.

    Returns:
        Their names, an even selection where there are many; what has but one position is left out, and what a
        generator returns.
    """
    last: dict[tuple[str, tuple[int, ...]], str] = {}
    for row in plan.layers:
        size = row.output_shape[:2] if row.op.channels_last else row.output_shape[1:]
        if len(row.output_shape) == 3 and row.activation_bytes and row.inputs and min(size) > 1:
            # inside a block that is described the size changes on the way
            last[row.stage, () if row.block and not plan.network.measured else size] = row.layer
    ends = [row for row in last.values() if not (plan.makes_pictures and row == plan.layers[-1].layer)]
    if len(ends) <= MOST_ROWS:
        return tuple(ends)
    return tuple(ends[round(place)] for place in np.linspace(0, len(ends) - 1, MOST_ROWS))


def _png(prepared: Prepared) -> bytes:
    seen = prepared.seen.copy()
    seen.thumbnail((_SEEN_PIXELS, _SEEN_PIXELS))
    return picture_png(seen, smallest=150)
