"""Files of weights: read without running anything, recognised, held against a network."""
