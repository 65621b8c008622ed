"""What torchvision publishes of its classifiers that are no residual networks: accuracy, size and work of every recipe.

As for the ten in ``published.py`` the figures stand here too, since torchvision is slow to import; a test checks them.
"""

from typing import NamedTuple


class TorchvisionAccuracy(NamedTuple):
    """One set of weights, trained on ImageNet-1K, those called SWAG on 3.6 billion other pictures before.

    Attributes:
        tag: torchvision's name of it, ``IMAGENET1K_V1``.
        acc1: accuracy in percent, single crop.
        params: learnable scalars.
        giga_macs: 10⁹ multiply-accumulates of one picture; torchvision calls them GFLOPS and gives three places.
        side: of that picture in pixels, the crop that the accuracy was measured with.
        recipe_url: where the recipe is written down.
    """

    tag: str
    acc1: float
    params: int
    giga_macs: float
    side: int
    recipe_url: str


_REFERENCES = "https://github.com/pytorch/vision/tree/main/references/classification#"
_PULL = "https://github.com/pytorch/vision/pull/"
_ISSUE = "https://github.com/pytorch/vision/issues/3995#"
_SWAG = "https://github.com/facebookresearch/SWAG"
_SHUFFLE = "https://github.com/ericsun99/Shufflenet-v2-Pytorch"
_MNAS = "https://github.com/1e100/mnasnet_trainer"

