"""Running statistics estimated from pictures, so that an untrained network does not explode in eval mode."""

import torch
from torch import Tensor

from explorer.model.batchnorm import TrackingNorm, norm_modules
from explorer.model.build import ObservableModule
from explorer.model.forward import passed
from explorer.model.guard import borrowed, exclusive


def calibrate(model: ObservableModule, images: Tensor, *, passes: int = 1) -> None:
    """Give every norm the mean and variance that pictures have there, and change nothing else.

    The only function here that changes a model on purpose. Fresh running statistics (0 and 1) normalise nothing, so
    that activations grow from block to block. What is estimated is the average over all passes, each as in a training
    step, without a gradient and without the running statistics that were there before. Norms without running
    statistics need none.

    Args:
        model: from ``build``; its training flags and momenta stay as they are.
        images: ``(N, C, H, W)``. A norm of the last stage may get one value a picture and channel, and the statistics
            of two or three values fit no other picture: take sixteen or so.
        passes: over how many forward passes the pictures are spread; fewer pictures at once need less memory.

    Raises:
        InputSizeError: when the network cannot take such pictures in train mode; the model is then as it was.
        DeviceError: when the device's memory is not enough.
    """
    modules = {id(norm): norm for norm in norm_modules(model).values()}  # a norm that is called twice is one norm
    norms = [n for n in modules.values() if isinstance(n, TrackingNorm) and n.track_running_stats]
    with exclusive(model):
        with borrowed(model, "train"):
            for norm in norms:
                norm.reset_running_stats()
            for i, some in enumerate(images.chunk(passes)):
                for norm in norms:
                    # the cumulative average, which torch's instance norm does not know as momentum=None
                    norm.momentum = 1 / (i + 1)
                passed(model, some)
            estimated = [list(norm.buffers()) for norm in norms]
        with torch.no_grad():
            for norm, values in zip(norms, estimated, strict=True):
                for buffer, value in zip(norm.buffers(), values, strict=True):
                    buffer.copy_(value)
