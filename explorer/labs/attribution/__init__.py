"""Which places of a picture an answer comes from, and whether such a map can be believed."""
