"""A network as files for other programs, each by the ending of its name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import ExplorerError
from explorer.terminal.drawings import drawn
from explorer.terminal.filled import PICTURE_HELP, add_weights, filled, picture_named, prepared
from explorer.terminal.words import STANDARD, add_network, add_size, plan_of, put_out, size_of, spec_named, tell
from explorer.views.export.conventions import CONVENTIONS
from explorer.views.export.source.network import source
from explorer.views.numbers import written

if TYPE_CHECKING:
    import numpy as np

    from explorer.model.weights import Loaded
    from explorer.terminal.words import Commands


def add(commands: Commands) -> None:
    """The command ``export``."""
    exporting = commands.add_parser("export", help="a network as files: source, weights, ONNX, drawings, a report")
    add_network(exporting)
    exporting.add_argument(
        "files",
        nargs="+",
        metavar="file",
        help=f"each by its ending: {', '.join(f'{ending} {what}' for ending, (what, _) in _KINDS.items())}; - with "
        "--as for a pipe",
    )
    exporting.add_argument(
        "--as", dest="kind", choices=[ending.removeprefix(".") for ending in _KINDS], help="whatever it ends with"
    )
    exporting.add_argument(
        "--names", choices=CONVENTIONS, default="own", help="whose names the weights get; default own, PyTorch's"
    )
    exporting.add_argument("--picture", help=f"shown in a report with what the network makes of it: {PICTURE_HELP}")
    add_size(exporting)
    add_weights(exporting)
    exporting.set_defaults(answer=_export)


def _export(chosen: argparse.Namespace) -> None:
    kinds = {file: _kind(file, chosen.kind) for file in chosen.files}  # before the first is written
    for file, kind in kinds.items():
        put_out(kind(chosen), file)


def _kind(file: str, given: str | None) -> Callable[[argparse.Namespace], bytes]:
    ending = f".{given}" if given else Path(file).suffix.lower()
    if ending not in _KINDS:
        how = "say what goes into the pipe with --as" if file == STANDARD else f"a file ends with {', '.join(_KINDS)}"
        raise ExplorerError(f"What {file} shall be is not known; {how}.")
    return _KINDS[ending][1]


def _source(chosen: argparse.Namespace) -> bytes:
    return source(spec_named(chosen.network)).encode()


def _svg(chosen: argparse.Namespace) -> bytes:
    from explorer.views.svg import to_svg

    return to_svg(drawn(plan_of(chosen.network, chosen.size))).encode()


def _tikz(chosen: argparse.Namespace) -> bytes:
    from explorer.views.export.tikz import to_tikz

    return to_tikz(drawn(plan_of(chosen.network, chosen.size))).encode()


def _pdf(chosen: argparse.Namespace) -> bytes:
    from explorer.views.export.drawings import to_pdf

    return to_pdf(drawn(plan_of(chosen.network, chosen.size)))


def _png(chosen: argparse.Namespace) -> bytes:
    from explorer.views.export.drawings import to_png

    return to_png(drawn(plan_of(chosen.network, chosen.size)))


def _weights(chosen: argparse.Namespace) -> bytes:
    from explorer.model.export.weights import weights_file  # torch is imported for it alone

    spec = spec_named(chosen.network)
    model, loaded = filled(spec, chosen.weights)
    return weights_file(model, spec, loaded, names=chosen.names)


def _onnx(chosen: argparse.Namespace) -> bytes:
    from explorer.model.export.onnx_file import onnx_file  # torch is imported for it alone
    from explorer.model.export.samples import pictures_to_check

    spec = spec_named(chosen.network)
    model, loaded = filled(spec, chosen.weights)
    plan = model.plan_at(size_of(spec, chosen.size))
    pictures = pictures_to_check(spec, plan.input_size, loaded.preprocess)
    made = onnx_file(model, spec, loaded, pictures, plan=plan, progress=tell())
    if sys.stderr.isatty():
        print(file=sys.stderr)  # below what was said while it went on
    print(
        f"Checked by onnxruntime on {made.pictures} pictures: at most {written(made.difference, 2)} from PyTorch, "
        f"where the largest output is {written(made.largest)}.",
        file=sys.stderr,
    )
    return made.data


def _report(chosen: argparse.Namespace) -> bytes:
    from explorer.views.export.report.report import report

    spec = spec_named(chosen.network)
    plan, inside = plan_of(chosen.network, chosen.size), None
    if chosen.picture:
        from explorer.model.report_run import inside_of  # torch is imported for a run alone

        picture = picture_named(chosen.picture)
        model, loaded = filled(spec, chosen.weights)
        inside = inside_of(
            model,
            loaded,
            prepared(spec, plan, loaded, picture),
            plan,
            picture=Path(chosen.picture).name,
            device="cpu",
            preprocessing=loaded.preprocess.name,
            answer=_answer(loaded),
        )
    return report(plan, made=datetime.now(UTC).date(), inside=inside).encode()


def _answer(loaded: Loaded) -> Callable[[np.ndarray], tuple[tuple[tuple[str, str], ...], str]]:
    from explorer.model.answers import BEST, best_answers

    def answer(outputs: np.ndarray) -> tuple[tuple[tuple[str, str], ...], str]:
        best = best_answers(loaded, outputs, BEST)
        said = "" if best else "No classes are named: the weights are random, or nobody has said what is put out."
        return tuple((one.name, one.share) for one in best), said

    return answer


_KINDS: dict[str, tuple[str, Callable[[argparse.Namespace], bytes]]] = {
    ".py": ("source", _source),
    ".safetensors": ("weights", _weights),
    ".onnx": ("ONNX, checked", _onnx),
    ".svg": ("drawing", _svg),
    ".pdf": ("drawing", _pdf),
    ".png": ("drawing", _png),
    ".tex": ("drawing as TikZ", _tikz),
    ".html": ("report", _report),
}
