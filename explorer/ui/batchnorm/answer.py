"""What the network names the picture that stands first in the batch, so that it is seen to have learnt."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.model.answers import best_answers
from explorer.model.probe import record
from explorer.ui import cached
from explorer.ui.answers import unlike, verdict
from explorer.ui.batchnorm.batch import Batch
from explorer.ui.batchnorm.source import Source
from explorer.ui.markup import without_markup
from explorer.ui.pictures import chosen


def say_answer(source: Source, batch: Batch) -> None:
    """One line: the picture, its class, whether that is right, and what the network was trained on if on others."""
    loaded = source.ready.loaded
    if source.plan.makes_pictures or not (loaded.trained and loaded.classifies):
        return
    picture = chosen()[batch.first]
    outputs = _outputs(source, batch)
    said = [unlike(loaded, picture)]
    if np.isfinite(outputs).all():
        best = best_answers(loaded, outputs, 1)[0]
        named = f"{without_markup(picture.title)}: **{without_markup(best.name)} {best.share}**."
        said = [named, verdict(loaded, best, picture), *said]
    st.markdown(" ".join(filter(None, said)))


def _outputs(source: Source, batch: Batch) -> np.ndarray:
    """What the network outputs in eval mode for the first picture, ``(classes,)``."""
    last = source.plan.layers[-1].layer

    def make() -> np.ndarray:
        image = batch.images[batch.first : batch.first + 1]
        return record(source.ready.model, image, [last], to="cpu")[last].numpy().reshape(-1)

    return cached.result(("answer", source.ready.key, *batch.key, batch.first), make, lambda made: made.nbytes)
