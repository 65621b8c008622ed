"""Cost: what a network takes, by whose count, by the clock and in memory."""

from explorer.ui.cost import params
from explorer.ui.cost.flops import params as flops
from explorer.ui.cost.memory import params as memory
from explorer.ui.cost.time import params as time
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(
    title="Cost",
    path="cost",
    group="Explore",
    place=7,
    parameters=tuple(param for module in (params, flops, time, memory) for param in defined_in(module)),
)
