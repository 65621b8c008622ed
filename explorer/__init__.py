"""ResNet Explorer: describe, measure and look into residual networks. Importing it loads no torch."""

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset, presets
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec, describe_stargan
from explorer.architecture.trace import trace

__version__ = "0.1.0"

__all__ = ["ResNetSpec", "StarGANSpec", "describe", "describe_stargan", "preset", "presets", "trace"]
