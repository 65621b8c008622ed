"""The chapters in the order of the source material, an entry for each of its articles."""

from __future__ import annotations

from itertools import chain

from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.chapters.batch_norm import CHAPTER as BATCH_NORM
from explorer.ui.learn.chapters.block import CHAPTER as BLOCK
from explorer.ui.learn.chapters.covariate_shift import CHAPTER as COVARIATE_SHIFT
from explorer.ui.learn.chapters.d2l_block import CHAPTER as D2L_BLOCK
from explorer.ui.learn.chapters.d2l_network import CHAPTER as D2L_NETWORK
from explorer.ui.learn.chapters.degradation import CHAPTER as DEGRADATION
from explorer.ui.learn.chapters.eighteen import CHAPTER as EIGHTEEN
from explorer.ui.learn.chapters.feature_maps import CHAPTER as FEATURE_MAPS
from explorer.ui.learn.chapters.gradients import CHAPTER as GRADIENTS
from explorer.ui.learn.chapters.residual_function import CHAPTER as RESIDUAL_FUNCTION
from explorer.ui.learn.chapters.resnet18 import CHAPTER as RESNET18
from explorer.ui.learn.chapters.results_2015 import CHAPTER as RESULTS_2015
from explorer.ui.learn.chapters.shapes import CHAPTER as SHAPES
from explorer.ui.learn.chapters.stages import CHAPTER as STAGES
from explorer.ui.learn.chapters.train_and_eval import CHAPTER as TRAIN_AND_EVAL

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
    "StarGAN's residual units": (),
    "Blocks, norms, transfer learning": (),
    "Why residual networks work": (),
}
CHAPTERS: tuple[Chapter, ...] = tuple(chain.from_iterable(ARTICLES.values()))
BY_NAME: dict[str, Chapter] = {chapter.name: chapter for chapter in CHAPTERS}
