"""Learn: short chapters, one idea each, with a figure and the page on which to try it."""

from explorer.ui.learn import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="Learn", path="learn", group="Learn", place=1, parameters=defined_in(params), top="none")
