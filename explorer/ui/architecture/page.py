"""Architecture: every number of the chosen network, each with its formula."""

from explorer.ui.architecture import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Architecture", path="architecture", group="Explore", place=1, parameters=defined_in(params))
