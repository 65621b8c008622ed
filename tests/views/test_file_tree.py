"""What is in a file, as a tree that folds."""

from __future__ import annotations

from xml.etree import ElementTree

from explorer.views.file_tree import Item, tree_html


def tensor(path: str, count: int) -> Item:
    return Item(path.split("."), f"{count} numbers", count, is_tensor=True)


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html.replace("<details open>", '<details open="">'))


def drawn(items: list[Item]) -> ElementTree.Element:
    return parsed(tree_html(items, is_open=False))


def summaries(tree: ElementTree.Element) -> list[str]:
    return ["".join(summary.itertext()) for summary in tree.iter("summary")]


def leaves(tree: ElementTree.Element) -> list[str]:
    return ["".join(leaf.itertext()) for leaf in tree.iter("p")]


ITEMS = [tensor("a.b.weight", 3), tensor("a.b.bias", 4), tensor("a.c.weight", 1000)]


def test_a_folder_says_how_many_tensors_and_bytes_are_in_it():
    assert summaries(drawn(ITEMS)) == ["a 3 tensors, 1.01 kB", "b 2 tensors, 7 B", "c 1 tensor, 1.00 kB"]


def test_every_tensor_stands_under_its_last_name():
    assert leaves(drawn(ITEMS)) == ["weight 3 numbers", "bias 4 numbers", "weight 1000 numbers"]


def test_a_folder_with_one_folder_joins_it():
    items = [tensor("state_dict.module.fc.weight", 8), tensor("state_dict.module.fc.bias", 2)]
    assert summaries(drawn(items)) == ["state_dict.module.fc 2 tensors, 10 B"]


def test_only_what_holds_everything_is_unfolded_until_all_is():
    def unfolded(html: str) -> int:
        return sum("open" in box.attrib for box in parsed(html).iter("details"))

    assert unfolded(tree_html(ITEMS, is_open=False)) == 1
    assert unfolded(tree_html(ITEMS, is_open=True)) == 3


def test_what_holds_no_tensor_counts_its_entries():
    items = [
        Item(["args"], "dict", 0, is_tensor=False),
        Item(["args", "lr"], "0.1", 0, is_tensor=False),
        Item(["args", "arch"], "resnet18", 0, is_tensor=False),
    ]
    assert summaries(drawn(items)) == ["args 2 entries"]
    assert leaves(drawn(items)) == ["lr 0.1", "arch resnet18"]


def test_a_tensor_may_have_the_name_of_a_folder():
    tree = drawn([tensor("a", 1), tensor("a.b", 2), tensor("a.c", 3)])
    assert summaries(tree) == ["a 3 tensors, 6 B"]
    assert leaves(tree) == ["1 numbers", "b 2 numbers", "c 3 numbers"]


def test_names_are_never_markup():
    tree = drawn([Item(["<b>x</b>"], "<i>y</i>", 1, is_tensor=True)])
    assert leaves(tree) == ["<b>x</b> <i>y</i>"]
    assert not list(tree.iter("b"))


def test_nothing_is_an_empty_tree():
    assert leaves(drawn([])) == []
