"""‖F(x)‖ / ‖shortcut(x)‖ of every block of a kept run by epoch: how much a block adds to what passes it."""

from __future__ import annotations

import math
from itertools import pairwise

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.training.train import RATIO_PICTURES
from explorer.model.probe import residual_ratios
from explorer.ui import cached, shell
from explorer.ui.block.identity.pick import pick
from explorer.ui.block.identity.source import EXAMPLE, Source, trained_of, wait_for
from explorer.ui.charts import chart
from explorer.ui.shell import warn
from explorer.views.html_table import figures_table
from explorer.views.identity_by_epoch import RatioTable, ratio_table, ratios_figure, stage_ratios
from explorer.views.numbers import written

_EXAMPLE_PICTURES = 64


def by_epoch() -> None:
    """Draw the ratios of the chosen run by epoch, with their figures and what is seen."""
    st.markdown(
        "**How much does a block add?** ‖F(x)‖ / ‖shortcut(x)‖ is 0 in a block that does nothing and 1 where what it "
        "adds is as long as what it adds to. If the identity is near what is wanted, F(x) only has to be small."
    )
    (source,) = pick(by_epoch=False)
    try:
        epochs = _epochs(source)
    except ExplorerError as error:
        warn(str(error))
        return
    if source.watched is not None and source.watched.run.is_active:
        wait_for([source])
    if not epochs:
        return
    table = ratio_table(epochs)
    if not table.blocks:
        st.info(
            f"{source.heading} is plain: there is no shortcut beside F(x), so there is nothing to compare it with. "
            "The output of a block is F(x) alone."
        )
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart(
            ratios_figure(table, shell.theme()),
            "identity_ratios",
            alt=f"Ratio of {len(table.blocks)} blocks by epoch, a cell each.",
        )
    with right:
        _figures(table)
        st.markdown(_seen(source, table))
    pictures = _EXAMPLE_PICTURES if source.name == EXAMPLE else RATIO_PICTURES
    st.caption(
        f"Euclidean norms over all values of {pictures} held-out pictures, in eval mode, measured at the end of each "
        "epoch; 0 is before training. He et al. 2015 (arXiv 1512.03385, section 4.2, figure 7) measured the standard "
        "deviation of each layer's output instead: smaller in residual than in plain networks, and smaller still in "
        "deeper ones."
    )


def _epochs(source: Source) -> list[tuple[str, dict[str, float]]]:
    """Ratios by epoch; of the example only those of its end are known."""
    if source.name == EXAMPLE:
        return [("end", _of_example(source))]
    if source.problem and source.watched is None:
        warn(source.problem)
        return []
    measured = source.watched.curves.epochs if source.watched else ()
    if not measured and not source.waits:
        warn(f"{source.heading} ended before its first epoch was measured: choose another run.")
    return [(f"{one.epoch:,}", dict(one.block_ratios)) for one in measured]


def _of_example(source: Source) -> dict[str, float]:
    def make() -> dict[str, float]:
        trained = trained_of(source)
        images = trained.data.as_input(trained.data.test_pixels[:_EXAMPLE_PICTURES])
        return {found.block: found.ratio for found in residual_ratios(trained.model(), images)}

    return cached.result(("ratios of the example",), make, lambda _: 2000)


def _figures(table: RatioTable) -> None:
    rows = []
    for one in stage_ratios(table):
        least, most = (_named(pair) for pair in (one.smallest, one.largest))
        means = (one.end,) if len(table.epochs) == 1 else (one.start, one.end)
        rows.append((one.stage, *map(_figure, means), least, most))
    titles = (
        ("Mean",) if len(table.epochs) == 1 else (f"Mean, epoch {table.epochs[0]}", f"Mean, epoch {table.epochs[-1]}")
    )
    st.html(figures_table(("Stage", *titles, "Smallest at the end", "Largest at the end"), rows))


def _seen(source: Source, table: RatioTable) -> str:
    """What is so, in numbers."""
    start, end = table.values[:, 0], table.values[:, -1]
    if not all(map(math.isfinite, end)):
        bad = next(name for name, column in zip(table.epochs, table.values.T, strict=True) if not _finite(column))
        return f"From epoch {bad} on not every ratio is a number, which leaves cells empty: the run diverged."
    stages = stage_ratios(table)
    falling = [one.stage for one in stages if _falls([end[i] for i in _places(table, one.stage)])]
    words = [f"At the end F(x) is {_figure(end.min())} to {_figure(end.max())} times as long as its shortcut."]
    if len(table.epochs) > 1:
        rises = sum(after > before for before, after in zip(start, end, strict=True))
        words.append(f"Since epoch {table.epochs[0]} it has grown in {rises:,} of {len(end):,} blocks.")
    if falling:
        words.append(f"In {_in_words(falling)} the later block always adds less than the one before it.")
    if source.name == EXAMPLE:
        words.append("Of the example only the end is kept; a run that is trained here shows every epoch.")
    return " ".join(words)


def _places(table: RatioTable, stage: str) -> list[int]:
    return [place for place, block in enumerate(table.blocks) if block.partition(".")[0] == stage]


def _in_words(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _falls(values: list[float]) -> bool:
    return len(values) > 1 and all(after < before for before, after in pairwise(values))


def _finite(values: object) -> bool:
    return all(map(math.isfinite, values))  # type: ignore[call-overload]  # a row of an array


def _named(pair: tuple[str, float] | None) -> str:
    return "–" if pair is None else f"{pair[0]}: {_figure(pair[1])}"


def _figure(value: float) -> str:
    """Two decimals, and more where they would say nothing."""
    short = abs(value) >= 0.095 or value == 0
    return f"{value:.2f}" if short and math.isfinite(value) else written(value, 2)
