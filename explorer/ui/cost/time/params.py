"""The parameters of "Time"."""

from explorer.ui.params.kinds import one_of

BATCH = one_of(
    "tm_batch",
    {"1": "1", "8": "8", "64": "64"},
    "Pictures at once",
    "The batch; what takes longer than a moment waits for a button.",
)
PRECISION = one_of(
    "tm_type",
    {"float32": "float32", "bfloat16": "bfloat16"},
    "Precision",
    "bfloat16 under autocast: convolutions and linear layers compute in it, filters are converted before.",
)
LAYOUT = one_of(
    "tm_layout",
    {"first": "Channels first", "last": "Channels last"},
    "In memory",
    "How maps and filters lie in memory; shapes stay (N, C, H, W).",
)
ALONG = one_of(
    "tm_along",
    {"blocks": "Blocks", "rows": "Layers"},
    "Along the depth",
    "One bar for each block, or for each layer.",
)
TABLE = one_of(
    "tm_by",
    {"stages": "Stages", "kinds": "Kinds", "rows": "Layers"},
    "Table",
    "The same measurement, added up by stage, by kind of operation, or layer by layer.",
)
