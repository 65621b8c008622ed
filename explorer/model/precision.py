"""Numbers in double precision, on every device."""

from torch import Tensor


def in_double(values: Tensor) -> Tensor:
    """Values in double precision: where they are, or on the CPU if they are on an Apple GPU, which has none.

    Args:
        values: of any shape and type.
    """
    return (values.cpu() if values.device.type == "mps" else values).double()
