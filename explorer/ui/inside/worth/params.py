"""The parameters of "What a layer is worth"."""
