"""Compare: two to six networks side by side, and every named one in a table."""

from explorer.ui.compare import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Compare", path="compare", group="Explore", place=5, parameters=defined_in(params))
