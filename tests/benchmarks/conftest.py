"""What holds for all benchmarks."""

import os

# as the app does at its start: large pages for large tensors; torch reads it once, when it is imported
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
