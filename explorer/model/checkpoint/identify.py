"""From the sets of tensors in a file to the networks that they are the weights of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.architecture.families import Spec
from explorer.architecture.spec import ResNetSpec
from explorer.model.checkpoint.checkpoint import Checkpoint, countless, expected_shapes, shapes_of
from explorer.model.checkpoint.contents import Contents, TensorGroup
from explorer.model.checkpoint.finding import Finding, Match
from explorer.model.checkpoint.head import find_classifier
from explorer.model.checkpoint.namings import NAMINGS, Naming
from explorer.model.checkpoint.recognise import is_of_a_described_network, recognise, shown_width
from explorer.model.checkpoint.tensors import non_finite
