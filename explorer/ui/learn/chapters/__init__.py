"""The chapters of the page Learn, a file each; ``explorer/ui/learn/contents.py`` puts them in order."""
