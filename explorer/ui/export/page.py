"""Take home: the network as files that other programs read."""

from explorer.ui.export import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Take home", path="export", group="Explore", place=9, parameters=defined_in(params))
