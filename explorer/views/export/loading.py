"""What is done next with a file that was taken home: the few lines that load it."""

from explorer.architecture.families import Spec
from explorer.architecture.spec import ResNetSpec
from explorer.views.export.names import file_stem
from explorer.views.export.source.elsewhere import elsewhere

_READ = "from safetensors.torch import load_file"


def load_source(spec: Spec) -> str:
    """Python that makes the network of its source and fills it with its weights."""
    stem = file_stem(spec)
    return _filled(f"{_READ}\nfrom {stem} import build", "build()", f"{stem}.safetensors")


def load_weights(spec: Spec, names: str, file: str) -> str:
    """Python that makes the network in the library that has these names, and fills it.

    Args:
        spec: the network.
        names: whose: ``own``, ``timm`` or ``hf``; the library has such a network.
        file: the name of the file.
    """
    if names == "hf":
        assert isinstance(spec, ResNetSpec), "Hugging Face's names are for ResNets"
        config = f"config = {hugging_face_config(spec)}\n"
        head = f"{_READ}\nfrom transformers import ResNetConfig, ResNetForImageClassification"
        return _filled(head, "ResNetForImageClassification(config)", file, before=config)
    calls = elsewhere(spec)
    library = "timm" if names == "timm" else "torchvision"
    if library not in calls:
        return load_source(spec)
    return _filled(f"import {library}\n{_READ}", calls[library], file)


def load_onnx(file: str, channels: int, input_size: tuple[int, int]) -> str:
    """Python that runs an ONNX file on random numbers in the place of pictures.

    Args:
        file: its name.
        channels: of a picture as the network gets it.
        input_size: height and width in pixels.
    """
    height, width = input_size
    return (
        "import numpy as np\n"
        "import onnxruntime\n\n"
        f'session = onnxruntime.InferenceSession("{file}")\n'
        f"pictures = np.random.rand(2, {channels}, {height}, {width}).astype(np.float32)\n"
        '(outputs,) = session.run(None, {"input": pictures})'
    )


def hugging_face_config(spec: ResNetSpec) -> str:
    """The call of ``ResNetConfig`` of transformers that says the network."""
    arguments = [
        f"num_channels={spec.in_channels}",
        f"embedding_size={spec.widths[0]}",
        f"hidden_sizes={[width * spec.expansion for width in spec.widths]}",
        f"depths={list(spec.depths)}",
        f'layer_type="{spec.block}"',
        *(["downsample_in_bottleneck=True"] if spec.stride_on == "1x1" else []),
        f"num_labels={spec.num_classes}",
    ]
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"ResNetConfig(\n{lines})"


def input_table(stem: str) -> str:
    """LaTeX that sets a table."""
    return f"\\begin{{table}}\n  \\centering \\small\n  \\input{{{stem}}}\n\\end{{table}}"


def input_diagram(stem: str) -> str:
    """LaTeX that sets a diagram as wide as the text."""
    return f"\\begin{{figure}}\n  \\resizebox{{\\textwidth}}{{!}}{{\\input{{{stem}}}}}\n\\end{{figure}}"


def _filled(imports: str, call: str, file: str, *, before: str = "") -> str:
    return f'{imports}\n\n{before}model = {call}\nmodel.load_state_dict(load_file("{file}"))\nmodel.eval()'
