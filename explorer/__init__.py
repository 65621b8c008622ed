"""ResNet Explorer: describe, measure and look into residual networks. Importing it loads no torch."""

from explorer.architecture.describe import describe
from explorer.architecture.plan import trace
from explorer.architecture.presets import preset, presets
from explorer.architecture.spec import ResNetSpec

__all__ = ["ResNetSpec", "describe", "preset", "presets", "trace"]
