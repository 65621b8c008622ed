"""The loss around trained weights, on a plane through the space of all weights."""
