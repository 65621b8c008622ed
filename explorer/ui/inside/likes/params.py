"""The parameters of "What a channel likes"."""
