"""A picture that is changed a little: how the answer moves, and where in the network the change grows and dies."""
