"""What people write, shown as it is."""


def without_markup(text: str) -> str:
    """A name that somebody chose, with the signs made harmless that Markdown would read."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#$~|:!" else sign for sign in text)


def capital(words: str) -> str:
    """Words at the start of a sentence; what follows, such as a name, is left as it is."""
    return words[:1].upper() + words[1:]
