"""What the layers of a trained network are worth: what can be read from them, and what is lost without them."""
