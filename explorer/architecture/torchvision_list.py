"""The classifiers of torchvision that have no spec here: their names, and the input that each was made for."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from explorer.architecture.names import meant, nearest
from explorer.architecture.notebook import fields_table
from explorer.architecture.spec import MAX_CLASSES
from explorer.architecture.values import counted, is_count, shown, whole
from explorer.errors import SpecError

SOURCE = "torchvision 0.29"
CLASSES = 1000
"""Of ImageNet, which torchvision makes its classifiers for."""


class Classifier(NamedTuple):
    """A classifier of torchvision.

    Attributes:
        name: in torchvision.
        title: for people.
        family: what it is one of.
        side: height and width of the input that it was made for, in pixels.
    """

    name: str
    title: str
    family: str
    side: int


@dataclass(frozen=True, kw_only=True)
class TorchvisionSpec:
    """A network that is known by its name in torchvision and the number of its classes.

    Attributes:
        name: such as ``vgg16``, see ``classifiers()``; made from a title, ``VGG-16``, too, however it is spelled.
        num_classes: outputs of its last layer, torchvision's ``num_classes``.

    Raises:
        SpecError: when there is no classifier of that name, or the number is wrong.
    """

    name: str
    num_classes: int = CLASSES

    def __post_init__(self) -> None:
        known = meant(self.name, _TITLES)
        if known is None:
            near = nearest(self.name, _BY_NAME)
            choices = [*near, *(name for name in _BY_NAME if name not in near)]
            raise SpecError(
                f"There is no classifier named {shown(self.name)} in torchvision; choose one of {', '.join(choices)}."
            )
        object.__setattr__(self, "name", known)
        object.__setattr__(self, "num_classes", whole(self.num_classes))
        if not is_count(self.num_classes, MAX_CLASSES):
            raise SpecError(
                f"num_classes is {shown(self.num_classes)}; it must be a whole number from 1 to {MAX_CLASSES:,}."
            )

    @property
    def classifier(self) -> Classifier:
        """What is known of it without building it."""
        return _BY_NAME[self.name]

    @property
    def title(self) -> str:
        """Its name for people, with its classes where they are not ImageNet's: "EfficientNet-B0, 5 classes"."""
        usual = self.classifier.title
        return usual if self.num_classes == CLASSES else f"{usual}, {counted(self.num_classes, 'class', 'classes')}"

    @property
    def in_channels(self) -> int:
        """Channels of the input: RGB."""
        return 3

    def replace(self, /, **changes: Any) -> Self:
        """A copy with another number of classes, checked anew.

        Raises:
            SpecError: when a field is unknown or the number is wrong.
        """
        unknown = sorted(set(changes) - {"num_classes"})
        if unknown:
            raise SpecError(
                f"A classifier of torchvision has no field {shown(unknown[0])}; all that can be chosen is num_classes."
            )
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """The number of classes where it is not ImageNet's, as files always were."""
        return {} if self.num_classes == CLASSES else {"num_classes": self.num_classes}

    def _repr_html_(self) -> str:
        """Its fields and what is known of it, for a notebook."""
        return fields_table(
            "TorchvisionSpec",
            {
                "name": self.name,
                "num_classes": self.num_classes,
                "title": self.title,
                "family": self.classifier.family,
            },
        )


def classifiers() -> tuple[Classifier, ...]:
    """All classifiers of torchvision but its ResNets, which have specs of their own."""
    return tuple(_BY_NAME.values())


