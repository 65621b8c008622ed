"""After all that is painted: the network really built on the device, and what is counted there."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from explorer.architecture.families import Spec
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError
from explorer.ui import state
from explorer.ui.params.shared import DEVICE
from explorer.views.numbers import in_bytes

PAINT_SECONDS = 0.3
POLL_SECONDS = 0.05

# one network at a time for all sessions: each is counted and dropped
_builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="build")


@dataclass(frozen=True)
class Built:
    """What was measured of a network that was really built, and is gone again.

    Attributes:
        where: name and title of the device.
        seconds: to make it.
        taken_bytes: parameters and buffers.
        counted: parameters of the module.
        listed: parameters that torchinfo finds.
    """

    where: str
    seconds: float
    taken_bytes: int
    counted: int
    listed: int


def built(plan: Plan) -> None:
    """Build the network, count its parameters, and say whether torchinfo and the plan agree.

    The work is done beside this run of the page, which asks again and again whether it is ready: so another choice
    is answered at once.
    """
    place = st.empty()
    work = _builder.submit(_measure, state.spec(), plan, state.get(DEVICE))
    try:
        while not work.done():
            place.caption("Building the network on the device …")
            time.sleep(POLL_SECONDS)
        found = work.result()
    except ExplorerError as error:
        place.warning(str(error), icon=":material/warning:")
        return
    finally:
        work.cancel()
    agree = found.counted == found.listed == plan.params
    built = f"Built on {found.where} in {found.seconds:.2f} s, {in_bytes(found.taken_bytes)}"
    where = "In the module that was given" if isinstance(state.spec(), OwnSpec) else built
    place.markdown(
        f"{':material/check: ' if agree else ':material/error: '}{where}, {found.counted:,} parameters counted there; "
        f"torchinfo {found.listed:,}, "
        f"the plan {plan.params:,}: {'all three agree' if agree else 'they differ, which is a fault of this app'}."
    )


def _measure(spec: Spec, plan: Plan, preferred: str) -> Built:
    """Build a network on a device and count it.

    Raises:
        DeviceError: when the device is not there, or has too little memory.
    """
    time.sleep(PAINT_SECONDS)  # until then the processor is the browser's
    # torch is imported here, after the page is painted
    from explorer.model.device import admit_plan, choose, describe_device
    from explorer.model.families import model_family
    from explorer.ui.cached import summary_of

    device = choose(preferred)
    admit_plan(plan, device)
    started = time.perf_counter()
    model = model_family(spec).build(device=device)
    seconds = time.perf_counter() - started
    return Built(
        where=describe_device(device).label,
        seconds=seconds,
        taken_bytes=sum(tensor.nbytes for tensor in model.state_dict().values()),
        counted=sum(parameter.numel() for parameter in model.parameters()),
        listed=summary_of(spec, plan.input_size).total_params,
    )
