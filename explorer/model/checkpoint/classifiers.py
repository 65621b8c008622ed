"""Which of torchvision's other classifiers a set of tensors is of, from names and shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from torch import Tensor

from explorer.architecture.spec import MAX_CLASSES
from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.architecture.values import is_count
from explorer.model.checkpoint.checkpoint import countless, shapes_of
from explorer.model.checkpoint.recognise import Shapes
from explorer.model.families import HEADS_FOR_TRAINING, model_family

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


def find_classifiers(names: Mapping[str, Tensor]) -> Iterator[tuple[TorchvisionSpec, str, Mapping[str, Tensor]]]:
    """Each classifier of torchvision that some of the tensors are of, whatever stands before their names.

    Args:
        names: tensors by their names in the file.

    Yields:
        The classifier with as many classes as its last layer has outputs in the file, the prefix, and the tensors
        behind it by their names in the classifier.
    """
    for family, anchor in _ANCHORS.items():
        for name in names:
            prefix = name.removesuffix(anchor)
            if prefix == name or (prefix and not prefix.endswith((".", "/"))):
                continue
            inside = {name.removeprefix(prefix): tensor for name, tensor in names.items() if name.startswith(prefix)}
            for known in classifiers():
                if known.family == family:
                    usual = TorchvisionSpec(name=known.name)
                    own = _named(inside, usual)
                    spec = _with_classes(countless(shapes_of(own)), usual)
                    if spec is not None:
                        yield spec, prefix, own


def _named(inside: Mapping[str, Tensor], spec: TorchvisionSpec) -> Mapping[str, Tensor]:
    """The tensors by their names in the classifier; one layer in the place of its last ones, ``heads``, is its last."""
    tensors, last = model_family(spec).named_as_now(inside), _last(spec)
    ours = {f"{last}.weight", f"{last}.bias"}
    theirs = [name for name in tensors.keys() - _shapes(spec) if name.partition(".")[0] == last.partition(".")[0]]
    layer = theirs[0].rpartition(".")[0] if theirs else last
    if ours & tensors.keys() or {*theirs} != {f"{layer}.weight", f"{layer}.bias"}:
        return tensors
    return {last + name.removeprefix(layer) if name in theirs else name: tensor for name, tensor in tensors.items()}


def _with_classes(file: Shapes, spec: TorchvisionSpec) -> TorchvisionSpec | None:
    """The classifier with the file's classes where all but its last layer is in the file; None where it is not.

    A last layer of another form leaves the classes at torchvision's 1,000.
    """
    network, family = _shapes(spec), model_family(spec)
    last = _last(spec)
    head = last.partition(".")[0]
    if any(family.is_of_another(name, network) and name.partition(".")[0] != head for name in file.keys() - network):
        return None
    for name, shape in network.items():
        if not name.startswith((f"{last}.", *HEADS_FOR_TRAINING)) and file.get(name) != shape:
            return None
    classes, *features = file.get(f"{last}.weight", (0,))
    usual = tuple(features) != network[f"{last}.weight"][1:] or not is_count(classes, MAX_CLASSES)
    return spec if usual else spec.replace(num_classes=classes)


def _last(spec: TorchvisionSpec) -> str:
    """The last layer."""
    return list(_shapes(spec))[-1].rpartition(".")[0]


@cache
def _shapes(spec: TorchvisionSpec) -> Shapes:
    return countless(model_family(spec).shapes())
