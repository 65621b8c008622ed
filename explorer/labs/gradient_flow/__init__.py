"""Spread of activations and norm of gradients through the depth."""
