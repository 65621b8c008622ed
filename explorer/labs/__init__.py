"""Experiments: what the sources claim of residual networks, tried on real data."""
