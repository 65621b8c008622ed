"""BatchNorm: what is conspicuous, all norms at a glance, and one of them in full; and experiments with norms."""

from explorer.ui.batchnorm import params
from explorer.ui.norm_lab import params as lab
from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in

PAGE = Page(title="BatchNorm", path="batchnorm", group="Explore", place=3, parameters=defined_in(params, lab))
