"""Networks that are not described here, by a name that their weights have: what is said of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple


class _Known(NamedTuple):
    title: str
    name: str
    """Is found in one of the tensors' names."""
    why: str = ""
    """In what it departs from the networks that are described here; empty for what is no residual network like them."""


# what begins with the sound of a vowel
_VOWELS = ("E", "HR", "I", "NF", "SE", "SK")
_STAGE = r"layer\d+\.\d+"
_KNOWN: tuple[_Known, ...] = (
    # near a residual network; names from timm where nothing else is said
    _Known("Res2Net", rf"{_STAGE}\.convs\.\d", "its 3×3 is a chain of smaller ones"),
    _Known("ResNeSt", rf"{_STAGE}\.conv2\.(?:fc1|bn0|radix)", "its 3×3 is split and weighed by attention"),
    _Known("SK-ResNet", rf"{_STAGE}\.conv\d\.paths\.\d", "its blocks choose between kernels"),
    _Known("ECA-ResNet", r"\.(?:se|eca|attn)\.conv\.weight$", "its gates are convolutions along the channels"),
    _Known("GC-ResNet", r"\.(?:conv_attn|conv_mask|mlp_add|channel_add_conv)\.", "its blocks attend to the whole map"),
    _Known(
        "ResNet with CBAM", r"(?i)\.(?:cbam|channelgate|spatialgate|ca\.fc|sa\.conv)", "its blocks attend to places"
    ),
    _Known("CLIP ResNet", r"attnpool\.|head\.(?:q|k|v|qkv)\.weight$", "its stem is another and its head is attention"),
    _Known("ResNetV2 (BiT)", r"blocks\.\d+\.norm3\.|block\d\.unit\d+\.", "its norms stand elsewhere"),
    _Known("NF-ResNet", r"conv\d?\.gain$", "it has no norms, and its convolutions are standardised"),
    _Known("ResNet-RS", r"^(?:.*\.)?maxpool\.0\.weight$", "it has a convolution in place of the max pool"),
    _Known("ResNet with blur pools (adobe)", r"\.filt$", "its blur pools stand elsewhere and have other filters"),
    _Known("CSP-ResNet", r"conv_transition\.|conv_exp\.", "its stages are split in two"),
    _Known(
        "ResNet of timm's ByoBNet",
        r"stages\.\d+\.\d+\.conv1_1x1\.",
        "its stem and its blocks are put together in another way",
    ),
    _Known(
        "SE-ResNet of pretrained-models",
        r"se_module\.fc1",
        "its max pool has no padding and its stride is on the first 1×1",
    ),
    _Known("Wide ResNet for CIFAR", r"block1\.layer\.0\.conv1\.", "its stem is narrower than its first stage"),
    _Known("HRNet", r"stage\d\.\d+\.branches\.", "it keeps several sizes side by side"),
    _Known("ResNeXt for CIFAR (bearpaw)", r"stage_1\.\w+\.conv_reduce", "its stem is narrower than its first stage"),
    # no residual network of this kind
    _Known("DenseNet", r"denseblock\d|dense\d+\.\d+\.conv"),
    _Known("RegNet", r"trunk_output\.block1|\bs1\.b1\.conv1|regnet\.encoder\."),
    _Known("ConvNeXt", r"(?:^|\.)dwconv\.|downsample_layers\.\d|stages\.\d\.blocks\.\d+\.conv_dw"),
    _Known("EfficientNet or MobileNet", r"conv_stem\.weight$|conv_dw\.weight$.*|depthwise_conv|_blocks\.0\._dep"),
    _Known("Swin transformer", r"relative_position_bias_table|cpb_mlp\."),
    _Known("CLIP model", r"^(?:.*\.)?(?:visual\.transformer|text_model|token_embedding)\b"),
    _Known(
        "vision transformer", r"(?:patch_embed|patch_embeddings)\b|pos_embed$|blocks\.\d+\.attn\.qkv|conv_proj\.weight$"
    ),
    _Known("language model", r"self_attn\.q_proj|word_embeddings|\bwte\.weight|lm_head\."),
    _Known("Inception", r"(?i)mixed_?5b|inception\w*\.branch"),
    _Known("YOLO detector", r"model\.\d+\.(?:cv\d|m\.\d)\."),
    _Known("U-Net", r"(?:down|up|inc)\d?\.\w*\.?double_conv|down_blocks\.\d"),
    _Known("VGG", r"^(?:.*\.)?features\.\d+\.weight$"),
)


def near_family(names: Collection[str]) -> str:
    """What is said of a network that is not described here; empty where it is not known either.

    Args:
        names: of its tensors.

    Returns:
        A clause behind a name: ``looks like a Res2Net, near a residual network and not described here: …``.
    """
    for known in _KNOWN:
        pattern = re.compile(known.name)
        if any(pattern.search(name) for name in names):
            article = "an" if known.title.startswith(_VOWELS) else "a"
            if known.why:
                return (
                    f"looks like {article} {known.title}, near a residual network and not described here: {known.why}"
                )
            return f"looks like {article} {known.title}, which is not described here"
    return ""
