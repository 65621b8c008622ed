"""What is done next with a file that was taken home: the few lines that load it."""

from explorer.architecture.families import Spec
from explorer.views.export.names import file_stem


def load_source(spec: Spec) -> str:
    """Python that makes the network of its source and fills it with its weights."""
    stem = file_stem(spec)
    return (
        f"from safetensors.torch import load_file\n"
        f"from {stem} import build\n\n"
        f"model = build()\n"
        f'model.load_state_dict(load_file("{stem}.safetensors"))\n'
        f"model.eval()"
    )


def input_table(stem: str) -> str:
    """LaTeX that sets a table."""
    return f"\\begin{{table}}\n  \\centering \\small\n  \\input{{{stem}}}\n\\end{{table}}"


def input_diagram(stem: str) -> str:
    """LaTeX that sets a diagram as wide as the text."""
    return f"\\begin{{figure}}\n  \\resizebox{{\\textwidth}}{{!}}{{\\input{{{stem}}}}}\n\\end{{figure}}"
