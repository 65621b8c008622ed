"""Transfer learning: what a way does in numbers, several ways run with one click, and what cannot be carried over."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torchvision
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button
from torch import nn

from explorer.architecture.codec import to_params
from explorer.errors import LabError, WeightsError
from explorer.labs.data.zips import keep_zip
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import FromRun, Job, new_run
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.sets import digit_net
from explorer.labs.training.train import train
from explorer.labs.transfer.findings import Result
from explorer.labs.transfer.preprocessings import Preprocessed
from explorer.labs.transfer.sets import digits_source
from explorer.labs.transfer.ways import transfer
from explorer.ui import cached, models
from explorer.ui.transfer import choice, preprocessing, results, submit, words
from tests.ui.app import mounted, open_app, sentences, totals, url, widget
from tests.ui.seen import seen

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text("utf-8"))
CASES = REFERENCE["transfer_learning"]["cases"]
MODES = {
    "all": "mode1_finetune_all",
    "head": "mode2_train_fc_only",
    "layer4": "mode2_train_layer4_and_fc",
    "added": "mode3_keep_1000_fc_add_Linear(1000,n)",
}
FOUND = ("A network", (Preprocessed(title="its own", is_right=True, right=9, pictures=10),))


class AtOnce(Runs):
    """Carries runs out while they are submitted, those that begin with another one's weights too."""

    taken: tuple[Job, ...] = ()

    def submit(self, jobs: Sequence[Job], *, owner: str) -> tuple[str, ...]:
        self.taken = tuple(jobs)
        ids: dict[Job, str] = {}
        for job in jobs:
            start: Any = job.start
            if isinstance(start, FromRun):
                source = start.run if isinstance(start.run, str) else ids[start.run]
                start = start.taken(self.store.weights(source))
            ids[job] = self.keep(job, start, owner=owner)
        return tuple(ids[job] for job in jobs)

    def keep(self, job: Job, start: Any = None, *, owner: str = "", status: str = "done", sentence: str = "") -> str:
        run = new_run(job, owner)
        run = replace(run, status=status, sentence=sentence, started=run.created, ended=run.created)  # type: ignore[arg-type]
        steps = train(job.config, start=start, trainable=job.trainable) if status == "done" else ()
        epochs = [event for event in steps if isinstance(event, Epoch)]
        weights = {epochs[-1].epoch: epochs[-1].weights} if epochs else {}
        self.store.archive.save(run, epochs=[replace(epoch, weights={}) for epoch in epochs], weights=weights)
        return run.id


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtOnce]:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = AtOnce(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    monkeypatch.setattr(preprocessing, "_tested", lambda run_id: FOUND)
    yield made
    made.close()


@pytest.fixture
def small_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is trained in a moment."""

    def quick(seed: int = 0) -> RunConfig:
        return digits_source(seed).replace(spec=digit_net(8).replace(num_classes=5), epochs=1)

    for room in (choice, submit):
        monkeypatch.setattr(room, "digits_source", quick)


def words_of(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption]).replace("\\", "")


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def button(at: AppTest, label: str) -> Button:
    return next(element for element in at.button if element.label == label)


def parts(at: AppTest) -> dict[str, list[str]]:
    """The table of a way: what becomes of each part, trained and frozen parameters, norms."""
    table = re.search(r"<div class='table parts'>.*?</div>", html(at))
    assert table is not None
    rows = re.findall(r"<tr><th scope='row'[^>]*>(.*?)</th>(.*?)</tr>", table[0])
    return {name.split(" · ")[-1]: re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in rows}


def number(cell: str) -> int:
    return 0 if cell == "–" else int(cell.replace(",", ""))


# --- what a way does ---


def test_first_screen_answers_with_the_runs_that_come_with_the_app() -> None:
    at = open_app("transfer")
    assert not at.exception
    assert not sentences(at)
    ends = {way: shipped()[f"digits_{way}"].curves.epochs[-1].test_error for way in ("all", "scratch", "head")}
    all_of_it, scratch, head = (f"{100 * (1 - end):.1f} %" for end in ends.values())
    assert (
        "What is a trained network worth for classes that it has never seen? “All of it” classifies "
        f"{all_of_it} of the held-out pictures correctly, training from scratch {scratch}"
    ) in seen(at)
    assert f"fc alone | 165 | {head} | shipped" in seen(at)
    assert "Way | Trained | Test accuracy |" in seen(at), "seconds of another machine say nothing"
    assert " s and “All of it”" not in words_of(at), "seconds of another machine"
    assert len(at.get("plotly_chart")) == 1
    assert button(at, "Train 5 ways")
    assert "Digits 5 to 9: training on 5 pictures per class, 30 epochs" in words_of(at)


def test_what_each_way_does_is_a_part_of_its_own_and_old_addresses_of_a_way_open_it() -> None:
    at = open_app("transfer")
    widget(at, "x_part").set_value("ways").run()
    assert url(at) == {"x_part": "ways"}
    assert "**126 of the source's 128 tensors are loaded.**" in words_of(at)
    assert "165 of 68,477 parameters are trained" in words_of(at)
    assert mounted(at, "network_diagram")
    at = open_app("transfer", x_way="layer3")
    assert url(at) == {"x_part": "ways", "x_way": "layer3"}
    assert "From conv4_x" in widget(at, "x_way").format_func(widget(at, "x_way").value)
    widget(at, "x_part").set_value("results").run()
    assert url(at) == {}


@pytest.mark.parametrize("way", MODES)
@pytest.mark.parametrize("network", ["resnet18", "resnet50"])
def test_counts_of_a_way_are_those_of_the_reference(network: str, way: str) -> None:
    case = CASES[f"{network}_5classes"]
    mode = case[MODES[way]]
    at = open_app("transfer", x_source="network", network=network, x_way=way)
    said = words_of(at)
    assert f"**{mode['trainable']:,} of {mode['total']:,} parameters are trained**" in said
    assert f"{mode.get('frozen', 0):,} are frozen" in said
    every, loadable = case["state_dict_tensors"], case["loadable_state_dict_tensors_if_fc_is_replaced"]
    loaded = every if way == "added" else loadable
    assert f"**{loaded:,} of the source's {every:,} tensors are loaded.**" in said
    assert ("Not loaded: `fc.weight` and `fc.bias`" in said) == (way != "added")
    rows = parts(at)
    assert sum(number(cells[1]) for cells in rows.values()) == mode["trainable"]
    assert sum(number(cells[2]) for cells in rows.values()) == mode.get("frozen", 0)


def test_parts_and_running_values_are_those_of_torchvisions_module() -> None:
    model = torchvision.models.resnet18(num_classes=10)
    at = open_app("transfer", x_source="network", network="resnet18", x_way="layer3", x_data="digits")
    rows = parts(at)
    for name in ("layer1", "layer2", "layer3", "layer4"):
        count = sum(p.numel() for p in model.get_submodule(name).parameters())
        norms = sum(isinstance(m, nn.BatchNorm2d) for m in model.get_submodule(name).modules())
        frozen = name in ("layer1", "layer2")
        assert rows[name] == [
            "frozen" if frozen else "trained",
            *(["–", f"{count:,}"] if frozen else [f"{count:,}", "–"]),
            f"{norms} frozen" if frozen else f"{norms}",
        ]
    buffers = {name: tensor for name, tensor in model.named_buffers() if "running" in name}
    moving = sum(t.numel() for name, t in buffers.items() if not name.startswith(("layer3", "layer4")))
    assert f"running means and variances, {moving:,} numbers" in words_of(at)
    assert "**Norms**: 10 of 20 are frozen" in words_of(at)


# in torchvision's order of the parts; with pre-activation the last norm stands in the head
WORDS = {
    ("resnet18", "scratch"): ["new"] * 6,
    ("resnet18", "all"): ["trained"] * 5 + ["new"],
    ("resnet18", "layer2"): ["frozen"] * 2 + ["trained"] * 3 + ["new"],
    ("resnet18", "layer4"): ["frozen"] * 4 + ["trained", "new"],
    ("resnet18", "head"): ["frozen"] * 5 + ["new"],
    ("resnet18", "added"): ["frozen"] * 5 + ["frozen, then new"],
    ("preact18", "layer4"): ["frozen"] * 4 + ["trained", "trained"],
    ("preact18", "head"): ["frozen"] * 5 + ["frozen, then new"],
    ("preact18", "added"): ["frozen"] * 5 + ["frozen, then new"],
}


@pytest.mark.parametrize(("network", "way"), WORDS)
def test_what_becomes_of_a_part_is_the_same_word_in_the_table_and_above_its_card(network: str, way: str) -> None:
    at = open_app("transfer", x_source="network", network=network, x_way=way)
    said = [cells[0] for cells in parts(at).values()]
    assert said == WORDS[network, way]
    (drawing,) = mounted(at, "network_diagram")
    svg = drawing["svg"]
    above = re.findall(r"(stem|layer\d|head): ([a-z, ]+?)[;.<\"]", svg)
    assert above[:6] == list(zip(["stem", *(f"layer{n}" for n in (1, 2, 3, 4)), "head"], said, strict=True))


def test_what_frozen_norms_do_is_a_choice_that_the_run_takes_over(runs: AtOnce, small_source: None) -> None:
    at = open_app("transfer", x_ways="head", x_epochs="1", x_part="ways")
    assert "Here they work in eval mode" in words_of(at)
    widget(at, "x_norms").set_value("train").run()
    assert "Here they stay in train mode" in words_of(at)
    assert url(at)["x_norms"] == "train"
    widget(at, "x_part").set_value("results").run()
    button(at, "Train 1 way").click().run()
    assert runs.taken[-1].config.frozen_norms == "train"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"x_way": "all"}, "none of the 20 is frozen"),
        ({"x_way": "scratch"}, "**0 of the source's 122 tensors are loaded.** From scratch, nothing is loaded."),
        ({"norm": "none"}, "the network has none"),
        ({"norm": "group"}, "they have no running statistics that could move"),
        (
            {"x_data": "digits", "num_classes": "10"},
            "they tell the source's 10 classes apart, and the target has others",
        ),
    ],
)
def test_what_is_said_of_norms_and_of_what_is_left_out(query: dict[str, str], said: str) -> None:
    assert said in words_of(open_app("transfer", x_part="ways", x_source="network", network="resnet18", **query))


# --- running ways ---


def test_one_click_trains_the_source_and_every_way_and_the_address_finds_them(runs: AtOnce, small_source: None) -> None:
    at = open_app("transfer", x_ways="scratch,all,layer3,head,added", x_epochs="1")
    button(at, "Train 5 ways").click().run()
    assert not at.exception
    source, *moved = runs.taken
    assert (source.config.data, source.start) == ("digits-0-4", None)
    starts = {job.name.partition(",")[0]: job.start for job in moved}
    assert starts.pop("From scratch") is None
    assert all(isinstance(start, FromRun) and start.run is source for start in starts.values())
    assert [job.trainable for job in moved] == [None, None, ("layer3", "fc"), ("fc",), ("added",)]
    assert {job.config.per_class for job in moved} == {5}
    assert {job.config.data for job in moved} == {"digits-5-9"}

    pairs = [pair.split("-") for pair in url(at)["x_runs"].split(",")]
    assert [way for way, _ in pairs] == ["source", "scratch", "all", "layer3", "head", "added"]
    again = open_app("transfer", x_runs=url(at)["x_runs"])
    assert "training from scratch" in words_of(again)
    assert len(again.get("plotly_chart")) == 1
    for _, run_id in pairs[1:]:
        error = runs.store.watch(run_id).curves.epochs[-1].test_error
        assert f"{100 * (1 - error):.1f}\u00a0%" in html(again)
    assert "Here, test accuracy by what is frozen: nothing" in words_of(again)


def test_ways_that_go_on_say_how_far_they_are_and_which_wait_for_the_source(runs: AtOnce) -> None:
    source = runs.keep(Job(config=digits_source(), name="the source's run"), status="running")
    way = RunConfig(spec=transfer(digit_net(20).replace(num_classes=5), "head", classes=5).spec, data="digits-5-9")
    head, scratch = (runs.keep(Job(config=way), status="waiting") for _ in range(2))
    at = open_app("transfer", x_runs=f"source-{source},head-{head},scratch-{scratch}")
    assert not at.exception
    assert "The source is trained first; the ways begin with what it has learned." in words_of(at)
    assert [text.partition("<em>")[2].partition("</em>")[0] for text in html(at).split("class='going'")[1:]] == [
        "waits for the source",
        "waits",
        "0\u00a0%",
    ]


@pytest.mark.parametrize("page", ["feature_maps", "batchnorm", "architecture"])
def test_a_layer_behind_fc_opens_on_other_pages(runs: AtOnce, page: str) -> None:
    spec = transfer(digit_net(8), "added", classes=5).spec
    kept = runs.keep(Job(config=RunConfig(spec=spec, data="digits-5-9", epochs=1, per_class=5), name="after fc"))
    at = open_app(page, **to_params(spec), weights=f"run:{kept}", size="8", sample="digit-0")
    assert not at.exception
    assert not sentences(at)
    if page == "architecture":
        assert totals(at)["Weighted layers"] == "9 = 7 + 2"
    else:
        assert "trained here: after fc" in words_of(at)


def test_a_source_is_trained_once_for_its_settings(runs: AtOnce, small_source: None) -> None:
    at = open_app("transfer", x_ways="head", x_epochs="1")
    button(at, "Train 1 way").click().run()
    first = url(at)["x_runs"].split(",")[0]
    button(at, "Train 1 way").click().run()
    assert url(at)["x_runs"].split(",")[0] == first
    assert len(runs.taken) == 1
    assert isinstance(runs.taken[0].start, FromRun)
    assert f"source-{runs.taken[0].start.run}" == first
    widget(at, "x_seed").set_value(1).run()
    button(at, "Train 1 way").click().run()
    assert url(at)["x_runs"].split(",")[0] != first


def test_a_kept_run_is_carried_over(runs: AtOnce) -> None:
    kept = runs.keep(Job(config=RunConfig(spec=digit_net(8), epochs=1), name="mine"))
    query = {"x_source": "run", "x_run": kept, "x_data": "digits-0-4", "x_ways": "head", "x_epochs": "1", "x_each": "2"}
    assert "for the source's 10 classes, and there are 5 now" in words_of(open_app("transfer", x_part="ways", **query))
    assert "the classes are the source's own" in words_of(open_app("transfer", x_part="ways", x_data="digits-0-4"))
    at = open_app("transfer", **query)
    button(at, "Train 1 way").click().run()
    (job,) = runs.taken
    assert isinstance(job.start, FromRun)
    assert (job.start.run, tuple(job.start.leave_out)) == (kept, ("fc.weight", "fc.bias"))
    assert url(at)["x_runs"].startswith(f"source-{kept},head-")


def test_a_network_is_carried_over_with_the_weights_that_are_chosen(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "keep", lambda *_, **__: "0123456789ab")
    at = open_app("transfer", x_source="network", network="resnet18", depths="1,1,1,1", widths="8,8,8,8", x_ways="all")
    assert ["The weights of the source are random" in said for said in sentences(at)] == [True]
    button(at, "Train 1 way").click().run()
    (job,) = runs.taken
    assert isinstance(job.start, dict)
    assert "fc.weight" not in job.start
    built = cached._models  # the model that the weights are of
    loaded = next(ready.model for ready in built.values() if ready.key[0] == job.config.spec.replace(num_classes=1000))
    assert np.array_equal(job.start["layer1.0.conv1.weight"], loaded.state_dict()["layer1.0.conv1.weight"].numpy())
    assert job.config.preprocess == "imagenet"


def test_the_right_and_another_preprocessing_are_two_runs_side_by_side(runs: AtOnce, small_source: None) -> None:
    at = open_app("transfer", x_epochs="1", x_part="preprocess")
    button(at, "Train “fc alone” with both").click().run()
    assert "x_part" not in url(at), "the results are shown"
    assert [job.config.preprocess for job in runs.taken[1:]] == ["own", "imagenet"]
    assert runs.taken[-1].name.endswith("digits 5 to 9, pixels as for ImageNet")
    assert "fc alone, pixels as for ImageNet" in html(at)
    ends = [runs.store.watch(pair.split("-")[1]).curves.epochs[-1] for pair in url(at)["x_runs"].split(",")[1:]]
    assert all(f"{100 * (1 - end.test_error):.1f}\u00a0% with pixels" in words_of(at) for end in ends)
    assert "nothing else differs" in words_of(at)


def test_runs_of_one_name_are_told_apart_and_their_names_are_no_markup(runs: AtOnce) -> None:
    for _ in range(2):
        runs.keep(Job(config=RunConfig(spec=digit_net(8), epochs=1), name="*mine*"))
    at = open_app("transfer", x_source="run", x_run="0123456789ab", x_part="preprocess")
    assert widget(at, "x_run").options[:2] == ["*mine* (1 of 2)", "*mine* (2 of 2)"]
    shipped_with_weights = [one.run.name for one in shipped().values() if one.saved]
    assert widget(at, "x_run").options[2:] == [f"{name}, shipped" for name in shipped_with_weights], (
        "what has no weights cannot be carried over"
    )
    assert any(r"The run \*mine\*, is carried over" in caption.value for caption in at.caption)
    assert sentences(at) == ["The run in the link is not here; it may have been deleted. The newest one is taken."]


# --- what cannot be ---


def test_where_the_runs_cannot_be_read_that_is_said_and_not_that_there_are_none(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise LabError("Somebody else writes to the runs: try again.")

    monkeypatch.setattr(runs.store.archive, "runs", locked)
    assert sentences(open_app("transfer", x_source="run")) == ["Somebody else writes to the runs: try again."]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"x_source": "network", "network": "vgg16"}, "VGG-16 is no residual or plain network"),
        ({"x_source": "network", "network": "stargan"}, "is no residual or plain network"),
        ({"x_data": "zip"}, "Choose a zip with a folder of pictures per class"),
        ({"x_data": f"zip:{'0' * 64}"}, "no longer here: upload it again"),
        ({"x_each": "500"}, "500 pictures of each class are asked for, and one class of digits 5 to 9 has"),
        ({"x_rate": "nan"}, "x_rate is 'nan'; it must be a number"),
        ({"x_rate": "inf"}, "x_rate is 'inf'; it must be a number"),
        ({"x_runs": f"head-{'0' * 12}"}, "A run in the link is not here"),
        ({"x_source": "network", "in_channels": "7"}, "a picture has 1 or 3"),
        ({"x_source": "network", "norm": "instance"}, "norm"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_the_page_stays(query: dict[str, str], said: str) -> None:
    at = open_app("transfer", **query)
    assert not at.exception
    assert [said in sentence for sentence in sentences(at) if "are random" not in sentence] == [True]
    assert "Shallow layers carry over" in words_of(at)


def test_weights_that_cannot_be_had_are_one_sentence_and_nothing_is_started(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise WeightsError("The published weights of ResNet-18 could not be fetched: no connection.")

    monkeypatch.setattr(models, "model_of", nowhere)
    at = open_app("transfer", x_source="network", network="resnet18", weights="IMAGENET1K_V1")
    assert "Source: ResNet-18, weights: IMAGENET1K_V1." in words_of(at)
    assert "the source's: as for ImageNet" in widget(at, "x_preprocess").options
    button(at, "Train 5 ways").click().run()
    assert sentences(at) == ["The published weights of ResNet-18 could not be fetched: no connection."]
    assert not runs.taken
    assert "x_runs" not in url(at)


def test_a_full_queue_is_one_sentence(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise LabError("64 runs wait or run already and 64 are allowed at once.")

    monkeypatch.setattr(runs, "submit", full)
    at = open_app("transfer", x_each="1")
    button(at, "Train 5 ways").click().run()
    assert sentences(at) == ["64 runs wait or run already and 64 are allowed at once."]
    assert url(at) == {"x_each": "1"}


def zipped(classes: int, pictures: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, place in ((name, place) for name in ("cats", "dogs")[:classes] for place in range(pictures)):
            picture = io.BytesIO()
            Image.fromarray(np.full((9, 9, 3), 9 * place, np.uint8)).save(picture, "PNG")
            archive.writestr(f"{name}/{place}.png", picture.getvalue())
    return data.getvalue()


def test_a_zip_is_checked_kept_and_carried_over_to(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "keep", lambda *_, **__: "0123456789ab")
    at = open_app("transfer", x_data="zip", x_ways="head,added", x_side="16")
    for place, (data, said) in enumerate(((b"", "empty"), (zipped(0, 0), "nothing in"), (zipped(1, 8), "one class"))):
        at.file_uploader(key=f"x_zip_{place}").upload("one.zip", data).run()
        assert [said in sentence for sentence in sentences(at)][:1] == [True]
        assert url(at)["x_data"] == "zip"
    at.file_uploader(key="x_zip_3").upload("two.zip", zipped(2, 8)).run()
    assert "16 pictures of 2 classes: cats, dogs. 4 held out for testing." in words_of(at)
    button(at, "Train 2 ways").click().run()
    assert not at.exception
    assert {(job.config.spec.outputs, job.config.side) for job in runs.taken[1:]} == {(2, 16)}


def test_a_zip_with_too_few_pictures_for_the_number_asked_for_is_said_before_it_is_begun() -> None:
    name = keep_zip(zipped(2, 8))
    at = open_app("transfer", x_data=name, x_each="7")
    assert ["one class of your pictures has 6 to learn from" in sentence for sentence in sentences(at)] == [True]
    assert button(at, "Train").disabled
    widget(at, "x_each").set_value(6).run()
    assert not sentences(at)


# --- the address ---


def test_every_choice_is_in_the_address_and_what_is_usual_is_not() -> None:
    query = {"x_each": "3", "x_seed": "4", "x_ways": "all,head", "x_norms": "train"}
    query |= {"x_epochs": "7", "x_rate": "0.02", "x_preprocess": "half", "x_curve": "loss", "x_data": "digits-0-4"}
    at = open_app("transfer", **query)
    assert not sentences(at)
    widget(at, "x_each").set_value(4).run()
    assert url(at) == query | {"x_each": "4"}
    for name, usual in (("x_each", 5), ("x_seed", 0), ("x_epochs", 30), ("x_rate", 0.1), ("x_data", "digits-5-9")):
        widget(at, name).set_value(usual).run()
    widget(at, "x_norms").set_value("eval").run()
    widget(at, "x_preprocess").set_value("right").run()
    assert url(at) == {"x_ways": "all,head", "x_curve": "loss"}


def test_one_way_at_least_is_run() -> None:
    at = open_app("transfer", x_ways="layer6", x_each="1")
    assert button(at, "Train 5 ways")
    widget(at, "x_ways").set_value(["all"]).run()
    widget(at, "x_ways").set_value([]).run()
    assert sentences(at) == ["At least one way must be run; choose another before you remove this one."]
    assert url(at) == {"x_each": "1", "x_ways": "all"}


def test_ways_are_named_with_the_settings_in_which_they_differ(runs: AtOnce) -> None:
    configs = [RunConfig(spec=digit_net(8), epochs=epochs) for epochs in (1, 2)]
    moved = [results.OfWay("head", runs.store.watch(runs.keep(Job(config=one), status="failed"))) for one in configs]
    assert results.labels_of(moved) == ["fc alone, epochs 1", "fc alone, epochs 2"]
    assert results.labels_of(moved[:1]) == ["fc alone"]


def test_the_claim_on_shallow_layers_is_told_with_the_numbers_that_were_seen() -> None:
    config = RunConfig(spec=digit_net(8))
    ended = [
        Result(way=way, config=config, trained=trained, train_loss=0.1, test_error=error, seconds=1.0)
        for way, trained, error in (("head", 10, 0.4), ("all", 90, 0.1), ("layer3", 60, 0.2), ("scratch", 90, 0.9))
    ]
    said = words.shallow(ended)
    assert said.endswith("nothing 90.0\u00a0%, up to conv3_x · layer2 80.0\u00a0%, all but fc 60.0\u00a0%.")
    assert words.shallow(ended[:1]) == words.SHALLOW
