"""The trained example: its weights, and the script that made them."""
