"""Learn: the code that stands in chapters runs and prints what stands after each print."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from explorer.ui.learn.reading import CODE

FILES = sorted(CODE.glob("*.py"))


def printed(file: Path) -> list[str]:
    """The lines that a file prints."""
    words = StringIO()
    with redirect_stdout(words):
        exec(compile(file.read_text(encoding="utf-8"), file.name, "exec"), {"__name__": "__main__"})
    return words.getvalue().splitlines()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_code_runs_and_prints_what_it_says(file):
    said = re.findall(r"^print\(.*\)(?:  |\n)# (.*?)(?::.*)?$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert said
    assert printed(file) == said
