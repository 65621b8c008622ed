"""The pictures that are learned from: known sets, zips, where they lie."""
