"""A training run: its config, its steps, and what a set of runs shows."""
