"""The parameters of "What it sees"."""
