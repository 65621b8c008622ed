"""Every link of a page keeps what its label promises; those of Learn have a test of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.ui.learn.contents import CHAPTERS, FOLDER
from tests.ui.app import sentences
from tests.ui.seen import open_address, seen

UI = FOLDER.parents[1]
RUN = "/training?t_runs=residual_56"
WORTH = "i_part=worth&i_set=digits&i_beside=none"
EQUAL = "network=resnet20&in_channels=1&weights=random"
# where a link stands, its words, and what is seen where it leads and not where it stands
PROMISED = [
    ("/", "**I learn:** from the first chapter on", f"1. {CHAPTERS[0].title}"),
    ("/", "**I teach:** put views together for a lecture", "On any page open Present"),
    ("/", "**I look up numbers:** all networks in one table", "View: All networks"),
    ("/", "Why is this shortcut dashed?", "layer1.0.shortcut conv2_x · layer1 · shortcut Dashed"),
    ("/?network=resnet34", "Why is this shortcut dashed?", "layer2.0.shortcut conv3_x · layer2 · shortcut Dashed"),
    (
        "/?network=plain34&size=64",
        "Why is a shortcut dashed in ResNet-50?",
        "layer1.0.shortcut conv2_x · layer1 · shortcut Dashed",
    ),
    ("/", "What is Plain-34, without shortcuts?", "Network: Plain-34"),
    ("/?network=resnet20&size=64", "What is Plain-34, without shortcuts?", "Input size: 224×224"),
    ("/?network=resnet20", "What does each layer see?", "channels of conv1"),
    ("/?network=resnet20", "How much does a block add to x?", "How much F(x) adds: in layer1.0, ‖F(x)‖ is"),
    ("/?network=plain20", "How much does a block add to x in ResNet-50?", "How much F(x) adds: in layer1.0, ‖F(x)‖ is"),
    ("/?network=resnet20", "What does BatchNorm do at test time?", "In eval mode γ, β, μ and σ² are fixed numbers"),
    (
        "/?network=vgg11",
        "What does BatchNorm do at test time in ResNet-50?",
        "In eval mode γ, β, μ and σ² are fixed numbers",
    ),
    (
        "/?norm=group",
        "What does BatchNorm do at test time in ResNet-50?",
        "In eval mode γ, β, μ and σ² are fixed numbers",
    ),
    ("/?network=resnet110", "How do ResNet-18 and ResNet-50 differ?", "ResNet-50 has 2.19 times the parameters"),
    ("/cost?network=resnet20", "Every layer in a table", "Table: Layers"),
    ("/cost?c_part=backbone&network=resnet20&size=32", "The same stages in the diagram", "Table: Stages"),
    ("/cost?c_part=backbone&network=resnet20&size=32", "What a position of a map sees", "Look at: What it sees"),
    (
        "/architecture?tab=torchinfo&network=resnet20&size=32",
        "What other tools give as its FLOPs, and why",
        "To the figure of: thop",
    ),
    ("/batchnorm?norm=none", "The same network with batch norm", "bn1 · stem · batch norm"),
    ("/batchnorm?norm_part=lab&experiment=bias", "The block with such biases", "Bias before the norm"),
    ("/export?network=resnet20&size=32", "Choose the picture", "channels of conv1"),
    (RUN, "Open in Feature maps", "Weights: trained here: residual-56"),
    (RUN, "Open in BatchNorm", "weights: trained here: residual-56"),
    (RUN, "Open in Gradient flow", "Epochs: 0, start, 1, 3, 5"),
    (RUN, "Take blocks out", "Trained network: residual-56"),
    (RUN, "Architecture", "Network: ResNet-56 (CIFAR)"),
    (f"/training?t_follow={'0' * 12}", "Open Training", "Set of runs: Plain and residual, 20 and 56 layers"),
    ("/inside?i_part=likes&i_set=clothes", "This channel on Feature maps", "64 of 64 channels of layer3.2.relu2"),
    (
        "/inside?i_part=likes&like_view=embedding&i_set=clothes&like_depth=layer2.0",
        "What the channels like here",
        " of layer2.0.relu2 likes “",
    ),
    ("/inside?network=resnet50&size=32", "The proof: what a classifier reads from each block", "Learned from: "),
    (
        "/inside?network=resnet50&size=32",
        "The same rows in the diagram and the table",
        "Along the layers: MACs",
    ),
    (f"/inside?{WORTH}", "Take blocks out of it", "Taken out: Each alone"),
    (f"/inside?{WORTH}", "A plain network of 56 layers beside a residual one", "Network: ResNet-56 (CIFAR)"),
    (f"/inside?{WORTH}&worth_view=out", "Several at random", "taken out at random"),
    (f"/inside?{WORTH}&worth_view=out&worth_out=random", "Each block alone", "Without one block"),
    (f"/inside?{WORTH}&worth_view=out", "Which paths carry the gradient", "The paths that carry the gradient"),
    (
        f"/inside?{WORTH}&worth_view=out",
        "A residual network of 20 layers beside a plain one",
        "Input size: 8×8",
    ),
    (f"/inside?{WORTH}&worth_view=paths", "Take blocks out", "taken out at random"),
    (f"/inside?{WORTH}&worth_view=paths", "27 blocks, trained beside untrained", "Network: ResNet-56 (CIFAR)"),
    (f"/inside?{WORTH}&worth_view=alike", "Take one of two blocks that are alike out", "Taken out: Each alone"),
    (f"/inside?{WORTH}&worth_view=channels", "Its maps", "View: Channels"),
    (f"/inside?{WORTH}&worth_view=channels&{EQUAL}", "What this channel likes", "Order: "),
    ("/inside?i_part=why", "Can this map be believed?", "does better than chance"),
    ("/inside?i_part=why&why_view=believe", "Back to where it looks", "half of the map is on"),
    ("/inside?i_part=why&why_view=shaken", "Where it looks for this answer", "half of the map is on"),
    ("/inside?i_part=why&why_view=shaken", "The same change on many pictures", "Share of the answers that stay"),
    (
        "/inside?i_part=why&why_view=shaken&shake_on=many&i_set=clothes&shake_count=8",
        "One picture, and all kinds of change",
        "Every kind, the input moved by",
    ),
    (
        "/inside?i_part=landscape",
        "Train other networks to look at",
        "Set of runs: Plain and residual, 20 and 56 layers",
    ),
    (
        "/cost?c_part=time&network=resnet20&size=32&weights=fresh",
        "What accuracy costs in time",
        "Accuracy against: Measured time",
    ),
    ("/transfer", "See these runs among all kept ones", "fc alone, 5 per class"),
]
# calls whose label is no text of their own, and why each of them is tested
OTHER_LABELS = {
    "shell.py": "the title of a page, which stands on it",
    "learn/reading.py": "shows, in a chapter's file: tests/ui/learn/test_links.py",
    "checkpoint/opening.py": "the title of a page",
    "inside/sees/covered.py": "what is changed, and what is left then: tests/ui/test_inside_sees.py",
    "runs/one_run.py": "its labels are above",
    "runs/under_way.py": "a run that is under way, by its name: tests/ui/test_training.py",
    "architecture/questions.py": "its labels are above",
    "present/menu.py": "how many views a lecture has: tests/browser/test_present.py",
    "cost/time/show.py": "the row or block that is picked: tests/ui/test_cost_time.py",
    "cost/memory/show.py": "the row that is picked: tests/ui/test_cost_memory.py",
    "lecture/show.py": "how many views a lecture has: tests/browser/test_present.py",
}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has trained anything here."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = Runs(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield
    made.close()


@pytest.mark.parametrize(("start", "label", "shows"), PROMISED)
def test_what_a_label_promises_is_seen_where_its_link_leads(start: str, label: str, shows: str) -> None:
    at = open_address(start)
    assert shows not in seen(at), "these words stand where the link is, too"
    there = follow(at, label)
    assert not there.exception
    assert sentences(there) == []
    assert shows in seen(there)


def test_every_link_is_tested() -> None:
    labels = {label for _, label, _ in PROMISED}
    for file in UI.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("link_to", "page_link"):
                label = call.args[1] if len(call.args) > 1 else None
                known = label.value in labels if isinstance(label, ast.Constant) else False
                assert known or file.relative_to(UI).as_posix() in OTHER_LABELS, ast.unparse(call)


def follow(at: AppTest, label: str) -> AppTest:
    """Click a link; one into the page that is shown is a button."""
    here = [button for button in at.button if button.label == label]
    if here:
        return here[0].click().run()
    *_, link = (link.proto for link in at.get("page_link") if link.proto.label == label)  # the first are the pages
    return open_address(f"/{link.page}?{link.query_string}")
