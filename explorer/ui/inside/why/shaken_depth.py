"""Along the depth: how far every row is moved, both ways of each addition, and all kinds of change side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.architecture.plan import INPUT, Plan
from explorer.labs.shaken.changes import NEAR, as_strong
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.moved import Shake
from explorer.model.probe import part_ends
from explorer.ui import shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inside.why.params import SHAKE_ALL
from explorer.ui.inside.why.shaken_measured import LIGHT_SECONDS, Asked, Equals
from explorer.views.charts.lines import line_name, look
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import duration, percent
from explorer.views.shaken import Ways, kinds_figure, rows_figure, split, ways_figure


def rows(asked: Asked, shake: Shake) -> None:
    """Draw how far one picture moves every row, and x and F(x) at each addition."""
    rows_and_ways(
        asked.ready,
        asked.plan,
        {row: moved.share for row, moved in shake.rows.items()},
        [
            Ways(block=one.block, shortcut=one.shortcut.share, main=one.main.share, total=one.total.share)
            for one in shake.additions
        ],
    )


def rows_and_ways(
    ready: Ready,
    plan: Plan,
    shares: Mapping[str, float],
    ways: Sequence[Ways],
    *,
    spread: Mapping[str, tuple[float, float]] | None = None,
) -> None:
    """Draw how far every row is moved, and x and F(x) at each addition.

    Args:
        ready: the network.
        plan: of it.
        shares: ‖Δ‖ / ‖a‖ by row; of many pictures their mean.
        ways: of its additions.
        spread: of many pictures the ends between which four of five lie, by row.
    """
    theme = shell.theme()
    band = "" if spread is None else "; in the band lie four of five pictures"
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**How far every layer is moved**: the line goes through the ends of the blocks{band}")
        chart(
            rows_figure(plan, shares, part_ends(ready.model), spread=spread, theme=theme),
            "shake_rows",
            alt=f"‖Δ‖ / ‖a‖ of the input and of {len(shares) - 1} layers in the order of the calls.",
        )
    with right:
        st.markdown("**At each addition**: ○ x, ◆ F(x), ━ their sum")
        if not ways:
            st.info(_no_additions(plan))
            return
        chart(
            ways_figure(plan, ways, theme=theme),
            "shake_ways",
            alt=f"‖Δ‖ / ‖a‖ of x, of F(x) and of their sum at {len(ways)} additions, on a logarithmic axis.",
        )
        st.caption(split(ways))


def _no_additions(plan: Plan) -> str:
    title = plan.network.title
    if plan.network.measured:
        return f"{title} was measured, not described: where it adds x to F(x) is not known."
    return f"{title} has no shortcuts, so nothing is added: choose the same network with them to see x and F(x) apart."


def kinds(asked: Asked, kind: KindName, strength: float) -> None:
    """Draw all kinds, each as strong as disturbs the input equally; what takes long waits to be asked for."""
    seconds = asked.seconds(len(KINDS))
    if seconds > LIGHT_SECONDS and not state.get(SHAKE_ALL):
        widgets.tick(SHAKE_ALL)
        st.caption(f"{len(KINDS)} pictures through the network: about {duration(seconds)} on an idle machine.")
        return
    found = asked.equals(kind, strength)
    if found is None:
        return
    theme = shell.theme()
    shares = {
        KINDS[name].title: {row: moved.share for row, moved in shake.rows.items()} for name, (_, shake) in found.items()
    }
    st.markdown(_ranked(found, kind))
    chart(
        kinds_figure(asked.plan, shares, part_ends(asked.ready.model), picked=KINDS[kind].title, theme=theme),
        "shake_kinds",
        alt=f"‖Δ‖ / ‖a‖ at the input, at the ends of the blocks and at the output for {', '.join(shares)}.",
    )
    st.html(_table(asked, found, kind))
    st.caption(
        "Strengths were sought by halving, so that ‖Δ‖ / ‖a‖ is the same at the input of the network. Shifts, sizes "
        "and qualities are whole numbers and come only near; some kinds cannot move it as far. Ranked are those that "
        f"move the input within {percent(NEAR, 0)} of what the chosen one does."
    )


def _ranked(found: Equals, kind: KindName) -> str:
    """Which kind moves the output most and which least, of those that move the input equally."""
    rows = {name: shake.rows for name, (_, shake) in found.items()}
    wanted, last = rows[kind][INPUT].share, [*rows[kind]][-1]
    head = f"**Every kind, the input moved by {percent(wanted, figures=3)} or as near as can be**: "
    ends = {name: moved[last].share for name, moved in rows.items() if as_strong(moved[INPUT].share, wanted)}
    if len(ends) < 2:
        return f"{head}no other comes within {percent(NEAR, 0)} of that, so none is called the stronger."
    most, least = max(ends, key=lambda name: ends[name]), min(ends, key=lambda name: ends[name])
    return (
        f"{head}{KINDS[most].title} moves the output by {percent(ends[most], figures=3)}, {KINDS[least].title} by "
        f"{percent(ends[least], figures=3)}."
    )


def _table(asked: Asked, found: Equals, kind: KindName) -> str:
    """A row for each kind."""
    wanted, rows = found[kind][1].rows[INPUT].share, []
    for place, (name, (strength, shake)) in enumerate(found.items()):
        into, *inner = shake.rows.items()
        farthest, moved = max(inner, key=lambda one: one[1].share)
        best = asked.best(shake.after, 1)
        near = "" if as_strong(into[1].share, wanted) else "\nnot ranked"
        rows.append(
            (
                line_name(place, look(place, shell.theme()), KINDS[name].title),
                KINDS[name].text(strength),
                f"{percent(into[1].share, figures=3)}{near}",
                f"{percent(moved.share, figures=3)} at {farthest}",
                percent(inner[-1][1].share, figures=3),
                f"{best[0].name} {best[0].share}" if best else "–",
            )
        )
    head = (
        "",
        "Strength",
        Cell("Input", "number"),
        Cell("Moved most", "number wide"),
        Cell("Output", "number"),
        "Answer",
    )
    return html_table(head, rows, picked=[*found].index(kind))
