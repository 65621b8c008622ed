"""Work in FLOPs is what torch's own counter counts, number by number and formula by formula."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from explorer import describe, preset, trace
from explorer.architecture.formulas import explain, explain_rows, explain_total
from explorer.architecture.work import FLOPS, MACS, WORKS
from explorer.model.build import build
from tests.architecture.test_formulas import check
from tests.model.flops import flop_counter_macs

SIZE = (64, 96)


def test_every_row_block_and_total_in_flops_is_the_counters() -> None:
    network = describe(preset("resnext50_32x4d"))
    plan, module = trace(network, SIZE), build(network, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module.eval()(torch.empty(1, 3, *SIZE, device="meta"))
    by_module = flop_counter_macs(module, SIZE)

    def flops(found: object) -> int:
        (formula,) = (one for one in found if one.name.startswith("FLOPs"))  # type: ignore[attr-defined]
        check(formula)
        return formula.value

    assert flops(explain_total(plan, work=FLOPS)) == counter.get_total_flops()
    for row in plan.layers:
        assert flops(explain(plan, row, work=FLOPS)) == 2 * by_module.get(row.layer, 0)
    for name, rows in plan.blocks.items():
        assert flops(explain_rows(rows, work=FLOPS)) == 2 * sum(by_module.get(row.layer, 0) for row in rows), name


@pytest.mark.parametrize("work", WORKS.values(), ids=lambda work: work.count)
def test_a_formula_in_a_unit_says_its_name(work: object) -> None:
    plan = trace(describe(preset("resnet18")), SIZE)
    texts = {one.name: one.text for one in explain(plan, plan.rows["conv1"], work=work)}  # type: ignore[arg-type]
    assert ("MACs" in texts) == (work is MACS)
    assert texts.get("FLOPs", "2·9,408·32·48 = 28,901,376") == "2·9,408·32·48 = 28,901,376"
