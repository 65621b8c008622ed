"""What networks are shown whose gradient flow is measured, in words."""

from typing import Literal

Scaling = Literal["raw", "unit", "standardised"]
FlowPictures = Literal["digits", "photographs"]

SCALING_TITLES: dict[Scaling, str] = {
    "raw": "raw, 0–255",
    "unit": "0–1",
    "standardised": "standardised: mean 0, standard deviation 1",
}
FLOW_PICTURES: dict[FlowPictures, str] = {"digits": "32 handwritten digits", "photographs": "24 parts of photographs"}
