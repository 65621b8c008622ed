"""What a row outputs with its channels in front, however the network lays them out."""

from math import isqrt

from torch import Tensor

from explorer.architecture.operations import Op


def channels_first(op: Op, output: Tensor) -> Tensor:
    """An output with its channels behind the pictures.

    Args:
        op: of the row.
        output: ``(N, C, …)``, or ``(N, …, C)`` where ``op.channels_last``.

    Returns:
        ``(N, C, …)``, a view.
    """
    return output.movedim(-1, 1) if op.channels_last and output.dim() > 2 else output


def maps_of(op: Op, output: Tensor) -> Tensor | None:
    """What a row outputs as maps, for a picture of it.

    Tokens are laid out as the square that they were cut from; a class token in front of them is left out.

    Args:
        op: of the row.
        output: batch first, as ``record`` returns it.

    Returns:
        ``(N, C, H, W)``, a view; None for what is no map.
    """
    output = channels_first(op, output)
    if output.dim() == 4:
        return output
    if output.dim() != 3 or not op.channels_last or op.in_sequence:
        return None
    tokens = output.shape[2]
    side = isqrt(tokens)
    if side < 2 or tokens - side**2 not in (0, 1):
        return None
    return output[:, :, tokens - side**2 :].unflatten(2, (side, side))


def drawable(op: Op, output: Tensor) -> Tensor:
    """What a row outputs as something that can be drawn.

    Args:
        op: of the row.
        output: batch first, as ``record`` returns it.

    Returns:
        Maps ``(N, C, H, W)`` where it is maps or a square of tokens; features ``(N, C)`` as they are; all else as a
        column of its values per channel, ``(N, C, values, 1)``.
    """
    maps = maps_of(op, output)
    if maps is not None or output.dim() < 3:
        return output if maps is None else maps
    return channels_first(op, output).flatten(2)[..., None]
