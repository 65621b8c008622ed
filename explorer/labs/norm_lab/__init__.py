"""What a norm does and where it fails: small experiments, each of them a function that returns numbers."""
