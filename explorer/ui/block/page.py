"""Block: one residual block alone, drawn, counted and run on real numbers."""

from explorer.ui.block import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Block", path="block", group="Explore", place=5, parameters=defined_in(params), top="none")
