"""Blocks whose main path is 0, against the reference and against torch's own ReLU."""

import numpy as np
import pytest
import torch

from explorer.architecture.zero_blocks import BETA, VARIANTS
from explorer.labs.identity.zero_blocks import Sign, block_input, run_zeroed
from tests.architecture.plans import REFERENCE

KNOWN = REFERENCE["normalisation"]["zero_weights_residual_block_is_identity_on_nonnegative_input"]
EXACT_IF_POSITIVE = {"norm", "no-norm", "zero-init", "no-relu", "pre"}
ALWAYS_EXACT = {"no-relu", "pre"}


def test_the_reference_holds_for_the_block_with_and_without_norm():
    for name in ("norm", "no-norm", "zero-init"):
        positive, signed = (run_zeroed(name, sign).run for sign in ("positive", "signed"))
        assert np.abs(positive.out - positive.x).max() == KNOWN["max_abs_diff_nonneg"] == 0
        assert np.array_equal(signed.out, np.maximum(signed.x, 0)) == KNOWN["equals_relu_on_signed_input"]


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_said_to_be_exact_is_so_in_both_modes(name, mode):
    cases: tuple[tuple[Sign, set[str]], ...] = (("positive", EXACT_IF_POSITIVE), ("signed", ALWAYS_EXACT))
    for sign, exact in cases:
        found = run_zeroed(name, sign, seed=3, mode=mode)
        assert found.identity.exact == (name in exact)
        assert found.identity.exact == np.array_equal(found.run.out, found.run.x)
        if name != "beta":
            assert not found.run.residual.any()


def test_beta_is_added_everywhere():
    run = run_zeroed("beta", "positive").run
    np.testing.assert_allclose(run.out, run.x + BETA, rtol=1e-6)


def test_padding_keeps_x_in_its_first_channels_and_a_plain_block_loses_it():
    padded, plain = run_zeroed("padding", "positive").run, run_zeroed("plain", "positive").run
    assert np.array_equal(padded.out[:, :3], padded.x)
    assert not padded.out[:, 3:].any()
    assert not plain.out.any()


def test_inputs_are_of_both_signs_or_of_none_below_zero():
    signed, positive = block_input("signed", seed=1), block_input("positive", seed=1)
    assert torch.equal(signed.abs(), positive)
    assert signed.min() < 0
