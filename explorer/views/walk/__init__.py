"""A picture's walk through a network: where it stops, how that is drawn, and the maps as one picture."""
