"""Checkpoint: what is in a file of weights, which network it is, and how healthy its weights are."""

from explorer.ui.checkpoint import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Checkpoint", path="checkpoint", group="Explore", place=8, parameters=defined_in(params), top="none")
