"""When a block passes its input on, and what a network is worth without it."""
