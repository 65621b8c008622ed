"""What excites a channel, and how a network sorts pictures along its depth."""