_ALL = (
    Classifier("alexnet", "AlexNet", "AlexNet", 224),
    Classifier("convnext_base", "ConvNeXt Base", "ConvNeXt", 224),
    Classifier("convnext_large", "ConvNeXt Large", "ConvNeXt", 224),
    Classifier("convnext_small", "ConvNeXt Small", "ConvNeXt", 224),
    Classifier("convnext_tiny", "ConvNeXt Tiny", "ConvNeXt", 224),
    Classifier("densenet121", "DenseNet-121", "DenseNet", 224),
    Classifier("densenet161", "DenseNet-161", "DenseNet", 224),
    Classifier("densenet169", "DenseNet-169", "DenseNet", 224),
    Classifier("densenet201", "DenseNet-201", "DenseNet", 224),
    Classifier("efficientnet_b0", "EfficientNet-B0", "EfficientNet", 224),
    Classifier("efficientnet_b1", "EfficientNet-B1", "EfficientNet", 240),
    Classifier("efficientnet_b2", "EfficientNet-B2", "EfficientNet", 288),
    Classifier("efficientnet_b3", "EfficientNet-B3", "EfficientNet", 300),
    Classifier("efficientnet_b4", "EfficientNet-B4", "EfficientNet", 380),
    Classifier("efficientnet_b5", "EfficientNet-B5", "EfficientNet", 456),
    Classifier("efficientnet_b6", "EfficientNet-B6", "EfficientNet", 528),
    Classifier("efficientnet_b7", "EfficientNet-B7", "EfficientNet", 600),
    Classifier("efficientnet_v2_l", "EfficientNetV2-L", "EfficientNetV2", 480),
    Classifier("efficientnet_v2_m", "EfficientNetV2-M", "EfficientNetV2", 480),
    Classifier("efficientnet_v2_s", "EfficientNetV2-S", "EfficientNetV2", 384),
    Classifier("googlenet", "GoogLeNet", "GoogLeNet", 224),
    Classifier("inception_v3", "Inception v3", "Inception v3", 299),
    Classifier("maxvit_t", "MaxViT-T", "MaxViT", 224),
    Classifier("mnasnet0_5", "MNASNet 0.5", "MNASNet", 224),
    Classifier("mnasnet0_75", "MNASNet 0.75", "MNASNet", 224),
    Classifier("mnasnet1_0", "MNASNet 1.0", "MNASNet", 224),
    Classifier("mnasnet1_3", "MNASNet 1.3", "MNASNet", 224),
    Classifier("mobilenet_v2", "MobileNetV2", "MobileNetV2", 224),
    Classifier("mobilenet_v3_large", "MobileNetV3 large", "MobileNetV3", 224),
    Classifier("mobilenet_v3_small", "MobileNetV3 small", "MobileNetV3", 224),
    Classifier("regnet_x_16gf", "RegNetX-16 GF", "RegNetX", 224),
    Classifier("regnet_x_1_6gf", "RegNetX-1.6 GF", "RegNetX", 224),
    Classifier("regnet_x_32gf", "RegNetX-32 GF", "RegNetX", 224),
    Classifier("regnet_x_3_2gf", "RegNetX-3.2 GF", "RegNetX", 224),
    Classifier("regnet_x_400mf", "RegNetX-400 MF", "RegNetX", 224),
    Classifier("regnet_x_800mf", "RegNetX-800 MF", "RegNetX", 224),
    Classifier("regnet_x_8gf", "RegNetX-8 GF", "RegNetX", 224),
    Classifier("regnet_y_128gf", "RegNetY-128 GF", "RegNetY", 384),
    Classifier("regnet_y_16gf", "RegNetY-16 GF", "RegNetY", 224),
    Classifier("regnet_y_1_6gf", "RegNetY-1.6 GF", "RegNetY", 224),
    Classifier("regnet_y_32gf", "RegNetY-32 GF", "RegNetY", 224),
    Classifier("regnet_y_3_2gf", "RegNetY-3.2 GF", "RegNetY", 224),
    Classifier("regnet_y_400mf", "RegNetY-400 MF", "RegNetY", 224),
    Classifier("regnet_y_800mf", "RegNetY-800 MF", "RegNetY", 224),
    Classifier("regnet_y_8gf", "RegNetY-8 GF", "RegNetY", 224),
    Classifier("shufflenet_v2_x0_5", "ShuffleNetV2 ×0.5", "ShuffleNetV2", 224),
    Classifier("shufflenet_v2_x1_0", "ShuffleNetV2 ×1.0", "ShuffleNetV2", 224),
    Classifier("shufflenet_v2_x1_5", "ShuffleNetV2 ×1.5", "ShuffleNetV2", 224),
    Classifier("shufflenet_v2_x2_0", "ShuffleNetV2 ×2.0", "ShuffleNetV2", 224),
    Classifier("squeezenet1_0", "SqueezeNet 1.0", "SqueezeNet", 224),
    Classifier("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet", 224),
    Classifier("swin_b", "Swin-B", "Swin", 224),
    Classifier("swin_s", "Swin-S", "Swin", 224),
    Classifier("swin_t", "Swin-T", "Swin", 224),
    Classifier("swin_v2_b", "Swin v2-B", "Swin v2", 256),
    Classifier("swin_v2_s", "Swin v2-S", "Swin v2", 256),
    Classifier("swin_v2_t", "Swin v2-T", "Swin v2", 256),
    Classifier("vgg11", "VGG-11", "VGG", 224),
    Classifier("vgg11_bn", "VGG-11 (BN)", "VGG", 224),
    Classifier("vgg13", "VGG-13", "VGG", 224),
    Classifier("vgg13_bn", "VGG-13 (BN)", "VGG", 224),
    Classifier("vgg16", "VGG-16", "VGG", 224),
    Classifier("vgg16_bn", "VGG-16 (BN)", "VGG", 224),
    Classifier("vgg19", "VGG-19", "VGG", 224),
    Classifier("vgg19_bn", "VGG-19 (BN)", "VGG", 224),
    Classifier("vit_b_16", "ViT-B/16", "ViT", 224),
    Classifier("vit_b_32", "ViT-B/32", "ViT", 224),
    Classifier("vit_h_14", "ViT-H/14", "ViT", 518),
    Classifier("vit_l_16", "ViT-L/16", "ViT", 224),
    Classifier("vit_l_32", "ViT-L/32", "ViT", 224),
)
_BY_NAME = {known.name: known for known in _ALL}
_TITLES = {known.name: known.title for known in _ALL}
