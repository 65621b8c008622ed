"""How long a network takes on this machine, row by row."""
