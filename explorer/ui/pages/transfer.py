"""Transfer learning: a trained network carried over to other classes, in numbers and live."""

import streamlit as st

from explorer.labs.transfer.findings import Result
from explorer.ui import state
from explorer.ui.transfer import choice, preprocessing, start, submit, way, words

STYLE = """<style>
.going { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; }
.going { font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.going span { flex: 1 1 auto; min-width: 0; }
.going em { font-style: normal; opacity: 0.85; white-space: nowrap; margin-left: auto; }
.st-key-t_one a, .st-key-x_links a { text-decoration: underline; text-underline-offset: 3px; }
.ends, .parts, .preprocessed { overflow-x: auto; }
:is(.ends, .parts, .preprocessed) table {
  border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; width: 100%;
}
:is(.ends, .parts, .preprocessed) :is(th, td) {
  padding: 4px 12px 4px 0; text-align: left; font-weight: 400; vertical-align: top;
}
:is(.ends, .parts, .preprocessed) thead th { font-weight: 650; }
:is(.ends, .parts, .preprocessed) tr { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ends th[scope=row] { min-width: 9.5em; }
.ends img { vertical-align: middle; margin: 0 8px 0 6px; }
.parts :is(td, th):nth-child(n + 3) { text-align: right; padding-right: 0; padding-left: 10px; white-space: nowrap; }
.preprocessed .bar { width: 34%; }
.preprocessed td { white-space: nowrap; }
@media (max-width: 640px) { .preprocessed .bar, .preprocessed th:nth-child(3) { display: none; } }
.preprocessed .bar i { display: block; height: 10px; margin-top: 6px; background: currentColor; opacity: 0.55; }
</style>"""


def main() -> None:
    st.html(STYLE)
    st.markdown(words.IDEA)
    move = choice.choose()
    if move is not None:
        start.start(move)
        submit.what_is_asked(move)
    source_run, ended = "", list[Result]()
    if state.get("x_runs"):
        from explorer.ui.training.whose import remember
        from explorer.ui.transfer import results  # torch and what carries out runs, for who has runs

        source_run, ended = results.show()
        remember()
    if move is not None:
        way.show(move)
        preprocessing.show(move, source_run, lambda: start.offer_both(move))
    st.markdown(f"{words.shallow(ended)}\n\n{words.BEHIND_FC}")


main()
