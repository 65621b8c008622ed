"""The passes through 1,202 layers that come with the app are those that a pass gives."""

from __future__ import annotations

import pytest

from explorer.labs.gradient_flow.gradient_flow import flow_of
from explorer.labs.shipped.flows import FLOWS, NETWORKS, shipped_flow
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import digit_net, digit_net_of


@pytest.mark.parametrize("name", NETWORKS)
def test_every_convolution_is_there(name: str) -> None:
    net = digit_net_of(name)
    assert net is not None
    flow = shipped_flow(net.spec)
    assert flow is not None
    # one of the 1,202 layers is the classifier
    assert [row.depth for row in flow.convolutions] == [*range(1, 1202)]
    assert flow.convolutions[-1].layer == "layer3.199.conv2"


def test_a_pass_that_is_measured_again_gives_the_shipped_numbers() -> None:
    spec = digit_net(1202, "none", norm="none")
    known = shipped_flow(spec)
    assert known is not None
    with one_thread():
        again = flow_of(spec)
    assert again.loss == pytest.approx(known.loss, rel=1e-4)
    for of in ("spread", "gradient"):
        measured, shipped = ([getattr(row, of) for row in one.convolutions] for one in (again, known))
        # another processor may add in another order
        assert measured == pytest.approx(shipped, rel=0.02, abs=1e-38)
    assert [row.fault for row in again.layers] == [row.fault for row in known.layers]


def test_other_networks_are_measured() -> None:
    assert shipped_flow(digit_net(56)) is None
    assert FLOWS.stat().st_size < 2**20
