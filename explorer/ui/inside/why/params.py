"""The parameters of "Why this answer"."""
