"""How long a network takes on this machine."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, get_args

from explorer.architecture.timed import Precision, Setting
from explorer.errors import LabError
from explorer.terminal.filled import add_weights, filled
from explorer.terminal.words import add_format, add_network, add_size, say_table, size_of, spec_named, tell

if TYPE_CHECKING:
    from explorer.terminal.words import Commands

_MOST_PICTURES = 4096


def add(commands: Commands) -> None:
    """The command ``time``."""
    timing = commands.add_parser("time", help="how long each row of a network takes on this machine")
    add_network(timing)
    add_size(timing)
    timing.add_argument("--batch", type=int, default=1, help="pictures that go through at once; default 1")
    timing.add_argument(
        "--precision", choices=get_args(Precision), default="float32", help="bfloat16 under autocast; default float32"
    )
    timing.add_argument("--channels-last", action="store_true", help="maps and filters lie with their channels last")
    timing.add_argument("--device", default="cpu", help="cpu, cuda, mps or auto, the best that is here; default cpu")
    add_weights(timing)
    add_format(timing)
    timing.set_defaults(answer=_time)


def _time(chosen: argparse.Namespace) -> None:
    from explorer.labs.timing.rows import time_rows  # torch is imported for it alone
    from explorer.model.device import admit_plan, choose
    from explorer.views import timing_words as words
    from explorer.views.timing import time_table

    if not 1 <= chosen.batch <= _MOST_PICTURES:
        raise LabError(f"A batch has 1 to {_MOST_PICTURES:,} pictures, not {chosen.batch:,}.")
    spec = spec_named(chosen.network)
    model, _ = filled(spec, chosen.weights, str(choose(chosen.device)))
    plan = model.plan_at(size_of(spec, chosen.size))
    admit_plan(plan, model.device)
    setting = Setting(batch=chosen.batch, precision=chosen.precision, channels_last=chosen.channels_last)
    timed = time_rows(model, plan.input_size, setting, progress=tell())
    if sys.stderr.isatty():
        print(file=sys.stderr)  # below what was said while it went on
    for sentence in (words.answer(timed), words.bounds(timed), words.busy(timed), words.conditions(timed)):
        if sentence:
            print(sentence.replace("**", ""), file=sys.stderr)
    say_table(time_table(plan, timed), chosen)
