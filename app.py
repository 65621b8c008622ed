"""What Streamlit runs, here and in an installed copy: ``streamlit run app.py``."""

from explorer.ui.app import draw

draw()
