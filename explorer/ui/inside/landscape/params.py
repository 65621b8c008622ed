"""The parameters of "Landscape"."""
