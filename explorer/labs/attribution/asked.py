"""What a network is asked of a picture: one class's output, or how far it is above another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from explorer.errors import LabError
from explorer.model.build import ObservableModule
from explorer.model.forward import passed

BATCH_BYTES = 1_000_000_000
"""What the rows of a batch output at most, as far as one picture allows; a CPU takes twice as long for one by one."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The output that is explained.

    Attributes:
        chosen: number of the class.
        against: of the class whose output is taken off; None for the chosen one's alone.
    """

    chosen: int
    against: int | None = None

    def score(self, outputs: Tensor) -> Tensor:
        """The logit, or the difference of two, of each picture.

        Args:
            outputs: logits, ``(N, classes)``; some classifiers end in maps of one value.

        Returns:
            ``(N,)``.

        Raises:
            LabError: the network outputs a picture, there is no such class, or the logits are not finite.
        """
        if outputs.dim() > 2 and outputs[0, 0].numel() > 1:
            raise LabError("The network outputs a picture and no classes, so there is no answer to explain.")
        logits = outputs.flatten(1)
        last = logits.shape[1] - 1
        for number in (self.chosen, self.chosen if self.against is None else self.against):
            if not 0 <= number <= last:
                raise LabError(f"There is no class {number:,}: this network's are numbered 0 to {last:,}.")
        if not logits.isfinite().all():
            raise LabError("The network outputs NaN or infinity, so no place of the picture can be made out.")
        found = logits[:, self.chosen]
        return found if self.against is None else found - logits[:, self.against]


def at_once(model: ObservableModule, image: Tensor, most: int) -> int:
    """How many pictures of a size, ``(1, C, H, W)``, go through a network at once: ``most``, or what memory allows."""
    each = model.plan_at((image.shape[2], image.shape[3])).activation_bytes
    return max(1, min(most, BATCH_BYTES // max(1, each)))


def scorer(
    model: ObservableModule, asked: Asked, told: Callable[[int], None] | None = None
) -> Callable[[Tensor], Tensor]:
    """From pictures ``(N, C, H, W)`` to their scores ``(N,)``, for those who run the model themselves.

    Args:
        model: from ``build``, or wrapped; held by the caller.
        asked: what is explained.
        told: of each pass, how many pictures went through; may raise to end the work.
    """

    def score(images: Tensor) -> Tensor:
        if told is not None:
            told(len(images))
        return asked.score(passed(model, images))

    return score
