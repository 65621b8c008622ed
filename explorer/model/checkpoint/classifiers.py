"""Which of torchvision's other classifiers a set of tensors is of, from names and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from torch import Tensor

from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.model.checkpoint.checkpoint import countless, shapes_of
from explorer.model.checkpoint.recognise import Shapes
from explorer.model.families import model_family

# A tensor that all members of a family have, and few others: only these are built, without memory, and compared.
_ANCHORS = {
    "AlexNet": "classifier.4.weight",
    "ConvNeXt": "features.6.1.weight",
    "DenseNet": "features.conv0.weight",
    "EfficientNet": "features.2.1.block.3.1.weight",
    "EfficientNetV2": "features.6.13.block.3.1.weight",
    "GoogLeNet": "conv3.conv.weight",
    "Inception v3": "Conv2d_1a_3x3.conv.weight",
    "MaxViT": "stem.1.0.weight",
    "MNASNet": "layers.7.weight",
    "MobileNetV2": "features.18.1.weight",
    "MobileNetV3": "features.2.block.1.1.weight",
    "RegNetX": "trunk_output.block1.block1-0.f.a.0.weight",
    "RegNetY": "trunk_output.block1.block1-0.f.se.fc1.weight",
    "ShuffleNetV2": "stage2.0.branch1.1.weight",
    "SqueezeNet": "features.12.squeeze.weight",
    "Swin": "features.1.0.attn.relative_position_bias_table",
    "Swin v2": "features.1.0.attn.cpb_mlp.2.weight",
    "VGG": "features.0.weight",
    "ViT": "encoder.layers.encoder_layer_0.ln_1.weight",
}


def find_classifiers(names: Mapping[str, Tensor]) -> Iterator[tuple[TorchvisionSpec, str, int]]:
    """Each classifier of torchvision that some of the tensors are of, whatever stands before their names.

    Args:
        names: tensors by their names in the file.

    Yields:
        The classifier, the prefix, and how many outputs its last layer has in the file: 1,000 in torchvision.
    """
    for family, anchor in _ANCHORS.items():
        for name in names:
            prefix = name.removesuffix(anchor)
            if prefix == name or (prefix and not prefix.endswith((".", "/"))):
                continue
            inside = {name.removeprefix(prefix): tensor for name, tensor in names.items() if name.startswith(prefix)}
            for known in classifiers():
                if known.family == family:
                    spec = TorchvisionSpec(name=known.name)
                    outputs = _outputs(countless(shapes_of(model_family(spec).named_as_now(inside))), spec)
                    if outputs:
                        yield spec, prefix, outputs


def _outputs(file: Shapes, spec: TorchvisionSpec) -> int:
    """How many outputs the file's last layer has, where all else is the classifier's; 0 where it is not."""
    network = _shapes(spec)
    family = model_family(spec)
    other = [name for name in network if file.get(name) != network[name]]
    if any(family.is_of_another(name, network) for name in file if name not in network):
        return 0
    last = list(network)[-1].rpartition(".")[0]
    if any(re.fullmatch(rf"{re.escape(last)}\.(weight|bias)", name) is None for name in other):
        return 0
    shape = file.get(f"{last}.weight", (0,))
    same = shape[1:] == network[f"{last}.weight"][1:]
    return shape[0] if same else 0


@cache
def _shapes(spec: TorchvisionSpec) -> Shapes:
    return countless(model_family(spec).shapes())
