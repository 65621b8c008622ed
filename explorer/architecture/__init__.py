"""What a network is: its specification, its tree of operations and its plan. Standard library only."""
