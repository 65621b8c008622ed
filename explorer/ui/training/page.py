"""Training: degradation seen, live, on real pictures; and every run that was ever trained here."""

from explorer.ui.page import Page
from explorer.ui.params.kinds import defined_in
from explorer.ui.training import params

PAGE = Page(title="Training", path="training", group="Experiment", place=1, parameters=defined_in(params), top="none")
