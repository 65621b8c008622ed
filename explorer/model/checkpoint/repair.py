"""Norm statistics estimated anew: the same weights, with the mean and variance that other pictures have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

import safetensors.torch
import torch
from torch import Tensor

from explorer.architecture.families import Spec, title_of
from explorer.architecture.weights import WeightsChoice
from explorer.errors import WeightsError
from explorer.model.calibrate import calibrate
from explorer.model.checkpoint.checkpoint import Checkpoint
from explorer.model.checkpoint.contents import Contents
from explorer.model.weights import load

_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
_AT_ONCE = 16


def check_repairable(spec: Spec, checkpoint: Checkpoint) -> None:
    """Refuse a network whose norms keep no running statistics.

    Raises:
        WeightsError: with the network's name.
    """
    if not any(name.endswith("running_mean") for name in checkpoint.tensors):
        raise WeightsError(
            f"The norms of {title_of(spec)} keep no running statistics, they take mean and variance of each picture: "
            "nothing is to be estimated anew."
        )


def repaired(
    spec: Spec, checkpoint: Checkpoint, images: Tensor, *, device: str | torch.device | None = None
) -> Checkpoint:
    """A checkpoint with the running statistics that pictures have, and all else as it was.

    The average over passes of sixteen pictures at most, as ``torch.optim.swa_utils.update_bn`` has it.

    Args:
        spec: the network.
        checkpoint: its weights under the network's own names.
        images: ``(N, C, H, W)``, prepared as for these weights.
        device: where it is done; None chooses.

    Raises:
        WeightsError: when the weights do not fit, or there are no running statistics.
        InputSizeError: when the network cannot take such pictures in train mode.
        DeviceError: when the device's memory is not enough.
    """
    check_repairable(spec, checkpoint)
    model, _ = load(spec, WeightsChoice(source="file", digest=checkpoint.sha256), device=device, checkpoint=checkpoint)
    calibrate(model, images, passes=len(images.split(_AT_ONCE)))
    state = model.torch_module.state_dict()
    tensors = {name: state[name].cpu() if _is_statistic(name) else old for name, old in checkpoint.tensors.items()}
    digest = hashlib.sha256(checkpoint.sha256.encode())
    for name in filter(_is_statistic, tensors):
        digest.update(tensors[name].numpy().tobytes())
    return replace(checkpoint, tensors=tensors, sha256=digest.hexdigest())


def as_file(contents: Contents, before: Checkpoint, after: Checkpoint) -> bytes:
    """A safetensors file of what was repaired, under the names that the tensors had in the file they came from.

    Args:
        contents: of that file.
        before: what was read of it.
        after: the same with other statistics.
    """
    # tensors that were only renamed are the same objects in both
    ours = {id(tensor): name for name, tensor in before.tensors.items()}
    group = max(contents.groups, key=lambda group: sum(id(tensor) in ours for tensor in group.tensors.values()))
    tensors = {
        name: after.tensors[ours[id(tensor)]] if id(tensor) in ours else tensor
        for name, tensor in group.tensors.items()
    }
    said = {place: value if isinstance(value, str) else json.dumps(value) for place, value in contents.hints.items()}
    if before.class_names:
        said["classes"] = json.dumps(before.class_names, ensure_ascii=False)
    metadata = {"format": "pt", **(contents.metadata or said)}
    return safetensors.torch.save(_apart(tensors), metadata)


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Copies, for the format has no tensors that share their numbers."""
    return {name: tensor.clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()}


def _is_statistic(name: str) -> bool:
    return name.endswith(_STATISTICS)
