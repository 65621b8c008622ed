"""The snapshots of this folder: what stands in them, and what stands in the app now."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job
from explorer.labs.runs.store import Store
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import digit_net
from explorer.labs.transfer.sets import job_of
from explorer.labs.transfer.ways import transfer
from tests.kept_runs import AtOnce
from tests.surface import surface
from tests.surface.addresses import ADDRESSES
from tests.ui.app import open_app
from tests.ui.learn.opened import opened

FOLDER = Path(__file__).parent
PARAMETERS, CONTROLS, SENTENCES = (FOLDER / name for name in ("parameters.json", "controls.json", "sentences.txt"))
ADDRESS, EVERYWHERE = "addresses", "all"

# --- parameters ---

TEXTS = (
    *("", "0", "1", "2", "3", "7", "8", "16", "0.5", "2.5", "-1", "1e9", "nan", "inf", "1_000", "٣"),
    *(
        "yes",
        "no",
        "true",
        "none",
        "224x320",
        "3,1",
        "3-17",
        "1,2,3,4",
        "a",
        "A",
        "'",
        "<b>",
        "layer1",
        "layer2.0.bn1",
        "x" * 3000,
    ),
    *("random", "random-7", "fresh", "fresh-3", "example", "IMAGENET1K_V1", "file", "run:0123456789ab", "run:0"),
    *("auto", "cpu", "cuda:1", "cuda:123", "0123456789ab", "0123456789ab,0123456789ab", "12345678", "last"),
    *("resnet18,this", "plain-8,residual-8", "20, 56", "head", "head,all", "layer3", "head-0123456789ab", "digits"),
    *("digits-5-9", "zip", f"zip:{'0' * 64}", "cifar10", ",".join("1234567890123456")),
)
"""What every parameter is asked about."""


def texts(expected: str) -> tuple[str, ...]:
    """What a parameter is asked about: what all are, the options that its own words name, and around its bounds."""
    options = re.fullmatch(r"(?:one|some) of (.*)", expected)
    bounds = re.fullmatch(r"a (?:whole )?number from (\S+) to (\S+)", expected)
    own: list[str] = options[1].split(", ") if options else []
    if bounds:
        own = [f"{float(bound.replace(',', '')) + step:.12g}" for bound in bounds.groups() for step in (-1, 0, 1)]
    return tuple(dict.fromkeys((*TEXTS, *own)))


def parameters_now() -> dict[str, dict[str, object]]:
    """Every parameter: its default, its words, its page, and what it takes and how it writes it again."""
    found: dict[str, dict[str, object]] = {}
    for name, parameter in surface.parameters().items():
        asked = {text: surface.read(name, text) for text in texts(parameter.expected)}
        found[name] = {**parameter.as_dict(), **_taken(asked)}
    return found


def fields_now() -> dict[str, dict[str, object]]:
    """Every parameter of the network: what it takes, which network that is, and the sentence that refuses it."""
    return {name: _field(name) for name in surface.network_fields()}


def _field(name: str) -> dict[str, object]:
    own = (
        "imagenet",
        "cifar",
        "deep",
        "bottleneck",
        "basic",
        "pre",
        "post",
        "1x1",
        "3x3",
        "instance",
        "group",
        "B",
        "C",
    )
    asked = tuple(text for text in (*TEXTS, *own, "D", "resnet18", "resnet50d", "stargan", "vgg16") if len(text) < 99)
    start = {"network": "stargan"} if surface.of_the_generator(name) else {}
    networks = {text: surface.network({**start, name: text}) for text in asked}
    return {"refusal": surface.refusal({**start, name: "'"}), **_taken(networks)}


def _taken(asked: Mapping[str, str | None]) -> dict[str, object]:
    """Of texts and what they are written as again: those that stay, those that change, and how many are refused."""
    return {
        "takes": [text for text, written in asked.items() if written == text],
        "writes": {text: written for text, written in asked.items() if written not in (None, text)},
        "refuses": sum(written is None for written in asked.values()),
    }


# --- controls ---


def _learned(manager: AtOnce) -> dict[str, str]:
    """Kept runs by the name that addresses have for them."""
    residual, plain = (RunConfig(spec=digit_net(8, kind), epochs=1) for kind in ("B", "none"))
    source = RunConfig(spec=digit_net(8).replace(num_classes=5), data="digits-0-4", epochs=1)
    head = transfer(source.spec, "head", classes=5)
    moved = RunConfig(spec=head.spec, data="digits-5-9", epochs=1, batch=25, per_class=2)
    first = Job(config=source, name="source")
    ids = manager.submit([first, job_of(head, moved, first)], owner="")
    return {
        "source": ids[0],
        "head": ids[1],
        "residual": manager.keep(Job(config=residual, name="residual")),
        "plain": manager.keep(Job(config=plain, name="plain")),
        "going": manager.keep(Job(config=residual, name="going"), status="running"),
        "failed": manager.keep(Job(config=residual, name="failed"), status="failed", sentence="No data."),
    }


@contextmanager
def kept_runs() -> Iterator[dict[str, str]]:
    """Runs that the pages find; their ids by name."""
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", EXPLORER_DATA=f"{folder}/data"):
        manager = AtOnce(Store(Archive(Path(folder) / "runs")))
        try:
            with patch.object(runs_module, "manager", lambda: manager):
                yield _learned(manager)
        finally:
            manager.close()


ALL_WRONG = "/learn?everything=wrong"
"""Stands for an address in which every parameter is wrong; which those are is asked of the app."""


def _all_wrong() -> str:
    names = (*surface.parameters(), *surface.network_fields(), "nothing")
    return f"{page_of(ALL_WRONG)}?" + "&".join(f"{name}='" for name in names)


def pages() -> tuple[str, ...]:
    """Every page that addresses lead to, as it stands in them."""
    return tuple(dict.fromkeys(map(page_of, (*ADDRESSES, ALL_WRONG))))


def controls_of(page: str) -> dict[str, list[str]]:
    """What stands on a page at each of its addresses."""
    if page == page_of(ALL_WRONG):
        # the chapters are opened once for all tests
        chapters = {f"{page}?chapter={name}": opened(name) for name in surface.chapters()}
        return {address: surface.controls(at) for address, at in chapters.items()} | {ALL_WRONG: _seen(_all_wrong())}
    return {address: lines for address, lines in _with_runs().items() if page_of(address) == page}


@cache
def _with_runs() -> dict[str, list[str]]:
    with kept_runs() as runs:
        return {address: _seen(address.format(**runs)) for address in ADDRESSES}


def _seen(address: str) -> list[str]:
    """What stands on a page that is opened for this; words behind a space are boxes that are opened too."""
    link, *boxes = address.split(" ")
    parts = urlsplit(link)
    with (
        surface.downloads() as saved,
        surface.the_same_questions(),
        surface.an_idle_machine(),
        surface.no_own_networks(),
    ):
        at = open_app(parts.path[1:], *boxes, **dict(parse_qsl(parts.query, keep_blank_values=True)))
    return sorted([*surface.controls(at), *saved])


# --- reading and writing ---


def page_of(address: str) -> str:
    """The page of an address."""
    return urlsplit(address.partition(" ")[0]).path


def controls_kept(page: str) -> dict[str, list[str]]:
    """What stood on a page at each of its addresses when the snapshot was written."""
    of_page: dict[str, Any] = json.loads(CONTROLS.read_text("utf-8"))[page]
    addresses = of_page.pop(ADDRESS)
    found: dict[str, list[str]] = {address: [] for address in addresses}
    for line, places in of_page.items():
        for place in range(len(addresses)) if places == EVERYWHERE else places:
            found[addresses[place]].append(line)
    return found


def write() -> None:
    """Write all snapshots anew."""
    parameters = dict(sorted(parameters_now().items()))
    _write(PARAMETERS, {"parameters": parameters, "network": fields_now(), "pages": surface.pages()})
    _write(CONTROLS, {page: _on_page(controls_of(page)) for page in pages()})
    SENTENCES.write_text("\n".join(sorted(surface.sentences())) + "\n", "utf-8")


def _on_page(found: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The addresses of a page, and each line with the places in that list of those that have it."""
    addresses = list(found)
    lines = sorted(set(chain.from_iterable(found[address] for address in addresses)))
    places = {
        line: [place for place, address in enumerate(addresses) for _ in range(found[address].count(line))]
        for line in lines
    }
    everywhere = list(range(len(addresses)))
    return {ADDRESS: addresses} | {line: EVERYWHERE if at == everywhere else at for line, at in places.items()}


def _write(file: Path, content: Mapping[str, Mapping[str, object]]) -> None:
    """A line for each entry of each part, which is what a difference shows."""
    parts = []
    for part, entries in content.items():
        lines = ",\n".join(f"  {_json(name)}: {_json(value)}" for name, value in entries.items())
        parts.append(f"{_json(part)}: {{\n{lines}\n}}")
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
