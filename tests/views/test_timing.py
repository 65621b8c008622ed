"""Tables, figure and sentences of a measurement, against one that is made up and worked out by hand."""

from __future__ import annotations

import pytest

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Meanwhile, Rates, RowTime, Runs, Setting, Timed
from explorer.views import timing_words as words
from explorer.views.timing import kind_time_table, milliseconds, stage_time_table, time_figure, time_table

PLAN: Plan = trace(describe(preset("resnet20")), (32, 32))
RATES = Rates(flops=100e9, copied_bytes=10e9)


def timed(seconds: dict[str, float], *, batch: int = 1, whole: float = 1.0, **changes: object) -> Timed:
    """Every row takes a millisecond and moves 1,000 bytes but for what is said."""
    rows = tuple(
        RowTime(
            layer=row.layer,
            runs=Runs(seconds=(seconds.get(row.layer, 0.001),) * 3),
            macs=batch * row.macs,
            moved_bytes=1000,
        )
        for row in PLAN.layers
    )
    made = {
        "title": "ResNet-20 (CIFAR)",
        "input_size": (32, 32),
        "setting": Setting(batch=batch),
        "device": "cpu (2 threads)",
        "rows": rows,
        "holding": (),
        "whole": Runs(seconds=(whole,) * 4),
        "rates": RATES,
        "meanwhile": Meanwhile(),
    }
    return Timed(**{**made, **changes})  # type: ignore[arg-type]


def test_shares_are_of_the_rows_together_and_add_up_to_all() -> None:
    measured = timed({"conv1": 0.030})
    frame = time_table(PLAN, measured)
    assert frame["layer"].tolist() == [row.layer for row in PLAN.layers]
    assert frame.loc[0, "time_share"] == pytest.approx(0.030 / (0.030 + 0.001 * (len(PLAN.layers) - 1)))
    assert frame.loc[0, "macs_share"] == pytest.approx(3 * 9 * 16 * 32 * 32 / PLAN.macs)
    assert [float(frame[name].iloc[0]) for name in ("milliseconds", "lower_quartile", "upper_quartile", "runs")] == [
        30,
        30,
        30,
        3,
    ]
    for other in (frame, stage_time_table(PLAN, measured), kind_time_table(PLAN, measured)):
        for share in ("time_share", "macs_share", "moved_share"):
            assert other[share].sum() == pytest.approx(1)
        assert other["macs"].sum() == PLAN.macs
        assert other["milliseconds"].sum() == pytest.approx(1e3 * measured.seconds)


def test_what_takes_longest_stands_first_among_kinds() -> None:
    frame = kind_time_table(PLAN, timed({"fc": 3.0}))
    assert frame.loc[0, "kind"] == "linear"
    assert frame.loc[0, "rows"] == 1


def test_panels_show_time_work_and_bytes_and_a_click_names_the_row() -> None:
    measured = timed({"fc": 0.1})
    figure = time_figure(PLAN, measured, by="rows", theme="light", picked="fc")
    time, macs, moved = (trace.y for trace in figure.data)
    frame = time_table(PLAN, measured)
    assert time == pytest.approx(frame["time_share"].tolist())
    assert macs == pytest.approx(frame["macs_share"].tolist())
    assert moved == pytest.approx(frame["moved_share"].tolist())
    assert list(figure.data[0].customdata) == frame["layer"].tolist()
    heights = {tuple(axis.range) for axis in (figure.layout.yaxis, figure.layout.yaxis2, figure.layout.yaxis3)}
    assert len(heights) == 1, "bars are compared between panels"


def test_blocks_are_told_together_and_so_are_stem_and_head() -> None:
    names = list(time_figure(PLAN, timed({}), by="blocks", theme="dark").data[0].customdata)
    assert names == ["stem", *PLAN.blocks, "head"]


def test_rows_that_take_more_of_the_clock_than_of_the_work_are_named() -> None:
    said = words.disagreement(PLAN, timed({"bn1": 1.0, "fc": 0.5}))
    assert "Furthest above its share of the MACs: **bn1** (" in said
    assert "of the time, no MACs) and **fc** (" in said
    free = sum(1 for row in PLAN.layers if not row.macs)
    assert f"**{100 * (1 + 0.001 * (free - 1)) / (1.5 + 0.001 * (len(PLAN.layers) - 2)):.1f}" in said


def test_where_time_follows_the_work_no_row_is_named() -> None:
    followed = {row.layer: row.macs * 1e-9 for row in PLAN.layers}
    assert "No row takes clearly more" in words.disagreement(PLAN, timed(followed))


def test_bounds_count_rows_and_their_time_by_the_rates_of_the_machine() -> None:
    # 1,000 bytes take 100 ns; a convolution of 2.36 M MACs takes 47 µs of work; the calls take 20 µs
    said = words.bounds(timed({row.layer: 0.00002 for row in PLAN.layers}))
    work = sum(row.kind == "conv" for row in PLAN.layers)
    assert f"Bound by work: {work} of {len(PLAN.layers)} rows with {100 * work / len(PLAN.layers):.1f}" in said
    assert "Bound by memory: **0 of" in said
    assert "a matrix product at 100" in said
    assert "a copy at 10" in said


def test_answer_and_conditions_say_what_was_run_and_how() -> None:
    measured = timed({}, batch=8, whole=0.4, setting=Setting(batch=8, precision="bfloat16", channels_last=True))
    assert words.answer(measured).replace("\u00a0", " ") == (
        "ResNet-20 (CIFAR) at 32×32: 8 pictures take 400 ms, 50.0 ms each"
    )
    said = words.conditions(measured)
    for part in ("cpu (2 threads)", "batch 8", "bfloat16 under autocast", "channels last", "median of 3 runs"):
        assert part in said


def test_a_busy_machine_is_said_and_an_idle_one_is_not() -> None:
    assert words.busy(timed({})) == ""
    assert "1.5 of 4 cores" in words.busy(timed({}, meanwhile=Meanwhile(cores=1.5, all_cores=4)))
    assert "somebody else" in words.busy(timed({}, meanwhile=Meanwhile(others_ran=True)))


def test_between_below_zero_is_explained() -> None:
    assert words.between(timed({}, whole=0.001)).startswith("Between is below 0")
    assert words.between(timed({}, whole=9)).startswith("Between: what")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0000312, "0.031 ms"),
        (0.00231, "2.31 ms"),
        (0.0142, "14.2 ms"),
        (0.142, "142 ms"),
        (2.31, "2.31 s"),
        (-0.132, "−132 ms"),
    ],
)
def test_times_have_three_figures(seconds: float, text: str) -> None:
    assert milliseconds(seconds).replace("\u00a0", " ") == text
