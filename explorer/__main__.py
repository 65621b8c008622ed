"""``resnet-explorer`` and ``python -m explorer``: the app, or the same tables and pictures in a terminal."""

from explorer.terminal.main import main

__all__ = ["main"]

if __name__ == "__main__":
    raise SystemExit(main())
