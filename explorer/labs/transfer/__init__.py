"""What a network that was trained on one thing is worth for another."""
