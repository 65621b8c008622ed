"""How much memory a network takes on this machine."""
