"""The switch between MACs and FLOPs holds on every page that counts work, figure and label together."""

from __future__ import annotations

import re

import pytest
import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

from explorer.ui.pages import PAGES
from tests.ui.app import open_app, open_options, totals, url, widget
from tests.ui.seen import open_address, seen

SIDE = 64
CHOSEN = "work=flops"


def counted(name: str) -> int:
    """What torch's own counter says of torchvision's network."""
    module = torchvision.models.get_model(name, weights=None).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(1, 3, SIDE, SIDE, device="meta"))
    return counter.get_total_flops()


RESNET18, RESNET34 = counted("resnet18"), counted("resnet34")
HERE = f"network=resnet18&size={SIDE}"
BOTH = f"nets=resnet18,resnet34&size={SIDE}"


@pytest.mark.parametrize("page", [path for path, page in PAGES.items() if page.top == "totals"])
def test_the_totals_of_every_page_follow(page: str) -> None:
    at = open_app(page, network="resnet18", size=str(SIDE), work="flops")
    assert "MACs" not in totals(at)
    shown = next(metric for metric in at.metric if metric.label == "FLOPs")
    assert f"{RESNET18:,}" in shown.proto.help


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"/architecture?{HERE}", f"FLOPs: convolutions, fully connected{{}}{RESNET18:,}"),
        (f"/architecture?{HERE}&row=conv1", f"2·9,408·32·32 = {2 * 9408 * 1024:,}"),
        (f"/architecture?{HERE}", "Along the layers: FLOPs"),
        (f"/compare?{BOTH}", f"{RESNET34 / RESNET18:.3g} times the work (FLOPs)"),
        (f"/compare?{BOTH}&part=table", f"FLOPs here{{}}{RESNET18:,}{{}}{RESNET34:,}"),
        (f"/compare?{BOTH}&measure=macs", "Bars show: FLOPs"),
        ("/compare?part=all", "FLOPs of one picture, 10⁹"),
        ("/compare?part=all", "as accurate with fewer FLOPs: ResNet-18 V1"),
        ("/block", "FLOPs a picture"),
        ("/block?b_part=side", "FLOPs a picture"),
        (f"/architecture?network=vgg11&size={SIDE}", "Part | Calls | Output | Params | FLOPs"),
    ],
)
def test_what_a_page_says_of_work_follows(address: str, words: str) -> None:
    joined = "&" if "?" in address else "?"
    before, after = (seen(open_address(one)) for one in (address, f"{address}{joined}{CHOSEN}"))
    pattern = ".*".join(map(re.escape, words.split("{}")))
    assert re.search(pattern, after, re.DOTALL), words
    assert not re.search(pattern, before, re.DOTALL), "in MACs it is not there"
    assert "Count work as: FLOPs" in after or address.startswith("/block")


@pytest.mark.parametrize("tab", ["stages", "blocks", "layers"])
def test_the_tables_and_their_sums_follow(tab: str) -> None:
    at = open_app("architecture", network="resnet18", size=str(SIDE), tab=tab, work="flops")
    frame = at.dataframe[0].value
    assert "macs" not in frame
    inside = frame["flops"].sum()
    outside = 2 * (9408 * 32 * 32 + 512_000) if tab == "blocks" else 0  # stem and fc
    assert inside + outside == RESNET18


def test_every_network_follows_in_the_table_of_all() -> None:
    frame = open_app("compare", part="all", work="flops").dataframe[0].value
    module = torchvision.models.resnet50(weights=None).to("meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(1, 3, 224, 224, device="meta"))
    assert frame.set_index("title")["flops"]["ResNet-50"] == counter.get_total_flops()


def test_the_switch_stands_in_the_address_only_where_it_is_not_at_macs() -> None:
    at = open_app("cost", network="resnet18")
    assert "work" not in url(at)
    widget(at, "work").set_value("flops").run()
    assert url(at)["work"] == "flops"
    widget(at, "work").set_value("macs").run()
    assert "work" not in url(at)


def test_the_options_of_every_page_have_it_too() -> None:
    at = open_options(network="resnet18")
    assert not at.exception
    widget(at, "work_option").set_value("flops").run()
    assert "FLOPs" in totals(at)
    assert widget(at, "work").value == "flops"
