r"""Text in LaTeX: what is a command there is written out, signs of mathematics are set as such."""

from __future__ import annotations

import unicodedata

_MATHEMATICS = {
    "<": "<",
    ">": ">",
    "|": "|",
    "−": "-",
    "×": r"\times",
    "·": r"\cdot",
    "→": r"\to",
    "↦": r"\mapsto",
    "≠": r"\neq",
    "≤": r"\leq",
    "≥": r"\geq",
    "≈": r"\approx",
    "✕": r"\times",
    "√": r"\surd",
    "∞": r"\infty",
    "±": r"\pm",
    "‖": r"\Vert",
    "∣": r"\mid",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
    "½": r"\frac{1}{2}",
    "Σ": r"\Sigma",
    "β": r"\beta",
    "γ": r"\gamma",
    "α": r"\alpha",
    "ε": r"\varepsilon",
    "μ": r"\mu",
    "ν": r"\nu",
    "ρ": r"\rho",
    "σ": r"\sigma",
    "⁻": "^{-}",
    **{sign: f"^{{{number}}}" for number, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: f"_{{{number}}}" for number, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
_WRITTEN = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "[": "{[}",  # behind the end of a row it would be an option
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "’": "'",
    '"': "''",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\n": " ",
    **{sign: f"${command}$" for sign, command in _MATHEMATICS.items()},
}


def in_latex(text: str) -> str:
    """A text as LaTeX sets it, with any engine and no package.

    Args:
        text: as it is read; a letter that LaTeX's usual fonts do not have becomes a question mark.
    """
    return "".join(_WRITTEN.get(sign, sign if _is_set(sign) else "?") for sign in text)


def _is_set(sign: str) -> bool:
    """Whether the usual fonts have it: ASCII, and the Latin letters of Europe."""
    return sign.isprintable() and (sign.isascii() or unicodedata.name(sign, "").startswith("LATIN"))
