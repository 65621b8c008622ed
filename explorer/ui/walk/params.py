"""The parameter of a picture's walk, which two pages have."""

from explorer.ui.params.kinds import flag

WALK = flag("walk", "Play", "A picture walks through the network, block by block.")
