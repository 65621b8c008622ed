"""Training: degradation seen, live, on real pictures; and every run that was ever trained here."""

import streamlit as st

from explorer.ui.training import drawn, kept
from explorer.ui.training.start import start
from explorer.ui.training.whose import remember

STYLE = """<style>
.going { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; }
.going { font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.st-key-t_one a { text-decoration: underline; text-underline-offset: 3px; }
.going span { flex: 1 1 auto; min-width: 0; }
.going em { font-style: normal; opacity: 0.85; white-space: nowrap; margin-left: auto; }
.ends { overflow-x: auto; }
.ends table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; width: 100%; }
.ends th, .ends td { padding: 4px 12px 4px 0; text-align: left; font-weight: 400; vertical-align: top; }
.ends thead th { font-weight: 650; }
.ends th[scope=row] { min-width: 9.5em; }
.ends tr { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.ends img { vertical-align: middle; margin: 0 8px 0 6px; }
</style>"""
QUESTION = (
    "**Do deeper networks train worse, and do shortcuts mend it?** On CIFAR-10 a plain network of 56 layers ends with "
    "a higher training error than one of 20: it does not overfit, it is harder to train. With shortcuts the order "
    "turns round (He et al. 2015, arXiv 1512.03385, figures 1 and 6). Here it is tried on digits, in seconds."
)


def main() -> None:
    st.html(STYLE)
    st.markdown(QUESTION)
    start()
    watched = drawn.show()
    if watched:
        kept.one_run(watched)
    kept.table()
    remember()


main()
