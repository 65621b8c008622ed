"""One thread for a while, whoever else wants the same."""

from contextlib import ExitStack

import pytest
import torch

from explorer.labs.training.one_thread import one_thread


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_the_last_to_leave_puts_the_number_back_in_whatever_order():
    first, second = ExitStack(), ExitStack()
    first.enter_context(one_thread())
    second.enter_context(one_thread())
    assert torch.get_num_threads() == 1
    first.close()
    assert torch.get_num_threads() == 1
    second.close()
    assert torch.get_num_threads() == 2


def test_a_failure_leaves_nothing_behind():
    with pytest.raises(ValueError, match="wrong"), one_thread():
        raise ValueError("wrong")
    assert torch.get_num_threads() == 2
