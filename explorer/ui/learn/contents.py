"""The chapters in the order of the source material, an entry for each of its articles."""

from __future__ import annotations

from itertools import chain

from explorer.ui.learn.chapter import Chapter
from explorer.ui.learn.chapters.stages import CHAPTER as STAGES

# title of an article -> its chapters
ARTICLES: dict[str, tuple[Chapter, ...]] = {
    "ResNet and batch normalisation": (STAGES,),
    "ResNet-18 from scratch": (),
    "StarGAN's residual units": (),
    "Blocks, norms, transfer learning": (),
    "Why residual networks work": (),
}
CHAPTERS: tuple[Chapter, ...] = tuple(chain.from_iterable(ARTICLES.values()))
BY_NAME: dict[str, Chapter] = {chapter.name: chapter for chapter in CHAPTERS}
