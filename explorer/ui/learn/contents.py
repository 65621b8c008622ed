"""The chapters in the order of the source material, an entry for each of its articles."""

from __future__ import annotations

from itertools import chain

from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.chapters.addition import CHAPTER as ADDITION
from explorer.ui.learn.chapters.batch_norm import CHAPTER as BATCH_NORM
from explorer.ui.learn.chapters.bias_before_norm import CHAPTER as BIAS_BEFORE_NORM
from explorer.ui.learn.chapters.block import CHAPTER as BLOCK
from explorer.ui.learn.chapters.bottleneck import CHAPTER as BOTTLENECK
from explorer.ui.learn.chapters.covariate_shift import CHAPTER as COVARIATE_SHIFT
from explorer.ui.learn.chapters.d2l_block import CHAPTER as D2L_BLOCK
from explorer.ui.learn.chapters.d2l_network import CHAPTER as D2L_NETWORK
from explorer.ui.learn.chapters.degradation import CHAPTER as DEGRADATION
from explorer.ui.learn.chapters.easy_identity import CHAPTER as EASY_IDENTITY
from explorer.ui.learn.chapters.eighteen import CHAPTER as EIGHTEEN
from explorer.ui.learn.chapters.epsilon import CHAPTER as EPSILON
from explorer.ui.learn.chapters.feature_maps import CHAPTER as FEATURE_MAPS
from explorer.ui.learn.chapters.four_steps import CHAPTER as FOUR_STEPS
from explorer.ui.learn.chapters.gradients import CHAPTER as GRADIENTS
from explorer.ui.learn.chapters.idle_blocks import CHAPTER as IDLE_BLOCKS
from explorer.ui.learn.chapters.instance_norm import CHAPTER as INSTANCE_NORM
from explorer.ui.learn.chapters.matrix_on_skip import CHAPTER as MATRIX_ON_SKIP
from explorer.ui.learn.chapters.not_only_vanishing import CHAPTER as NOT_ONLY_VANISHING
from explorer.ui.learn.chapters.plain_to_residual import CHAPTER as PLAIN_TO_RESIDUAL
from explorer.ui.learn.chapters.preprocessing import CHAPTER as PREPROCESSING
from explorer.ui.learn.chapters.residual_function import CHAPTER as RESIDUAL_FUNCTION
from explorer.ui.learn.chapters.residual_unit import CHAPTER as RESIDUAL_UNIT
from explorer.ui.learn.chapters.resnet18 import CHAPTER as RESNET18
from explorer.ui.learn.chapters.results_2015 import CHAPTER as RESULTS_2015
from explorer.ui.learn.chapters.shapes import CHAPTER as SHAPES
from explorer.ui.learn.chapters.skip_length import CHAPTER as SKIP_LENGTH
from explorer.ui.learn.chapters.solid_and_dashed import CHAPTER as SOLID_AND_DASHED
from explorer.ui.learn.chapters.stages import CHAPTER as STAGES
from explorer.ui.learn.chapters.standardised_input import CHAPTER as STANDARDISED_INPUT
from explorer.ui.learn.chapters.stargan_trunk import CHAPTER as STARGAN_TRUNK
from explorer.ui.learn.chapters.thousand_layers import CHAPTER as THOUSAND_LAYERS
from explorer.ui.learn.chapters.train_and_eval import CHAPTER as TRAIN_AND_EVAL
from explorer.ui.learn.chapters.training_and_depth import CHAPTER as TRAINING_AND_DEPTH
from explorer.ui.learn.chapters.transfer_ways import CHAPTER as TRANSFER_WAYS
from explorer.ui.learn.chapters.weight_decay import CHAPTER as WEIGHT_DECAY
from explorer.ui.learn.chapters.what_breaks import CHAPTER as WHAT_BREAKS

# title of an article -> its chapters
ARTICLES: dict[str, tuple[Chapter, ...]] = {
    "ResNet and batch normalisation": (
        STAGES,
        BLOCK,
        RESNET18,
        SHAPES,
        GRADIENTS,
        DEGRADATION,
        BATCH_NORM,
        TRAIN_AND_EVAL,
        FEATURE_MAPS,
        RESULTS_2015,
        COVARIATE_SHIFT,
    ),
    "ResNet-18 from scratch": (
        RESIDUAL_FUNCTION,
        D2L_BLOCK,
        D2L_NETWORK,
        EIGHTEEN,
    ),
    "StarGAN's residual units": (
        RESIDUAL_UNIT,
        STARGAN_TRUNK,
        INSTANCE_NORM,
        IDLE_BLOCKS,
    ),
    "Blocks, norms, transfer learning": (
        BOTTLENECK,
        SOLID_AND_DASHED,
        FOUR_STEPS,
        BIAS_BEFORE_NORM,
        ADDITION,
        EPSILON,
        STANDARDISED_INPUT,
        THOUSAND_LAYERS,
        TRANSFER_WAYS,
        PREPROCESSING,
        WHAT_BREAKS,
    ),
    "Why residual networks work": (
        PLAIN_TO_RESIDUAL,
        TRAINING_AND_DEPTH,
        EASY_IDENTITY,
        WEIGHT_DECAY,
        SKIP_LENGTH,
        MATRIX_ON_SKIP,
        NOT_ONLY_VANISHING,
    ),
}
CHAPTERS: tuple[Chapter, ...] = tuple(chain.from_iterable(ARTICLES.values()))
BY_NAME: dict[str, Chapter] = {chapter.name: chapter for chapter in CHAPTERS}
