"""TeX, where it is installed: a document is compiled and read back as text."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="TeX is not installed (texlive-latex-base)")


def compiled(folder: Path, body: str, packages: str) -> str:
    """All text of a document, page by page; a fault of TeX's fails the test.

    Args:
        folder: where it is compiled.
        body: what stands in it.
        packages: for ``usepackage``, with commas between.
    """
    head = r"\documentclass{article}\usepackage[papersize={200cm,200cm},margin=10mm]{geometry}"
    (folder / "document.tex").write_text(
        f"{head}\\usepackage[utf8]{{inputenc}}\\usepackage{{{packages}}}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    for _ in range(
        2 if "longtable" in packages else 1
    ):  # a long table learns the width of its columns in the first pass
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
        )
        assert done.returncode == 0, done.stdout[-2000:]
    # what a font does not have is missing without an error
    assert "Missing character" not in (folder / "document.log").read_text(errors="replace")
    document = pypdfium2.PdfDocument(folder / "document.pdf")
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", text)
