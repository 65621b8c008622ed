"""The runs of everybody: carried out, watched, kept."""
