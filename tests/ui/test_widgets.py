"""A choice is one of the options that stand there, whatever a browser still holds."""

from tests.ui.app import go_to, open_app, sentences, url, widget

NORMS = {"network": "resnet20", "size": "32", "row": "bn1"}


def test_words_that_are_no_options_change_nothing():
    at = open_app("batchnorm", **NORMS)
    box = widget(at, "norm_choice")
    assert (box.value, box.options[0]) == ("bn1", "bn1 · 16 channels")
    box.options.append("bn1 · 64 channels")
    box.set_value("bn1 · 64 channels").run()
    assert not at.exception
    assert url(at) == NORMS
    assert widget(at, "norm_choice").value == "bn1"
    assert sentences(at) == []


def test_chips_in_words_of_before_change_nothing():
    at = open_app("compare", nets="this,resnet50")
    widget(at, "nets").set_value(["This network: ResNet-18", "resnet50"]).run()
    assert not at.exception
    assert url(at) == {"nets": "this,resnet50"}
    assert sentences(at) == []
    assert widget(at, "nets").value == ["this", "resnet50"]


def test_a_run_that_was_broken_off_has_told_the_browser_nothing_so_the_next_tells_it_anew():
    at = open_app("block").run()
    assert not widget(at, "b_stride").proto.set_value
    at.session_state["_run_ended"] = False
    assert widget(at.run(), "b_stride").proto.set_value
    assert not widget(at.run(), "b_stride").proto.set_value


def test_a_widget_that_another_page_has_too_is_told_what_it_shows_there():
    at = open_app("architecture").run()
    assert not widget(at, "size").proto.set_value
    assert widget(go_to(at, "compare"), "size").proto.set_value
    assert widget(at, "size").value == "224×224"
