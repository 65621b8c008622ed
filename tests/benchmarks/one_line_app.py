"""The peer of the app's answers: a Streamlit app that shows one line."""

import streamlit as st

depth = st.selectbox("Depth", [18, 34, 50, 101, 152], index=2)
st.metric("Parameters", {18: "eighteen", 34: "thirty-four", 50: "fifty", 101: "hundred", 152: "more"}[depth])