OTHERS: dict[str, tuple[TorchvisionAccuracy, ...]] = {
    "alexnet": (TorchvisionAccuracy("IMAGENET1K_V1", 56.522, 61_100_840, 0.714, 224, _REFERENCES + "alexnet-and-vgg"),),
    "convnext_base": (TorchvisionAccuracy("IMAGENET1K_V1", 84.062, 88_591_464, 15.355, 224, _REFERENCES + "convnext"),),
    "convnext_large": (
        TorchvisionAccuracy("IMAGENET1K_V1", 84.414, 197_767_336, 34.361, 224, _REFERENCES + "convnext"),
    ),
    "convnext_small": (TorchvisionAccuracy("IMAGENET1K_V1", 83.616, 50_223_688, 8.684, 224, _REFERENCES + "convnext"),),
    "convnext_tiny": (TorchvisionAccuracy("IMAGENET1K_V1", 82.52, 28_589_128, 4.456, 224, _REFERENCES + "convnext"),),
    "densenet121": (TorchvisionAccuracy("IMAGENET1K_V1", 74.434, 7_978_856, 2.834, 224, _PULL + "116"),),
    "densenet161": (TorchvisionAccuracy("IMAGENET1K_V1", 77.138, 28_681_000, 7.728, 224, _PULL + "116"),),
    "densenet169": (TorchvisionAccuracy("IMAGENET1K_V1", 75.6, 14_149_480, 3.36, 224, _PULL + "116"),),
    "densenet201": (TorchvisionAccuracy("IMAGENET1K_V1", 76.896, 20_013_928, 4.291, 224, _PULL + "116"),),
    "efficientnet_b0": (
        TorchvisionAccuracy("IMAGENET1K_V1", 77.692, 5_288_548, 0.386, 224, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b1": (
        TorchvisionAccuracy("IMAGENET1K_V1", 78.642, 7_794_184, 0.687, 240, _REFERENCES + "efficientnet-v1"),
        TorchvisionAccuracy(
            "IMAGENET1K_V2", 79.838, 7_794_184, 0.687, 240, _ISSUE + "new-recipe-with-lr-wd-crop-tuning"
        ),
    ),
    "efficientnet_b2": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.608, 9_109_994, 1.088, 288, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b3": (
        TorchvisionAccuracy("IMAGENET1K_V1", 82.008, 12_233_232, 1.827, 300, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b4": (
        TorchvisionAccuracy("IMAGENET1K_V1", 83.384, 19_341_616, 4.394, 380, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b5": (
        TorchvisionAccuracy("IMAGENET1K_V1", 83.444, 30_389_784, 10.266, 456, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b6": (
        TorchvisionAccuracy("IMAGENET1K_V1", 84.008, 43_040_704, 19.068, 528, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_b7": (
        TorchvisionAccuracy("IMAGENET1K_V1", 84.122, 66_347_960, 37.746, 600, _REFERENCES + "efficientnet-v1"),
    ),
    "efficientnet_v2_l": (
        TorchvisionAccuracy("IMAGENET1K_V1", 85.808, 118_515_272, 56.08, 480, _REFERENCES + "efficientnet-v2"),
    ),
    "efficientnet_v2_m": (
        TorchvisionAccuracy("IMAGENET1K_V1", 85.112, 54_139_356, 24.582, 480, _REFERENCES + "efficientnet-v2"),
    ),
    "efficientnet_v2_s": (
        TorchvisionAccuracy("IMAGENET1K_V1", 84.228, 21_458_488, 8.366, 384, _REFERENCES + "efficientnet-v2"),
    ),
    "googlenet": (TorchvisionAccuracy("IMAGENET1K_V1", 69.778, 6_624_904, 1.498, 224, _REFERENCES + "googlenet"),),
    "inception_v3": (
        TorchvisionAccuracy("IMAGENET1K_V1", 77.294, 27_161_264, 5.713, 299, _REFERENCES + "inception-v3"),
    ),
    "maxvit_t": (TorchvisionAccuracy("IMAGENET1K_V1", 83.7, 30_919_624, 5.558, 224, _REFERENCES + "maxvit"),),
    "mnasnet0_5": (TorchvisionAccuracy("IMAGENET1K_V1", 67.734, 2_218_512, 0.104, 224, _MNAS),),
    "mnasnet0_75": (TorchvisionAccuracy("IMAGENET1K_V1", 71.18, 3_170_208, 0.215, 224, _PULL + "6019"),),
    "mnasnet1_0": (TorchvisionAccuracy("IMAGENET1K_V1", 73.456, 4_383_312, 0.314, 224, _MNAS),),
    "mnasnet1_3": (TorchvisionAccuracy("IMAGENET1K_V1", 76.506, 6_282_256, 0.526, 224, _PULL + "6019"),),
    "mobilenet_v2": (
        TorchvisionAccuracy("IMAGENET1K_V1", 71.878, 3_504_872, 0.301, 224, _REFERENCES + "mobilenetv2"),
        TorchvisionAccuracy("IMAGENET1K_V2", 72.154, 3_504_872, 0.301, 224, _ISSUE + "new-recipe-with-reg-tuning"),
    ),
    "mobilenet_v3_large": (
        TorchvisionAccuracy("IMAGENET1K_V1", 74.042, 5_483_032, 0.217, 224, _REFERENCES + "mobilenetv3-large--small"),
        TorchvisionAccuracy("IMAGENET1K_V2", 75.274, 5_483_032, 0.217, 224, _ISSUE + "new-recipe-with-reg-tuning"),
    ),
    "mobilenet_v3_small": (
        TorchvisionAccuracy("IMAGENET1K_V1", 67.668, 2_542_856, 0.057, 224, _REFERENCES + "mobilenetv3-large--small"),
    ),
    "regnet_x_16gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.058, 54_278_536, 15.941, 224, _REFERENCES + "medium-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 82.716, 54_278_536, 15.941, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_x_1_6gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 77.04, 9_190_136, 1.603, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 79.668, 9_190_136, 1.603, 224, _ISSUE + "new-recipe-with-fixres"),
    ),
    "regnet_x_32gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.622, 107_811_560, 31.736, 224, _REFERENCES + "large-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 83.014, 107_811_560, 31.736, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_x_3_2gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 78.364, 15_296_552, 3.177, 224, _REFERENCES + "medium-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 81.196, 15_296_552, 3.177, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_x_400mf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 72.834, 5_495_976, 0.414, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 74.864, 5_495_976, 0.414, 224, _ISSUE + "new-recipe-with-fixres"),
    ),
    "regnet_x_800mf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 75.212, 7_259_656, 0.8, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 77.522, 7_259_656, 0.8, 224, _ISSUE + "new-recipe-with-fixres"),
    ),
    "regnet_x_8gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 79.344, 39_572_648, 7.995, 224, _REFERENCES + "medium-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 81.682, 39_572_648, 7.995, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_y_128gf": (
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 88.228, 644_812_894, 374.57, 384, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 86.068, 644_812_894, 127.518, 224, _PULL + "5793"),
    ),
    "regnet_y_16gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.424, 83_590_140, 15.912, 224, _REFERENCES + "large-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 82.886, 83_590_140, 15.912, 224, _ISSUE + "new-recipe"),
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 86.012, 83_590_140, 46.735, 384, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 83.976, 83_590_140, 15.912, 224, _PULL + "5793"),
    ),
    "regnet_y_1_6gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 77.95, 11_202_430, 1.612, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 80.876, 11_202_430, 1.612, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_y_32gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.878, 145_046_770, 32.28, 224, _REFERENCES + "large-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 83.368, 145_046_770, 32.28, 224, _ISSUE + "new-recipe"),
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 86.838, 145_046_770, 94.826, 384, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 84.622, 145_046_770, 32.28, 224, _PULL + "5793"),
    ),
    "regnet_y_3_2gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 78.948, 19_436_338, 3.176, 224, _REFERENCES + "medium-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 81.982, 19_436_338, 3.176, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_y_400mf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 74.046, 4_344_144, 0.402, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 75.804, 4_344_144, 0.402, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_y_800mf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 76.42, 6_432_512, 0.834, 224, _REFERENCES + "small-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 78.828, 6_432_512, 0.834, 224, _ISSUE + "new-recipe"),
    ),
    "regnet_y_8gf": (
        TorchvisionAccuracy("IMAGENET1K_V1", 80.032, 39_381_472, 8.473, 224, _REFERENCES + "medium-models"),
        TorchvisionAccuracy("IMAGENET1K_V2", 82.828, 39_381_472, 8.473, 224, _ISSUE + "new-recipe"),
    ),
    "shufflenet_v2_x0_5": (TorchvisionAccuracy("IMAGENET1K_V1", 60.552, 1_366_792, 0.04, 224, _SHUFFLE),),
    "shufflenet_v2_x1_0": (TorchvisionAccuracy("IMAGENET1K_V1", 69.362, 2_278_604, 0.145, 224, _SHUFFLE),),
    "shufflenet_v2_x1_5": (TorchvisionAccuracy("IMAGENET1K_V1", 72.996, 3_503_624, 0.296, 224, _PULL + "5906"),),
    "shufflenet_v2_x2_0": (TorchvisionAccuracy("IMAGENET1K_V1", 76.23, 7_393_996, 0.583, 224, _PULL + "5906"),),
    "squeezenet1_0": (
        TorchvisionAccuracy("IMAGENET1K_V1", 58.092, 1_248_424, 0.819, 224, _PULL + "49#issuecomment-277560717"),
    ),
    "squeezenet1_1": (
        TorchvisionAccuracy("IMAGENET1K_V1", 58.178, 1_235_496, 0.349, 224, _PULL + "49#issuecomment-277560717"),
    ),
    "swin_b": (TorchvisionAccuracy("IMAGENET1K_V1", 83.582, 87_768_224, 15.431, 224, _REFERENCES + "swintransformer"),),
    "swin_s": (TorchvisionAccuracy("IMAGENET1K_V1", 83.196, 49_606_258, 8.741, 224, _REFERENCES + "swintransformer"),),
    "swin_t": (TorchvisionAccuracy("IMAGENET1K_V1", 81.474, 28_288_354, 4.491, 224, _REFERENCES + "swintransformer"),),
    "swin_v2_b": (
        TorchvisionAccuracy("IMAGENET1K_V1", 84.112, 87_930_848, 20.325, 256, _REFERENCES + "swintransformer-v2"),
    ),
    "swin_v2_s": (
        TorchvisionAccuracy("IMAGENET1K_V1", 83.712, 49_737_442, 11.546, 256, _REFERENCES + "swintransformer-v2"),
    ),
    "swin_v2_t": (
        TorchvisionAccuracy("IMAGENET1K_V1", 82.072, 28_351_570, 5.94, 256, _REFERENCES + "swintransformer-v2"),
    ),
    "vgg11": (TorchvisionAccuracy("IMAGENET1K_V1", 69.02, 132_863_336, 7.609, 224, _REFERENCES + "alexnet-and-vgg"),),
    "vgg11_bn": (
        TorchvisionAccuracy("IMAGENET1K_V1", 70.37, 132_868_840, 7.609, 224, _REFERENCES + "alexnet-and-vgg"),
    ),
    "vgg13": (TorchvisionAccuracy("IMAGENET1K_V1", 69.928, 133_047_848, 11.308, 224, _REFERENCES + "alexnet-and-vgg"),),
    "vgg13_bn": (
        TorchvisionAccuracy("IMAGENET1K_V1", 71.586, 133_053_736, 11.308, 224, _REFERENCES + "alexnet-and-vgg"),
    ),
    "vgg16": (TorchvisionAccuracy("IMAGENET1K_V1", 71.592, 138_357_544, 15.47, 224, _REFERENCES + "alexnet-and-vgg"),),
    "vgg16_bn": (
        TorchvisionAccuracy("IMAGENET1K_V1", 73.36, 138_365_992, 15.47, 224, _REFERENCES + "alexnet-and-vgg"),
    ),
    "vgg19": (TorchvisionAccuracy("IMAGENET1K_V1", 72.376, 143_667_240, 19.632, 224, _REFERENCES + "alexnet-and-vgg"),),
    "vgg19_bn": (
        TorchvisionAccuracy("IMAGENET1K_V1", 74.218, 143_678_248, 19.632, 224, _REFERENCES + "alexnet-and-vgg"),
    ),
    "vit_b_16": (
        TorchvisionAccuracy("IMAGENET1K_V1", 81.072, 86_567_656, 17.564, 224, _REFERENCES + "vit_b_16"),
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 85.304, 86_859_496, 55.484, 384, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 81.886, 86_567_656, 17.564, 224, _PULL + "5793"),
    ),
    "vit_b_32": (TorchvisionAccuracy("IMAGENET1K_V1", 75.912, 88_224_232, 4.409, 224, _REFERENCES + "vit_b_32"),),
    "vit_h_14": (
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 88.552, 633_470_440, 1016.717, 518, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 85.708, 632_045_800, 167.295, 224, _PULL + "5793"),
    ),
    "vit_l_16": (
        TorchvisionAccuracy("IMAGENET1K_V1", 79.662, 304_326_632, 61.555, 224, _REFERENCES + "vit_l_16"),
        TorchvisionAccuracy("IMAGENET1K_SWAG_E2E_V1", 88.064, 305_174_504, 361.986, 512, _SWAG),
        TorchvisionAccuracy("IMAGENET1K_SWAG_LINEAR_V1", 85.146, 304_326_632, 61.555, 224, _PULL + "5793"),
    ),
    "vit_l_32": (TorchvisionAccuracy("IMAGENET1K_V1", 76.972, 306_535_400, 15.378, 224, _REFERENCES + "vit_l_32"),),
}
"""By torchvision's name; weights that do not classify are left out."""
