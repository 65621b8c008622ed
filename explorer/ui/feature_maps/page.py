"""Feature maps: a picture, and what every layer makes of it."""

from explorer.ui.feature_maps import params
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(
    title="Feature maps",
    path="feature-maps",
    group="Explore",
    place=2,
    parameters=defined_in(params),
    of_a_network=(params.PAGE, params.PICTURE, params.Y, params.X),
    takes_given=True,
    shows_weights=True,
)
