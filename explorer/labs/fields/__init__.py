"""Fields of view: what a position of a map can see, and how much of it counts."""
